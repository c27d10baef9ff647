#include "toolcache.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"

#define FILE_MAX_BYTES (1024u * 1024u)
#define ENTRIES_MAX 200

static void load(struct toolcache *c)
{
	char *text = malloc(FILE_MAX_BYTES);
	ssize_t n = text ? paths_read_bounded(c->path, text, FILE_MAX_BYTES) : -1;
	struct cJSON *file = n > 0 ? json_parse(text, (size_t)n) : NULL;
	struct cJSON *entries = cJSON_DetachItemFromObjectCaseSensitive(file, "tools");

	if (cJSON_IsArray(entries)) {
		cJSON_Delete(c->entries);
		c->entries = entries;
	} else {
		cJSON_Delete(entries);
	}
	cJSON_Delete(file);
	free(text);
}

int toolcache_open(struct toolcache *c, const char *folder)
{
	*c = (struct toolcache){ .entries = cJSON_CreateArray() };
	if (!c->entries)
		return errno = ENOMEM, -1;
	if (folder && paths_format(c->path, sizeof c->path, "%s/tools.json", folder) < 0)
		c->path[0] = 0;
	if (c->path[0])
		load(c);
	return 0;
}

void toolcache_close(struct toolcache *c)
{
	cJSON_Delete(c->entries);
	*c = (struct toolcache){ .entries = NULL };
}

/* Numbers of 64 bits stand as text: JSON's are doubles. */
static bool text_is(const struct cJSON *entry, const char *field, uint64_t value)
{
	const char *text = json_text(entry, field);
	char expected[24];

	snprintf(expected, sizeof expected, "%" PRIu64, value);
	return text && strcmp(text, expected) == 0;
}

static bool same_place(const struct cJSON *entry, const struct toolcache_key *key)
{
	const char *path = json_text(entry, "path");

	return path && strcmp(path, key->path) == 0 && text_is(entry, "given", key->given);
}

struct cJSON *toolcache_find(const struct toolcache *c, const struct toolcache_key *key)
{
	const struct cJSON *entry;

	cJSON_ArrayForEach(entry, c->entries)
		if (same_place(entry, key) && text_is(entry, "size", key->size) &&
		    text_is(entry, "mtime_ns", key->mtime_ns))
			return cJSON_Duplicate(json_object(entry, "schema"), true);
	return NULL;
}

static void remove_place(struct toolcache *c, const struct toolcache_key *key)
{
	struct cJSON *entry = c->entries->child, *next;

	for (; entry; entry = next) {
		next = entry->next;
		if (same_place(entry, key))
			cJSON_Delete(cJSON_DetachItemViaPointer(c->entries, entry));
	}
	while (cJSON_GetArraySize(c->entries) >= ENTRIES_MAX)
		cJSON_DeleteItemFromArray(c->entries, 0);
}

int toolcache_put(struct toolcache *c, const struct toolcache_key *key, const struct cJSON *document)
{
	char size[24], mtime[24], given[24];
	struct cJSON *entry;

	snprintf(size, sizeof size, "%" PRIu64, key->size);
	snprintf(mtime, sizeof mtime, "%" PRIu64, key->mtime_ns);
	snprintf(given, sizeof given, "%" PRIu64, key->given);
	entry = json_make("path:s size:s mtime_ns:s given:s schema:j", key->path, size, mtime, given,
			  cJSON_Duplicate(document, true));
	if (!entry)
		return errno = ENOMEM, -1;
	remove_place(c, key);
	if (!cJSON_AddItemToArray(c->entries, entry)) {
		cJSON_Delete(entry);
		return errno = ENOMEM, -1;
	}
	c->changed = true;
	return 0;
}

/* Many calls may begin at once: each writes a file of its own and renames that, the last one wins whole. */
int toolcache_save(struct toolcache *c)
{
	char own[PATHS_MAX_BYTES + 16], folder[PATHS_MAX_BYTES], *text;
	int failed;

	if (!c->changed || !c->path[0])
		return 0;
	c->changed = false;
	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(c->path, '/') - c->path), c->path);
	snprintf(own, sizeof own, "%s.%ld", c->path, (long)getpid());
	text = json_print(json_make("tools:j", cJSON_Duplicate(c->entries, true)));
	if (!text)
		return errno = ENOMEM, -1;
	failed = paths_mkdir(folder) < 0 || paths_write_atomically(own, text, strlen(text)) < 0 ||
		 rename(own, c->path) < 0;
	free(text);
	return failed ? -1 : 0;
}
