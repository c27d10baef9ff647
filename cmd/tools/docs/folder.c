#include "folder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paragraphs.h"
#include "paths.h"
#include "utf8.h"

#define HEAD_BYTES 4096u /* in which a title is looked for */

/* By hand there may be no folder of our own. */
static int find_folder(char *out, size_t size)
{
	const char *folder = getenv("RINGDOWN_SETTING_FOLDER"), *own = getenv("RINGDOWN_TOOL_DIR");
	char state[PATHS_MAX_BYTES];

	if (folder && *folder)
		return paths_format(out, size, "%s", folder);
	if (own && *own)
		return paths_format(out, size, "%s/documents", own);
	return paths_state(NULL, state, sizeof state) < 0 ? -1
							  : paths_format(out, size, "%s/tools/docs/documents", state);
}

static bool is_markdown(const char *name)
{
	return strcasecmp(strrchr(name, '.'), ".md") == 0;
}

/* A name that is not UTF-8 nobody could say back. */
static bool is_document(const char *name)
{
	const char *ending = strrchr(name, '.');
	char clean[FOLDER_NAME_BYTES];

	if (*name == '.' || strlen(name) >= sizeof clean || !ending ||
	    (strcasecmp(ending, ".txt") != 0 && !is_markdown(name)))
		return false;
	snprintf(clean, sizeof clean, "%s", name);
	utf8_clean(clean, strlen(clean));
	return strcmp(clean, name) == 0;
}

/* A regular file of this folder; -1 with errno. What is no regular file is not waited for. */
static int open_document(const struct folder *f, const char *name)
{
	int fd = openat(dirfd(f->dir), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return errno = ENOENT, -1;
}

/* At most size - 1 bytes, cleaned and closed with a NUL. */
static ssize_t read_text(int fd, char *out, size_t size)
{
	size_t have = 0;
	ssize_t n = 1;

	while (n > 0 && have < size - 1) {
		n = read(fd, out + have, size - 1 - have);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			have += (size_t)n;
	}
	if (n < 0)
		return -1;
	utf8_clean(out, have);
	out[have] = 0;
	return (ssize_t)have;
}

static void title_from_name(struct folder_document *d)
{
	size_t n = (size_t)(strrchr(d->name, '.') - d->name);

	if (n >= sizeof d->title)
		n = utf8_clip(d->name, sizeof d->title - 1);
	snprintf(d->title, sizeof d->title, "%.*s", (int)n, d->name);
	for (char *p = d->title; *p; p++)
		if (*p == '_' || *p == '-')
			*p = ' ';
}

/* The heading that Markdown begins with. */
static bool title_from_heading(struct folder_document *d, char *head)
{
	struct paragraphs p = { .count = 0 };
	size_t n = 0;

	if (d->markdown && paragraphs_make(&p, head, true) == 0 && p.titled) {
		n = utf8_clip(p.all[0], sizeof d->title - 1);
		n -= n > 0 && p.all[0][n - 1] == '.';
		memcpy(d->title, p.all[0], n);
		d->title[n] = 0;
	}
	paragraphs_close(&p);
	return n > 0;
}

/* What cannot be opened is passed over. */
static void add(struct folder *f, const char *name)
{
	struct folder_document *d = &f->documents[f->count];
	char head[HEAD_BYTES];
	struct stat st;
	int fd = open_document(f, name);

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0) {
		d->mtime_ns = (long long)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
		d->size = st.st_size;
	}
	if (read_text(fd, head, sizeof head) < 0)
		head[0] = 0; /* whoever has it read is told why it cannot be */
	close(fd);
	snprintf(d->name, sizeof d->name, "%s", name);
	d->markdown = is_markdown(name);
	if (!title_from_heading(d, head))
		title_from_name(d);
	f->count++;
}

static int by_name(const void *a, const void *b)
{
	const struct folder_document *one = a, *other = b;
	int order = strcasecmp(one->name, other->name);

	return order ? order : strcmp(one->name, other->name); /* its number is the same each time */
}

int folder_open(struct folder *f)
{
	struct dirent *entry;

	*f = (struct folder){ .count = 0 };
	f->documents = calloc(FOLDER_DOCUMENTS_MAX, sizeof *f->documents);
	if (!f->documents || find_folder(f->path, sizeof f->path) < 0)
		return -1;
	f->dir = opendir(f->path);
	if (!f->dir)
		return errno == ENOENT ? 0 : -1;
	while (f->count < FOLDER_DOCUMENTS_MAX && (entry = readdir(f->dir)))
		if (is_document(entry->d_name))
			add(f, entry->d_name);
	qsort(f->documents, f->count, sizeof *f->documents, by_name);
	return 0;
}

int folder_make(struct folder *f)
{
	const char *setting = getenv("RINGDOWN_SETTING_FOLDER");

	if (f->dir)
		return 0;
	if (setting && *setting)
		return errno = ENOENT, -1;
	if (paths_mkdir(f->path) < 0)
		return -1;
	f->dir = opendir(f->path);
	return f->dir ? 0 : -1;
}

void folder_close(struct folder *f)
{
	if (f->dir)
		closedir(f->dir);
	free(f->documents);
	*f = (struct folder){ .count = 0 };
}

/* "garden-plan" and "the garden plan" are alike: letters and digits count, and no article before them. */
static void fold(const char *text, char out[FOLDER_NAME_BYTES])
{
	size_t n = 0;

	for (; *text && n < FOLDER_NAME_BYTES - 2; text++) {
		bool counts = isalnum((unsigned char)*text) || (unsigned char)*text >= 0x80;

		if (counts)
			out[n++] = (char)tolower((unsigned char)*text);
		else if (n && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	while (n && out[n - 1] == ' ')
		n--;
	out[n] = 0;
	if (strncmp(out, "the ", 4) == 0)
		memmove(out, out + 4, n - 3);
}

enum { NOT_IT, CONTAINS_IT, IS_IT };

static int likeness(const struct folder_document *d, const char *wanted)
{
	char title[FOLDER_NAME_BYTES], name[FOLDER_NAME_BYTES], stem[FOLDER_NAME_BYTES];
	struct folder_document by_stem = *d;

	title_from_name(&by_stem);
	fold(d->title, title);
	fold(d->name, name);
	fold(by_stem.title, stem);
	if (strcmp(title, wanted) == 0 || strcmp(name, wanted) == 0 || strcmp(stem, wanted) == 0)
		return IS_IT;
	return strstr(title, wanted) || strstr(stem, wanted) ? CONTAINS_IT : NOT_IT;
}

int folder_find(const struct folder *f, long n, const char *words)
{
	char wanted[FOLDER_NAME_BYTES];
	int best = NOT_IT, at = -1;

	if (n)
		return n > 0 && (size_t)n <= f->count ? (int)n - 1 : -1;
	fold(words ? words : "", wanted);
	for (size_t i = 0; *wanted && i < f->count; i++) {
		int like = likeness(&f->documents[i], wanted);

		if (like > best) {
			best = like;
			at = (int)i;
		} else if (like == best && like != NOT_IT) {
			at = -2;
		}
	}
	return at;
}

int folder_find_file(const struct folder *f, const char *name)
{
	struct folder_document wanted = { .markdown = false }, *found;

	if (strlen(name) >= sizeof wanted.name)
		return -1;
	snprintf(wanted.name, sizeof wanted.name, "%s", name);
	found = f->count ? bsearch(&wanted, f->documents, f->count, sizeof wanted, by_name) : NULL;
	return found ? (int)(found - f->documents) : -1;
}

char *folder_read(const struct folder *f, size_t document)
{
	int fd = open_document(f, f->documents[document].name), why;
	char *text;
	ssize_t n;

	if (fd < 0)
		return NULL;
	text = malloc(FOLDER_FILE_MAX_BYTES + 2);
	n = text ? read_text(fd, text, FOLDER_FILE_MAX_BYTES + 2) : -1;
	why = n < 0 ? errno : EFBIG;
	close(fd);
	if (n >= 0 && n <= (ssize_t)FOLDER_FILE_MAX_BYTES)
		return text;
	free(text);
	return errno = why, NULL;
}
