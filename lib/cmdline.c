#include "cmdline.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nearest.h"

/* Copies one word to *out, without its quotes. The character behind it, or NULL: an open quote, or no room. */
static const char *take_word(const char *line, char **out, const char *end)
{
	char quote = 0;

	for (; *line && (quote || (*line != ' ' && *line != '\t' && *line != '\n')); line++) {
		if (quote ? *line == quote : *line == '"' || *line == '\'') {
			quote = quote ? 0 : *line;
			continue;
		}
		if (*out + 1 >= end)
			return NULL;
		*(*out)++ = *line;
	}
	if (quote || *out >= end)
		return NULL;
	*(*out)++ = 0;
	return line;
}

int cmdline_split(const char *line, char *buf, size_t size, const char **words, size_t most)
{
	const char *end = buf + size;
	size_t n = 0;

	for (;;) {
		line += strspn(line, " \t\n");
		if (!*line)
			break;
		if (n + 1 >= most)
			return errno = E2BIG, -1;
		words[n++] = buf;
		line = take_word(line, &buf, end);
		if (!line)
			return errno = EINVAL, -1;
	}
	words[n] = NULL;
	return (int)n;
}

size_t cmdline_stage(const char *pipeline)
{
	size_t n = 0;

	for (char quote = 0; pipeline[n] && (quote || pipeline[n] != '|'); n++)
		if (quote ? pipeline[n] == quote : pipeline[n] == '"' || pipeline[n] == '\'')
			quote = quote ? 0 : pipeline[n];
	return n;
}

int cmdline_program(const char *line, const char *folder, char *name, size_t name_size, char *path, size_t path_size)
{
	char buf[1024] = "";
	const char *words[64] = { NULL }, *slash;

	name[0] = 0;
	if (cmdline_split(line, buf, sizeof buf, words, 64) < 1)
		return errno = ENOENT, -1;
	slash = strrchr(words[0], '/');
	snprintf(name, name_size, "%s", slash ? slash + 1 : words[0]);
	return cmdline_find(folder, words[0], path, path_size);
}

int cmdline_own_folder(char *out, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", out, size - 1);
	char *slash;

	if (n < 0)
		return -1;
	out[n] = 0;
	slash = strrchr(out, '/');
	if (!slash)
		return errno = ENOENT, -1;
	*slash = 0;
	return 0;
}

static int try_path(const char *folder, size_t n, const char *name, char *out, size_t size)
{
	int need = snprintf(out, size, "%.*s/%s", (int)n, folder, name);

	return need > 0 && (size_t)need < size && access(out, X_OK) == 0 ? 0 : -1;
}

int cmdline_find(const char *folder, const char *name, char *out, size_t size)
{
	const char *path = getenv("PATH");

	if (!*name)
		return errno = ENOENT, -1;
	if (strchr(name, '/'))
		return snprintf(out, size, "%s", name) < (int)size && access(out, X_OK) == 0 ? 0 : -1;
	if (folder && try_path(folder, strlen(folder), name, out, size) == 0)
		return 0;
	while (path && *path) {
		size_t n = strcspn(path, ":");

		if (n && try_path(path, n, name, out, size) == 0)
			return 0;
		path += n + (path[n] == ':');
	}
	return errno = ENOENT, -1;
}

const char *cmdline_hint(const char *folder, const char *name, char out[96])
{
	struct nearest nearest = { .word = name };
	DIR *dir = opendir(folder);
	char best[NAME_MAX + 1];
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		nearest_see(&nearest, entry->d_name);
		if (nearest.best == entry->d_name) { /* which the next entry overwrites */
			snprintf(best, sizeof best, "%s", entry->d_name);
			nearest.best = best;
		}
	}
	if (dir)
		closedir(dir);
	return nearest_hint(&nearest, out);
}
