#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "number.h"
#include "paths.h"
#include "utf8.h"

#include <cjson/cJSON.h>

#define NEXT_BYTES 32768 /* the longest text of an event, 16 KiB, with escapes */

int folder_open(const char *runtime)
{
	char path[PATHS_MAX_BYTES];

	return paths_format(path, sizeof path, "%s/calls", runtime) < 0 ? -1 : paths_mkdir(path);
}

static int path_of(char *path, size_t size, const char *runtime, const char *call, const char *name)
{
	char folder[PATHS_MAX_BYTES];

	if (paths_call(runtime, call, folder, sizeof folder) < 0)
		return -1;
	return paths_format(path, size, "%s/%s", folder, name);
}

static bool there(const char *runtime, const char *call, const char *name)
{
	char path[PATHS_MAX_BYTES];

	return path_of(path, sizeof path, runtime, call, name) == 0 && access(path, F_OK) == 0;
}

bool folder_exists(const char *runtime, const char *call)
{
	return there(runtime, call, "call.json");
}

/* A text of one of the folder's small objects. 0, or -1 with errno; out is "" then. */
static int read_text_of(const char *runtime, const char *call, const char *name, const char *key, char *out,
			size_t size)
{
	char path[PATHS_MAX_BYTES], text[FOLDER_CALL_BYTES];
	struct cJSON *object;
	const char *value;
	ssize_t n;

	out[0] = '\0';
	if (path_of(path, sizeof path, runtime, call, name) < 0)
		return -1;
	n = paths_read_bounded(path, text, sizeof text);
	if (n < 0)
		return -1;
	object = json_parse(text, (size_t)n);
	value = json_text(object, key);
	if (value && strlen(value) < size)
		memcpy(out, value, strlen(value) + 1);
	cJSON_Delete(object);
	if (out[0])
		return 0;
	errno = EBADMSG;
	return -1;
}

int folder_agent(const char *runtime, const char *call, char *out, size_t size)
{
	return read_text_of(runtime, call, "call.json", "agent", out, size);
}

bool folder_ended(const char *runtime, const char *call, char *reason, size_t size)
{
	if (reason)
		(void)read_text_of(runtime, call, "ended", "reason", reason, size);
	return there(runtime, call, "ended");
}

static int write_call(const char *runtime, const struct folder_call *c)
{
	char path[PATHS_MAX_BYTES], date[32];
	char *text = json_print(json_make("call:s carrier:s direction:s from:s to:s caller_name:s? attestation:s "
					  "agent:s config:i at:s",
					  c->call, c->carrier, c->direction, c->from, c->to, c->caller_name,
					  c->attestation, c->agent, c->config, clock_date(date, sizeof date)));
	int rc = -1;

	if (!text)
		errno = ENOMEM;
	else if (strlen(text) >= FOLDER_CALL_BYTES)
		errno = EMSGSIZE;
	else if (path_of(path, sizeof path, runtime, c->call, "call.json") == 0)
		rc = paths_write_atomically(path, text, strlen(text));
	free(text);
	return rc;
}

int folder_make(const char *runtime, const struct folder_call *c)
{
	char path[PATHS_MAX_BYTES];
	int error;

	if (paths_call(runtime, c->call, path, sizeof path) < 0)
		return -1;
	if (mkdir(path, 0700) < 0) {
		if (errno != EEXIST)
			return -1;
		if (folder_exists(runtime, c->call))
			return 0;
		/* else who made it died before call.json: go on in its place */
	}
	if (write_call(runtime, c) == 0)
		return 1;
	error = errno;
	(void)rmdir(path); /* without call.json it is nothing to anyone */
	errno = error;
	return -1;
}

static int answer_path(char *path, size_t size, const char *runtime, const char *call, unsigned step)
{
	char name[24];

	snprintf(name, sizeof name, "answer.%u", step);
	return path_of(path, size, runtime, call, name);
}

bool folder_answered(const char *runtime, const char *call, unsigned step)
{
	char path[PATHS_MAX_BYTES];

	return answer_path(path, sizeof path, runtime, call, step) == 0 && access(path, F_OK) == 0;
}

ssize_t folder_answer(const char *runtime, const char *call, unsigned step, char *out, size_t size)
{
	char path[PATHS_MAX_BYTES];

	return answer_path(path, sizeof path, runtime, call, step) < 0 ? -1 : paths_read_bounded(path, out, size);
}

/* A draft under a name of this process, then a link: unlike a rename it replaces nothing that was kept and sent. */
int folder_keep_answer(const char *runtime, const char *call, unsigned step, const char *text, size_t n)
{
	char path[PATHS_MAX_BYTES], draft[PATHS_MAX_BYTES];
	int rc, error;

	if (answer_path(path, sizeof path, runtime, call, step) < 0 ||
	    paths_format(draft, sizeof draft, "%s.%ld", path, (long)getpid()) < 0 ||
	    paths_write_atomically(draft, text, n) < 0)
		return -1;
	rc = link(draft, path);
	error = errno;
	(void)unlink(draft);
	errno = error;
	return rc;
}

/* Copies text, cut before the character that does not fit. */
static void copy_text(char *out, size_t size, const char *text)
{
	size_t n = utf8_clip(text, size - 1);

	memcpy(out, text, n);
	out[n] = '\0';
}

static bool take_say(struct folder_next *next, const struct cJSON *object)
{
	const char *text = json_text(object, "text");

	if (text)
		copy_text(next->text, sizeof next->text, text);
	return text && text[0];
}

static bool take_press(struct folder_next *next, const struct cJSON *object)
{
	const char *digits = json_text(object, "digits");
	size_t n = digits ? strspn(digits, "0123456789ABCD#*wW") : 0;

	if (n == 0 || digits[n] || n >= sizeof next->digits)
		return false;
	memcpy(next->digits, digits, n + 1);
	return true;
}

static bool take_transfer(struct folder_next *next, const struct cJSON *object)
{
	const char *to = json_text(object, "to");

	if (!to || !number_is_e164(to))
		return false;
	copy_text(next->to, sizeof next->to, to);
	next->comes_back = json_flag(object, "return", false);
	return true;
}

static bool take_hangup(struct folder_next *next, const struct cJSON *object)
{
	(void)next;
	(void)object;
	return true;
}

static const struct {
	const char *name;
	bool (*take)(struct folder_next *next, const struct cJSON *object); /* false: not as it should be */
} verbs[] = {
	[FOLDER_HANGUP] = { "hangup", take_hangup },
	[FOLDER_SAY] = { "say", take_say },
	[FOLDER_PRESS] = { "press", take_press },
	[FOLDER_TRANSFER] = { "transfer", take_transfer },
};

static bool take_next(struct folder_next *next, const struct cJSON *object)
{
	const char *name = json_text(object, "verb");

	memset(next, 0, sizeof *next);
	for (size_t i = 0; name && i < sizeof verbs / sizeof verbs[0]; i++)
		if (strcmp(name, verbs[i].name) == 0) {
			next->verb = (enum folder_verb)i;
			return verbs[i].take(next, object);
		}
	return false;
}

int folder_next(const char *runtime, const char *call, unsigned step, struct folder_next *next)
{
	char path[PATHS_MAX_BYTES], text[NEXT_BYTES];
	struct cJSON *object;
	ssize_t n;
	int rc;

	if (path_of(path, sizeof path, runtime, call, "next") < 0)
		return -1;
	n = paths_read_bounded(path, text, sizeof text);
	if (n < 0)
		return errno == ENOENT ? 0 : -1;
	object = json_parse(text, (size_t)n);
	if (object && json_number(object, "step", -1) != (double)step)
		rc = 0;
	else
		rc = object && take_next(next, object) ? 1 : -1;
	cJSON_Delete(object);
	if (rc < 0)
		errno = EBADMSG;
	return rc;
}

int folder_remove(const char *runtime, const char *call)
{
	char path[PATHS_MAX_BYTES];
	struct dirent *entry;
	DIR *dir;

	if (paths_call(runtime, call, path, sizeof path) < 0)
		return -1;
	dir = opendir(path);
	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			(void)unlinkat(dirfd(dir), entry->d_name, 0); /* what stays makes rmdir fail */
	closedir(dir);
	return rmdir(path);
}
