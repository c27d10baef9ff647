#include "offer.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "json.h"

void offer_close(struct offer *t)
{
	for (int i = 0; i < OFFER_STAGES; i++) {
		parts_close(&t->lists[i].parts);
		cJSON_Delete(t->lists[i].tools);
		t->lists[i] = (struct offer_list){ 0 };
	}
}

static struct offer_list *list_of(struct offer *t, uint8_t origin)
{
	for (int i = 0; i < OFFER_STAGES; i++)
		if (t->lists[i].origin == origin || !t->lists[i].origin) {
			t->lists[i].origin = origin;
			return &t->lists[i];
		}
	return NULL;
}

bool offer_take(struct offer *t, uint8_t origin, const struct cJSON *list)
{
	struct offer_list *l = json_array(list, "tools") ? list_of(t, origin) : NULL;
	struct cJSON *whole;
	bool changed;

	if (!l || !parts_take(&l->parts, list))
		return false;
	whole = parts_join(&l->parts, "tools");
	parts_close(&l->parts);
	changed = whole && !cJSON_Compare(whole, l->tools, 1);
	if (changed) {
		cJSON_Delete(l->tools);
		l->tools = whole;
	} else {
		cJSON_Delete(whole);
	}
	return changed;
}

bool offer_has(const struct offer *t, const char *name)
{
	for (int i = 0; i < OFFER_STAGES; i++) {
		const struct cJSON *tool;

		cJSON_ArrayForEach(tool, t->lists[i].tools) {
			const char *its = json_text(tool, "name");

			if (its && strcmp(its, name) == 0)
				return true;
		}
	}
	return false;
}

static struct cJSON *collect(const struct offer *t, struct cJSON *(*make)(const struct cJSON *tool))
{
	struct cJSON *all = cJSON_CreateArray();

	for (int i = 0; all && i < OFFER_STAGES; i++) {
		const struct cJSON *tool;

		cJSON_ArrayForEach(tool, t->lists[i].tools)
			if (json_text(tool, "name"))
				cJSON_AddItemToArray(all, make(tool));
	}
	return all;
}

static struct cJSON *copy(const struct cJSON *tool)
{
	return cJSON_Duplicate(tool, 1);
}

static struct cJSON *function(const struct cJSON *tool)
{
	const struct cJSON *parameters = json_object(tool, "parameters");

	return json_make("type:s name:s description:s? parameters:j", "function", json_text(tool, "name"),
			 json_text(tool, "description"),
			 parameters ? cJSON_Duplicate(parameters, 1)
				    : json_make("type:s properties:j", "object", json_make("")));
}

struct cJSON *offer_all(const struct offer *t)
{
	return collect(t, copy);
}

struct cJSON *offer_functions(const struct offer *t)
{
	return collect(t, function);
}
