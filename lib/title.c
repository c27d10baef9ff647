#include "title.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	char *begin, *end;
} room;

/* The kernel lays the strings of argv and of the environment one behind the other. */
static char *end_of(char *const *strings, char *end)
{
	for (; *strings && *strings == end; strings++)
		end += strlen(end) + 1;
	return end;
}

static char **copy(char *const *strings)
{
	size_t n = 0;
	char **copies;

	while (strings[n])
		n++;
	copies = calloc(n + 1, sizeof *copies);
	for (size_t i = 0; copies && i < n; i++) {
		copies[i] = strdup(strings[i]);
		if (!copies[i])
			return NULL; /* whoever asked gives up: nothing to clean */
	}
	return copies;
}

char **title_open(int argc, char **argv)
{
	char **words = argc > 0 ? copy(argv) : NULL, **environment = words ? copy(environ) : NULL, *end;

	if (!environment)
		return NULL;
	end = end_of(argv, argv[0]);
	room.begin = argv[0];
	room.end = end_of(environ, end);
	environ = environment;
	return words;
}

void title_set(char *const *words)
{
	char *to = room.begin;

	if (!to)
		return;
	memset(room.begin, 0, (size_t)(room.end - room.begin));
	for (; *words && to < room.end - 1; words++) {
		size_t n = strnlen(*words, (size_t)(room.end - 1 - to));

		memcpy(to, *words, n);
		to += n;
		if (words[1] && to < room.end - 1)
			*to++ = ' ';
	}
}
