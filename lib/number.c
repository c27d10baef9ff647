#include "number.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* The words that carriers show in place of a withheld number, and how they come out in digits (twilio.md 1.2). */
static const char *const withheld[] = {
	"anonymous",  "unknown",  "restricted",	 "unavailable",	 "blocked",  "private",
	"+266696687", "+8656696", "+7378742833", "+86282452253", "+2562533",
};

bool number_is_e164(const char *text)
{
	size_t n = strlen(text);

	return n >= 8 && n <= 16 && text[0] == '+' && text[1] != '0' && strspn(text + 1, "0123456789") == n - 1;
}

bool number_is_withheld(const char *text)
{
	for (size_t i = 0; i < sizeof(withheld) / sizeof(*withheld); i++)
		if (!strcasecmp(text, withheld[i]))
			return true;
	return false;
}
