#include "keep.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "hash.h"
#include "json.h"

#define OWNER_BYTES 128

static int fail(const struct keep *k, const char *verb, int error, char *why, size_t size)
{
	fprintf(stderr, "cannot %s %s: %s\n", verb, k->path, strerror(error));
	snprintf(why, size, "I cannot %s what I keep for you: %s.", verb, strerror(error));
	return -1;
}

/* "household smith", "caller +15551234567"; by hand "nobody". false: the number is withheld. */
static bool find_owner(char out[OWNER_BYTES])
{
	const char *household = getenv("RINGDOWN_HOUSEHOLD"), *caller = getenv("RINGDOWN_CALLER");

	if (household && *household)
		snprintf(out, OWNER_BYTES, "household %s", household);
	else if (caller)
		snprintf(out, OWNER_BYTES, "caller %s", caller);
	else
		snprintf(out, OWNER_BYTES, "nobody");
	return !caller || *caller || (household && *household);
}

static int find_folder(const char *tool, char *out, size_t size)
{
	const char *folder = getenv("RINGDOWN_TOOL_DIR");
	char state[PATHS_MAX_BYTES];

	if (folder && *folder)
		return paths_format(out, size, "%s", folder);
	return paths_state(NULL, state, sizeof state) < 0 ? -1 : paths_format(out, size, "%s/tools/%s", state, tool);
}

/* One lock for all: a tool holds it for a millisecond, and one that hangs is ended by rd-tools. */
static int lock_folder(struct keep *k, const char *folder)
{
	char path[PATHS_MAX_BYTES];

	if (paths_mkdir(folder) < 0 || paths_format(path, sizeof path, "%s/lock", folder) < 0)
		return -1;
	k->lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	return k->lock < 0 ? -1 : flock(k->lock, LOCK_EX);
}

/* Two owners whose names hash alike would share a file: it says whose it is. */
static int read_content(struct keep *k, const char *owner, char *why, size_t size)
{
	char *text = malloc(KEEP_MAX_BYTES);
	ssize_t n = text ? paths_read_bounded(k->path, text, KEEP_MAX_BYTES) : -1;
	int error = n < 0 ? errno : EINVAL;
	const char *theirs;

	k->content = n < 0 ? NULL : json_parse(text, (size_t)n);
	free(text);
	if (n < 0 && error == ENOENT)
		k->content = json_make("owner:s", owner);
	theirs = json_text(k->content, "owner");
	return theirs && strcmp(theirs, owner) == 0 ? 0 : fail(k, "read", error, why, size);
}

static void name_file(const char *owner, char out[KEEP_NAME_BYTES])
{
	snprintf(out, KEEP_NAME_BYTES, "%016" PRIx64 ".json", hash_bytes(HASH_BEGIN, owner, strlen(owner)));
}

void keep_name(const char *number, char out[KEEP_NAME_BYTES])
{
	char owner[OWNER_BYTES];

	snprintf(owner, sizeof owner, "caller %s", number);
	name_file(owner, out);
}

int keep_open(struct keep *k, const char *tool, bool writing, char *why, size_t size)
{
	char folder[PATHS_MAX_BYTES], owner[OWNER_BYTES], name[KEEP_NAME_BYTES];

	*k = (struct keep){ .lock = -1 };
	if (!find_owner(owner)) {
		snprintf(why, size, "I keep nothing for a caller who withholds the number.");
		return -1;
	}
	name_file(owner, name);
	if (find_folder(tool, folder, sizeof folder) < 0 ||
	    paths_format(k->path, sizeof k->path, "%s/%s", folder, name) < 0) {
		int error = errno;

		snprintf(k->path, sizeof k->path, "the folder of %s", tool);
		return fail(k, "find", error, why, size);
	}
	if (writing && lock_folder(k, folder) < 0)
		return fail(k, "change", errno, why, size);
	return read_content(k, owner, why, size);
}

struct cJSON *keep_list(struct keep *k, const char *name)
{
	struct cJSON *list = cJSON_GetObjectItemCaseSensitive(k->content, name);

	if (cJSON_IsArray(list))
		return list;
	cJSON_DeleteItemFromObjectCaseSensitive(k->content, name);
	return cJSON_AddArrayToObject(k->content, name);
}

int keep_write(struct keep *k, char *why, size_t size)
{
	char *text = cJSON_PrintUnformatted(k->content);
	int failed;

	if (!text)
		return fail(k, "write down", ENOMEM, why, size);
	if (strlen(text) >= KEEP_MAX_BYTES)
		failed = fail(k, "write down", EFBIG, why, size);
	else
		failed = paths_write_durably(k->path, text, strlen(text)) < 0 ? fail(k, "write down", errno, why, size)
									      : 0;
	free(text);
	return failed;
}

void keep_close(struct keep *k)
{
	cJSON_Delete(k->content);
	if (k->lock >= 0)
		close(k->lock);
	*k = (struct keep){ .lock = -1 };
}
