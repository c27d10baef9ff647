#include "title.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	char *begin, *end;
	char **words, **environment; /* where they are now, for good */
} room;

/* The kernel lays the strings of argv and of the environment one behind the other. */
static char *end_of(char *const *strings, char *end)
{
	for (; *strings && *strings == end; strings++)
		end += strlen(end) + 1;
	return end;
}

/* In one piece: the pointers, then the strings. */
static char **copy(char *const *strings)
{
	size_t n = 0, bytes = 0;
	char **copies, *to;

	for (; strings[n]; n++)
		bytes += strlen(strings[n]) + 1;
	copies = malloc((n + 1) * sizeof *copies + bytes);
	if (!copies)
		return NULL;
	to = (char *)(copies + n + 1);
	copies[n] = NULL;
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(strings[i]) + 1;

		copies[i] = memcpy(to, strings[i], length);
		to += length;
	}
	return copies;
}

char **title_open(int argc, char **argv)
{
	char **words = copy(argv), **environment = copy(environ);

	if (!words || !environment || argc < 1) {
		free(words);
		free(environment);
		return NULL;
	}
	room.begin = argv[0];
	room.end = end_of(environ, end_of(argv, argv[0]));
	environ = room.environment = environment;
	return room.words = words;
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
