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

struct cJSON *once_recall(const char *tool, bool *begun, struct cJSON **about)
{
	char why[KEEP_WHY_BYTES];
	struct cJSON *answer = NULL, *entry;
	struct keep k = { .lock = -1 };

	*begun = false;
	*about = NULL;
	if (once_key() && keep_open(&k, tool, false, why, sizeof why) == 0) {
		entry = once_find(&k);
		*begun = entry != NULL;
		*about = cJSON_Duplicate(json_object(entry, "about"), 1);
		answer = cJSON_Duplicate(json_object(entry, "answer"), 1);
	}
	keep_close(&k);
	return answer;
}

/* What cannot be kept is not: the service has a mark of this call itself. */
static void change(const char *tool, struct cJSON *about, struct cJSON *answer, bool forget)
{
	char why[KEEP_WHY_BYTES];
	struct keep k = { .lock = -1 };

	if (once_key() && keep_open(&k, tool, true, why, sizeof why) == 0) {
		if (forget)
			once_forget(&k);
		else
			once_note(&k, about, answer);
		(void)keep_write(&k, why, sizeof why);
	} else {
		cJSON_Delete(about);
		cJSON_Delete(answer);
	}
	keep_close(&k);
}

void once_begin(const char *tool, struct cJSON *about)
{
	change(tool, about, NULL, false);
}

struct cJSON *once_conclude(const char *tool, struct cJSON *answer)
{
	const char *outcome = json_text(answer, "outcome");

	if (json_flag(answer, "ok", false))
		change(tool, NULL, cJSON_Duplicate(answer, 1), false);
	else if (!outcome || strcmp(outcome, "unknown") != 0)
		change(tool, NULL, NULL, true);
	return answer;
}
