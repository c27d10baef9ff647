#include "guess.h"

#include <stdbool.h>
#include <string.h>

#include "paths.h"

#define FILE_MOST (256u << 10)

/* The value of KEY = "VALUE" at p, if that is what stands there. */
static const char *value_at(const char *p, size_t *n)
{
	p += strspn(p, " \t");
	if (*p++ != '=')
		return NULL;
	p += strspn(p, " \t");
	if (*p++ != '"')
		return NULL;
	*n = strcspn(p, "\"\n");
	return *n && p[*n] == '"' ? p : NULL;
}

/* Whether a # before p makes its line a comment. */
static bool is_comment(const char *text, const char *p)
{
	while (p > text && p[-1] != '\n')
		if (*--p == '#')
			return true;
	return false;
}

int guess_runtime(const char *file, char *out, size_t size)
{
	static const char key[] = "runtime-dir";
	static char text[FILE_MOST];
	const char *slash = strrchr(file, '/');
	int folder = slash ? (int)(slash + 1 - file) : 0;

	if (paths_read_bounded(file, text, sizeof text) < 0)
		return -1;
	for (const char *p = text; (p = strstr(p, key)); p++) {
		size_t n;
		const char *value = value_at(p + sizeof key - 1, &n);

		if (value && !is_comment(text, p))
			return paths_format(out, size, "%.*s%.*s", *value == '/' ? 0 : folder, file, (int)n, value);
	}
	return -1;
}
