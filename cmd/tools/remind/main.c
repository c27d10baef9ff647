/* remind: keeps what the caller wants to be reminded of, and tells what is due. ringdown-remind(1), ringdown-tools(7)
 */
#include <cjson/cJSON.h>

#include "json.h"
#include "reminders.h"
#include "toolkit.h"

static struct cJSON *properties(void)
{
	static const char *const deeds[] = { "add", "list", "due", "told", "delete" };
	struct cJSON *deed =
		json_make("type:s enum:j description:s", "string", cJSON_CreateStringArray(deeds, 5),
			  "add one (text, and at or in_s); list all; due: those whose time has come; told: the "
			  "caller has heard one (id); delete one (id, n or text).");
	struct cJSON *text =
		json_make("type:s minLength:i maxLength:i description:s", "string", 1, (int)REMINDERS_TEXT_MAX_BYTES,
			  "To add: what to remind of, e.g. call the dentist. To delete: some of its words.");
	struct cJSON *at =
		json_make("type:s maxLength:i description:s", "string", 40,
			  "When, in the caller's local time: 2026-11-21T20:00. Work it out from the time tool.");
	struct cJSON *in = json_make("type:s minimum:i maximum:i description:s", "integer", 1, REMINDERS_AHEAD_MAX_S,
				     "Instead of at: in how many seconds, for a timer.");
	struct cJSON *id = json_make("type:s maxLength:i description:s", "string", 20, "Which one, from list or due.");
	struct cJSON *n =
		json_make("type:s minimum:i maximum:i description:s", "integer", -REMINDERS_MAX, REMINDERS_MAX,
			  "To delete: which one, counted from 1 in the order of the list; -1 is the last of it.");
	struct cJSON *all = json_make("type:s description:s", "boolean", "To delete: every reminder, instead of one.");

	return json_make("do:j text:j at:j in_s:j id:j n:j all:j", deed, text, at, in, id, n, all);
}

static struct cJSON *describe(void)
{
	return json_make(
		"name:s description:s parameters:j effect:s effects:j timeout_s:i instructions:s", "remind",
		"Reminders and timers of the caller: add one for a time or in some seconds, list them, see which "
		"are due, delete one. A reminder is spoken in a call: when it is due then, or at the beginning of "
		"the next one. It does not ring by itself.",
		json_make("type:s properties:j required:j additionalProperties:b", "object", properties(),
			  toolkit_list("do"), 0),
		"local", json_make("list:s due:s", "none", "none"), 5,
		"Reminders are kept by the tool remind; say the time back when you add one. Right after your "
		"greeting, call remind with do due; tell the caller what is due, then call it with do told for "
		"each. Ask again later in a long call, when next_at has come.");
}

int main(int argc, char **argv)
{
	static const struct toolkit tool = { "remind", describe, reminders_run };

	return toolkit_main(&tool, argc, argv);
}
