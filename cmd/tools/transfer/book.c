#include "book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The next entry of a list, cut out of it; *list moves on. NULL: no more. */
static const char *next(const char **list, char separator, char out[BOOK_NAME_MAX_BYTES + BOOK_NUMBER_BYTES])
{
	size_t n, size = BOOK_NAME_MAX_BYTES + BOOK_NUMBER_BYTES;

	if (!*list || !**list)
		return NULL;
	n = strcspn(*list, (char[]){ separator, 0 });
	snprintf(out, size, "%.*s", n < size ? (int)n : 0, *list);
	*list += n + ((*list)[n] == separator);
	return out;
}

static bool is_allowed(const char *number)
{
	const char *list = getenv("RINGDOWN_TRANSFER_TO"), *one;
	char buf[BOOK_NAME_MAX_BYTES + BOOK_NUMBER_BYTES];

	while ((one = next(&list, ',', buf)))
		if (*one && strcmp(one, number) == 0)
			return true;
	return false;
}

/* "Ben=+15550100000": the name in its place, the number returned. */
static char *split(char *contact)
{
	char *number = strrchr(contact, '=');

	if (number)
		*number++ = 0;
	return number;
}

enum book_answer book_find(const char *to, char number[BOOK_NUMBER_BYTES])
{
	const char *list = getenv("RINGDOWN_CONTACTS"), *theirs;
	char contact[BOOK_NAME_MAX_BYTES + BOOK_NUMBER_BYTES];

	if (is_allowed(to)) {
		snprintf(number, BOOK_NUMBER_BYTES, "%s", to);
		return BOOK_ALLOWED;
	}
	while (next(&list, '\n', contact)) {
		theirs = split(contact);
		if (!theirs || strcasecmp(contact, to) != 0)
			continue;
		snprintf(number, BOOK_NUMBER_BYTES, "%s", theirs);
		return is_allowed(theirs) ? BOOK_ALLOWED : BOOK_REFUSED;
	}
	return BOOK_STRANGER;
}

static bool has_name(const char *number)
{
	const char *list = getenv("RINGDOWN_CONTACTS"), *theirs;
	char contact[BOOK_NAME_MAX_BYTES + BOOK_NUMBER_BYTES];

	while (next(&list, '\n', contact)) {
		theirs = split(contact);
		if (theirs && strcmp(theirs, number) == 0)
			return true;
	}
	return false;
}

static void append(char *out, size_t size, const char *word)
{
	size_t n = strlen(out);

	if (n + strlen(word) + 3 <= size)
		snprintf(out + n, size - n, "%s%s", n ? ", " : "", word);
}

bool book_list(char *out, size_t size)
{
	const char *list = getenv("RINGDOWN_CONTACTS"), *theirs;
	char one[BOOK_NAME_MAX_BYTES + BOOK_NUMBER_BYTES];

	out[0] = 0;
	while (next(&list, '\n', one)) {
		theirs = split(one);
		if (theirs && is_allowed(theirs))
			append(out, size, one);
	}
	list = getenv("RINGDOWN_TRANSFER_TO");
	while (next(&list, ',', one))
		if (*one && !has_name(one))
			append(out, size, one);
	return *out;
}
