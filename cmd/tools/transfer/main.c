/* transfer: connects the caller to another telephone, one of those that the agent may transfer to
 * (RINGDOWN_TRANSFER_TO, with commas between them); rd-tools and the carrier stage check the number again.
 * ringdown-tools(7) */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "toolkit.h"

static const char *allowed(void)
{
	const char *list = getenv("RINGDOWN_TRANSFER_TO");

	return list ? list : "";
}

/* The numbers of the list as an array, the caller's. */
static struct cJSON *numbers(void)
{
	struct cJSON *array = cJSON_CreateArray();

	for (const char *p = allowed(); array && *p; p += strspn(p, ",")) {
		char number[32];
		size_t n = strcspn(p, ",");

		snprintf(number, sizeof number, "%.*s", n < sizeof number ? (int)n : 0, p);
		if (*number)
			cJSON_AddItemToArray(array, cJSON_CreateString(number));
		p += n;
	}
	return array;
}

static struct cJSON *describe(void)
{
	struct cJSON *array = numbers(), *to;

	if (cJSON_GetArraySize(array) == 0) {
		cJSON_Delete(array);
		return json_make("name:s unavailable:s", "transfer",
				 "no number to transfer to; set agent \"…\" { transfer-to = { \"+15550100000\" } }");
	}
	to = json_make("type:s enum:j description:s", "string", array, "The number to connect to.");
	return json_make(
		"name:s description:s parameters:j effect:s timeout_s:i says:j instructions:s", "transfer",
		"Connects the caller to a person at another number when your last words were heard. You leave the "
		"conversation; if nobody answers, the caller comes back to you. Tell the caller first.",
		json_make("type:s properties:j required:j additionalProperties:b", "object", json_make("to:j", to),
			  toolkit_list("to"), 0),
		"none", 2, toolkit_list("call.next"),
		"When the caller wants to speak with a person you can transfer to, say that you connect them and call "
		"transfer. You cannot transfer to any other number.");
}

static struct cJSON *run(const struct cJSON *arguments)
{
	const char *to = json_text(arguments, "to");
	struct cJSON *array = numbers();
	const struct cJSON *number;
	bool found = false;

	cJSON_ArrayForEach(number, array)
		found |= to && strcmp(to, number->valuestring) == 0;
	cJSON_Delete(array);
	if (!found)
		return toolkit_failed("to: this is not a number I may transfer to.");
	return toolkit_say(toolkit_ok("The caller is connected when your last words were heard. Say nothing more."),
			   json_make("type:s verb:s to:s", "call.next", "transfer", to));
}

int main(int argc, char **argv)
{
	static const struct toolkit tool = { "transfer", describe, run };

	return toolkit_main(&tool, argc, argv);
}
