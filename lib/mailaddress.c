#include "mailaddress.h"

#include <string.h>

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

bool mailaddress_good(const char *text)
{
	size_t name = strspn(text, ALNUM "!#$%&'*+-/=?^_`{|}~."), n = strlen(text), host;

	if (!name || text[name] != '@' || n >= MAILADDRESS_BYTES)
		return false;
	host = strspn(text + name + 1, ALNUM "-.");
	return host && name + 1 + host == n && text[name + 1] != '.' && text[name + 1] != '-' && text[n - 1] != '.' &&
	       text[0] != '.' && !strstr(text, "..");
}
