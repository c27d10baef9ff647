#include "parts.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

void parts_close(struct parts *p)
{
	for (int i = 0; i < PARTS_MAX; i++)
		cJSON_Delete(p->coming[i]);
	*p = (struct parts){ 0 };
}

static bool is_whole(const struct parts *p)
{
	for (int i = 0; i < p->count; i++)
		if (!p->coming[i])
			return false;
	return p->count > 0;
}

bool parts_take(struct parts *p, const struct cJSON *event)
{
	long rev = json_whole(event, "rev", 0, -JSON_WHOLE_MAX, JSON_WHOLE_MAX);
	int part = (int)json_whole(event, "part", 1, 0, PARTS_MAX + 1);
	int count = (int)json_whole(event, "parts", 1, 0, PARTS_MAX + 1);

	if (count < 1 || count > PARTS_MAX || part < 1 || part > count)
		return false;
	if (rev != p->rev || count != p->count)
		parts_close(p);
	p->rev = rev;
	p->count = count;
	if (!p->coming[part - 1])
		p->coming[part - 1] = cJSON_Duplicate(event, 1);
	return is_whole(p);
}

struct cJSON *parts_join(struct parts *p, const char *key)
{
	struct cJSON *all = cJSON_CreateArray();

	for (int i = 0; all && i < p->count; i++) {
		struct cJSON *list = cJSON_GetObjectItemCaseSensitive(p->coming[i], key);

		while (cJSON_IsArray(list) && list->child)
			cJSON_AddItemToArray(all, cJSON_DetachItemViaPointer(list, list->child));
	}
	return all;
}

const struct cJSON *parts_with(const struct parts *p, const char *key)
{
	for (int i = 0; i < p->count; i++)
		if (cJSON_GetObjectItemCaseSensitive(p->coming[i], key))
			return p->coming[i];
	return NULL;
}

size_t parts_entry_bytes(const struct cJSON *entry)
{
	char *text = cJSON_PrintUnformatted(entry);
	size_t n = text ? strlen(text) : 0;

	free(text);
	return n;
}
