#include "order.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "json.h"

/* Whether a word stands in a list with commas. */
static bool lists(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (*list) {
		size_t k = strcspn(list, ",");

		if (k == n && memcmp(list, word, n) == 0)
			return true;
		list += k;
		list += strspn(list, ", ");
	}
	return false;
}

static int check(const struct cJSON *event, char *error, size_t size)
{
	const char *type = json_text(event, "type");
	const struct event_info *info = event_info(event_find(type));

	if (info && lists(info->said_by, "monitor"))
		return event_check(event, error, size);
	snprintf(error, size, "event: %s is not for an operator to say", type ? type : "one without a type");
	return -1;
}

struct cJSON *order_read(const char *line, size_t n, char id[24], char *error, size_t size)
{
	struct cJSON *order = json_parse(line, n), *event = NULL;
	const char *what = json_text(order, "do");

	id[0] = 0;
	if (cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(order, "id")))
		snprintf(id, 24, "%.15g", json_number(order, "id", 0));
	if (!order)
		snprintf(error, size, "one JSON object a line is expected");
	else if (!what || strcmp(what, "inject") != 0)
		snprintf(error, size, "do: inject is expected");
	else if (check(json_object(order, "event"), error, size) == 0)
		event = cJSON_DetachItemFromObjectCaseSensitive(order, "event");
	cJSON_Delete(order);
	return event;
}
