#include "people.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "json.h"
#include "number.h"

void people_take(struct memory *m, const struct cJSON *setup)
{
	const struct conf *c = m->stage->conf;
	const char *direction = json_text(setup, "direction"), *name = json_text(setup, "caller_name");
	const char *number = json_text(setup, direction && strcmp(direction, "out") == 0 ? "to" : "from");
	bool known =
		number && number_is_e164(number) && !number_is_withheld(number) && strlen(number) < sizeof m->caller;

	snprintf(m->caller, sizeof m->caller, "%s", known ? number : "");
	if (known && conf_has(c, "caller", number) && *conf_text(c, "caller", number, "name"))
		name = conf_text(c, "caller", number, "name");
	snprintf(m->name, sizeof m->name, "%s", name ? name : "");
}

struct cJSON *people_sharing(const struct memory *m)
{
	const struct conf *c = m->stage->conf;
	const char *household = conf_has(c, "caller", m->caller) ? conf_text(c, "caller", m->caller, "household") : "";
	struct cJSON *numbers = cJSON_CreateArray();

	if (*m->caller)
		cJSON_AddItemToArray(numbers, cJSON_CreateString(m->caller));
	for (size_t i = 0; *household && i < conf_count(c, "caller"); i++) {
		const char *title = conf_title(c, "caller", i);

		if (number_is_e164(title) && strcmp(title, m->caller) != 0 &&
		    strcmp(conf_text(c, "caller", title, "household"), household) == 0)
			cJSON_AddItemToArray(numbers, cJSON_CreateString(title));
	}
	return numbers;
}

const char *people_author(const struct memory *m, const char *number, char out[80])
{
	const struct conf *c = m->stage->conf;
	const char *name = number && conf_has(c, "caller", number) ? conf_text(c, "caller", number, "name") : "";

	out[0] = 0;
	if (number && strcmp(number, m->caller) != 0)
		snprintf(out, 80, "%.60s said: ", *name ? name : "Somebody of the household");
	return out;
}

bool people_is_known(const struct memory *m)
{
	return *m->caller && conf_has(m->stage->conf, "caller", m->caller);
}

struct cJSON *people_known(const struct memory *m)
{
	const struct conf *c = m->stage->conf;
	struct cJSON *numbers = cJSON_CreateArray();

	for (size_t i = 0; i < conf_count(c, "caller"); i++)
		if (number_is_e164(conf_title(c, "caller", i)))
			cJSON_AddItemToArray(numbers, cJSON_CreateString(conf_title(c, "caller", i)));
	return numbers;
}
