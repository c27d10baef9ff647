#include "language.h"

#include <strings.h>

bool language_is_heard(const char *language)
{
	return !*language ||
	       (strncasecmp(language, "en", 2) == 0 && (!language[2] || language[2] == '-' || language[2] == '_'));
}
