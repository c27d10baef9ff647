#include "writing.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "keep.h"
#include "once.h"
#include "toolkit.h"
#include "utf8.h"

#define STEM_BYTES 80u /* of a file's name */

struct change {
	struct keep keep; /* lock -1: nothing is kept of this call */
	struct folder *folder;
	char name[FOLDER_NAME_BYTES];
	char *text;  /* cleaned */
	char *whole; /* what the file is to be */
	size_t n;
	bool begun; /* this very call, before, and nobody knows how far it came */
};

bool writing_is_allowed(void)
{
	const char *setting = getenv("RINGDOWN_SETTING_WRITE");

	return !setting || strcmp(setting, "no") != 0;
}

/* --- texts and names */

char *writing_clean(const char *text)
{
	char *copy = strdup(text + strspn(text, " \t\r\n"));
	size_t n = copy ? strlen(copy) : 0;

	if (!copy)
		return NULL;
	utf8_clean(copy, n);
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)copy[i] < ' ' && copy[i] != '\n' && copy[i] != '\t') || copy[i] == 0x7f)
			copy[i] = ' ';
	while (n && strchr(" \t\n", copy[n - 1]))
		copy[--n] = 0;
	return copy;
}

/* "The Garden: plan/2" becomes "The Garden plan 2.md": letters, digits, spaces, - and _; never a path, never hidden. */
static bool name_file(const char *title, char out[FOLDER_NAME_BYTES])
{
	char line[STEM_BYTES + 1];
	size_t n = 0;

	toolkit_line(title, line, sizeof line);
	for (const char *p = line; *p; p++) {
		bool fits = isalnum((unsigned char)*p) || (unsigned char)*p >= 0x80 || *p == '-' || *p == '_';

		if (fits && (n || (*p != '-' && *p != '_')))
			out[n++] = *p;
		else if (n && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	while (n && out[n - 1] == ' ')
		n--;
	snprintf(out + n, FOLDER_NAME_BYTES - n, ".md");
	return n > 0;
}

/* --- files */

/* What it now is, malloced, with its length; NULL with errno. */
static char *read_file(const struct change *c, size_t *n)
{
	int at = openat(dirfd(c->folder->dir), c->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), why = EFBIG;
	char *text = at < 0 ? NULL : malloc(FOLDER_FILE_MAX_BYTES + 1);
	ssize_t got = 1;

	if (at < 0)
		return NULL;
	for (*n = 0; text && got > 0 && *n <= FOLDER_FILE_MAX_BYTES; *n += got > 0 ? (size_t)got : 0)
		got = read(at, text + *n, FOLDER_FILE_MAX_BYTES + 1 - *n);
	if (got < 0)
		why = errno;
	close(at);
	if (text && got == 0)
		return text;
	free(text);
	return errno = why, NULL;
}

static int write_all(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t put = write(fd, bytes, n);

		if (put < 0 && errno != EINTR)
			return -1;
		if (put > 0) {
			bytes += put;
			n -= (size_t)put;
		}
	}
	return fsync(fd);
}

/* Beside it first, so that it is there whole or not at all; what is there is replaced only if that is wanted. */
static int put_file(const struct change *c, bool replace)
{
	int dir = dirfd(c->folder->dir), fd, failed, why;
	char beside[FOLDER_NAME_BYTES + 8];
	struct stat st;

	snprintf(beside, sizeof beside, ".%s.tmp", c->name);
	(void)unlinkat(dir, beside, 0); /* of one who died; the folder is locked */
	fd = openat(dir, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	if (replace && fstatat(dir, c->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		(void)fchmod(fd, st.st_mode & 0777); /* whoever could read it still can */
	failed = write_all(fd, c->whole, c->n);
	if (!failed)
		failed = replace ? renameat(dir, beside, dir, c->name) : linkat(dir, beside, dir, c->name, 0);
	why = errno;
	close(fd);
	if (failed || !replace)
		(void)unlinkat(dir, beside, 0);
	if (!failed)
		(void)fsync(dir); /* its content is on the disk; its name may be a moment later */
	return errno = why, failed;
}

/* --- once */

/* Takes the folder's lock, and looks whether this call was here before; its answer then, else NULL. */
static struct cJSON *begin(struct change *c, struct folder *f, const char *text)
{
	char why[KEEP_WHY_BYTES];
	struct cJSON *entry;

	*c = (struct change){ .keep = { .lock = -1 }, .folder = f, .text = writing_clean(text) };
	if (!c->text)
		return toolkit_failed("I cannot write: there is no memory left.");
	if (!*c->text)
		return toolkit_failed("What shall I write?");
	if (strlen(c->text) > WRITING_TEXT_BYTES)
		return toolkit_failed("That is too long to be written down at once.");
	if (keep_open(&c->keep, "docs", true, why, sizeof why) < 0)
		return toolkit_failed("%s", why);
	if (folder_make(f) < 0 || flock(dirfd(f->dir), LOCK_EX) < 0)
		return toolkit_failed("I cannot write to the folder of the documents: %s.", strerror(errno));
	entry = once_find(&c->keep);
	c->begun = entry != NULL;
	return cJSON_Duplicate(json_object(entry, "answer"), 1);
}

/* Before anything is changed it is written down what is to be. -1 with an answer. */
static int note(struct change *c, struct cJSON *about, struct cJSON **answer)
{
	char why[KEEP_WHY_BYTES];

	once_note(&c->keep, about, NULL);
	if (!once_key() || keep_write(&c->keep, why, sizeof why) == 0)
		return 0;
	*answer = toolkit_failed("%s", why);
	return -1;
}

static struct cJSON *end(struct change *c, struct cJSON *answer)
{
	char why[KEEP_WHY_BYTES];

	if (c->keep.content && once_key()) {
		if (json_flag(answer, "ok", false))
			once_note(&c->keep, NULL, cJSON_Duplicate(answer, 1));
		else
			once_forget(&c->keep);
		(void)keep_write(&c->keep, why, sizeof why); /* then the file itself tells */
	}
	keep_close(&c->keep);
	free(c->text);
	free(c->whole);
	return answer;
}

/* --- creating */

static struct cJSON *say(const struct change *c, bool is_new, const char *title)
{
	return toolkit_data(is_new ? toolkit_ok("There is a new document: %s.", title)
				   : toolkit_ok("It is added to %s.", title),
			    json_make("file:s title:s bytes:i", c->name, title, (int)c->n));
}

/* There is one already: ours, if this call began to write it and it is what we write. */
static struct cJSON *is_there(const struct change *c, const char *title)
{
	size_t n;
	char *text = read_file(c, &n);
	bool ours = c->begun && text && n == c->n && memcmp(text, c->whole, n) == 0;

	free(text);
	return ours ? say(c, true, title)
		    : toolkit_failed(
			      "There is a document called %s already. Shall I add to it, or is there another title?",
			      title);
}

static struct cJSON *create(struct change *c, const char *name)
{
	char title[FOLDER_TITLE_BYTES];
	struct cJSON *answer = NULL;
	int size;

	toolkit_line(name, title, sizeof title);
	if (!name_file(title, c->name))
		return toolkit_failed("What is the new document to be called?");
	if (c->folder->count >= FOLDER_DOCUMENTS_MAX)
		return toolkit_failed("There are %zu documents, and no room for more.", c->folder->count);
	size = asprintf(&c->whole, "# %s\n\n%s\n", title, c->text);
	if (size < 0) {
		c->whole = NULL;
		return toolkit_failed("I cannot write: there is no memory left.");
	}
	c->n = (size_t)size;
	if (note(c, json_make("file:s", c->name), &answer) < 0)
		return answer;
	if (put_file(c, false) == 0)
		return say(c, true, title);
	return errno == EEXIST ? is_there(c, title)
			       : toolkit_failed("I cannot write the document: %s.", strerror(errno));
}

struct cJSON *writing_create(struct folder *f, const char *name, const char *text)
{
	struct change c;
	struct cJSON *answer = begin(&c, f, text);

	return end(&c, answer ? answer : create(&c, name));
}

/* --- appending */

/* Whether the block that this call was to add is there, at the place where the file ended then. */
static bool is_added(struct change *c, const char *text, size_t n)
{
	const struct cJSON *about = json_object(once_find(&c->keep), "about");
	long at = json_whole(about, "bytes", -1, 0, (long)FOLDER_FILE_MAX_BYTES);
	size_t length = strlen(c->text);

	for (size_t gap = 0; at >= 0 && gap <= 2; gap++) /* newlines before it */
		if ((size_t)at + gap + length <= n && memcmp(text + at + gap, c->text, length) == 0)
			return true;
	return false;
}

static struct cJSON *append(struct change *c, const char *title)
{
	size_t n = 0;
	char *text = read_file(c, &n);
	struct cJSON *answer = NULL;
	bool added;

	if (!text)
		return toolkit_failed("I cannot add to %s: %s.", title, strerror(errno));
	added = c->begun && is_added(c, text, n);
	c->whole = added ? NULL : malloc(n + strlen(c->text) + 4);
	if (c->whole) {
		const char *gap = n == 0 ? "" : text[n - 1] != '\n' ? "\n\n" : n > 1 && text[n - 2] == '\n' ? "" : "\n";

		memcpy(c->whole, text, n);
		c->n = n + (size_t)snprintf(c->whole + n, strlen(c->text) + 4, "%s%s\n", gap, c->text);
	}
	free(text);
	if (added)
		return say(c, false, title);
	if (!c->whole)
		return toolkit_failed("I cannot add to %s: there is no memory left.", title);
	if (c->n > FOLDER_FILE_MAX_BYTES)
		return toolkit_failed("%s is too long for more.", title);
	if (note(c, json_make("file:s bytes:i", c->name, (int)n), &answer) < 0)
		return answer;
	return put_file(c, true) == 0 ? say(c, false, title)
				      : toolkit_failed("I cannot add to %s: %s.", title, strerror(errno));
}

struct cJSON *writing_append(struct folder *f, int document, const char *text)
{
	const char *title = f->documents[document].title;
	struct change c;
	struct cJSON *answer = begin(&c, f, text);

	snprintf(c.name, sizeof c.name, "%s", f->documents[document].name);
	return end(&c, answer ? answer : append(&c, title));
}
