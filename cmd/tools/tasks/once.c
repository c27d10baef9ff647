#include "once.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

const char *once_key(void)
{
	const char *key = getenv("RINGDOWN_TOOL_CALL");

	return key && *key ? key : NULL;
}

struct cJSON *once_find(struct keep *k)
{
	struct cJSON *entry;
	const char *key = once_key(), *has;

	if (!key)
		return NULL;
	cJSON_ArrayForEach(entry, keep_list(k, "once")) {
		has = json_text(entry, "key");
		if (has && strcmp(has, key) == 0)
			return entry;
	}
	return NULL;
}

static void put(struct cJSON *entry, const char *name, struct cJSON *value)
{
	if (!value)
		return;
	cJSON_DeleteItemFromObjectCaseSensitive(entry, name);
	if (!entry || !cJSON_AddItemToObject(entry, name, value))
		cJSON_Delete(value);
}

void once_note(struct keep *k, struct cJSON *about, struct cJSON *answer)
{
	struct cJSON *entry = once_find(k), *list = keep_list(k, "once");

	if (!entry && once_key()) {
		entry = json_make("key:s", once_key());
		if (entry && !cJSON_AddItemToArray(list, entry)) {
			cJSON_Delete(entry);
			entry = NULL;
		}
		while (cJSON_GetArraySize(list) > ONCE_MAX)
			cJSON_DeleteItemFromArray(list, 0);
	}
	put(entry, "about", about);
	put(entry, "answer", answer);
}

void once_forget(struct keep *k)
{
	struct cJSON *entry = once_find(k);

	if (entry)
		cJSON_Delete(cJSON_DetachItemViaPointer(keep_list(k, "once"), entry));
}
