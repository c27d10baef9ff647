#include "trouble.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "toolkit.h"

/* What a status means to somebody who waits on the telephone. */
static const char *words_of(const struct ask_answer *a)
{
	switch (a->status) {
	case 0:
		if (a->outcome == FETCH_UNKNOWN)
			return "did not answer in time";
		return strstr(a->why, "ogin denied") ? "does not accept our password" : "cannot be reached right now";
	case 401: return "does not accept our password";
	case 403: return "does not let us do that";
	case 404:
	case 410: return "is not where I was told to look";
	case 412: return "was changed by somebody else meanwhile";
	case 408:
	case 429: return "has too much to do. Try again in a minute";
	case 413:
	case 507: return "says that this is too big";
	}
	return a->status >= 500 ? "has trouble of its own right now" : "refused that";
}

/* Where a URL has its question mark, somebody's words may follow. */
static int shown(const char *url)
{
	return (int)strcspn(url, "?;");
}

int trouble_of(struct trouble *t, const char *who, const char *verb, const char *url, const struct ask_answer *a,
	       const char *detail)
{
	char reason[40];

	snprintf(reason, sizeof reason, "status %d", a->status);
	fprintf(stderr, "cannot %.20s %.*s: %s%s%.60s\n", verb, shown(url), url, a->status ? reason : a->why,
		detail ? ", " : "", detail ? detail : "");
	t->outcome = a->outcome == FETCH_DONE ? FETCH_NOT_DONE : a->outcome;
	t->status = a->status;
	snprintf(t->text, sizeof t->text, "%s %s.", who, words_of(a));
	return -1;
}

int trouble_say(struct trouble *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(t->text, sizeof t->text, format, args);
	va_end(args);
	t->outcome = FETCH_NOT_DONE;
	t->status = 0;
	fprintf(stderr, "%s\n", t->text);
	return -1;
}

struct cJSON *trouble_answer(const struct trouble *t)
{
	if (t->outcome == FETCH_UNKNOWN)
		return toolkit_unknown("%s Whether it was done I do not know.", t->text);
	return toolkit_failed("%s", t->text);
}
