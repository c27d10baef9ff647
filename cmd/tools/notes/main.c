/* notes: takes down what the caller wants to keep, reads it out, deletes it. ringdown-notes(1), ringdown-tools(7) */
#include <cjson/cJSON.h>

#include "json.h"
#include "notes.h"
#include "toolkit.h"

static struct cJSON *properties(void)
{
	static const char *const deeds[] = { "add", "list", "read", "delete" };
	struct cJSON *deed = json_make("type:s enum:j description:s", "string", cJSON_CreateStringArray(deeds, 4),
				       "add a note; list all, shortened; read one in full; delete one.");
	struct cJSON *text =
		json_make("type:s minLength:i maxLength:i description:s", "string", 1, (int)NOTES_TEXT_MAX_BYTES,
			  "To add: the note, in the caller's own words. To read or delete: some of its words, "
			  "if n is not known.");
	struct cJSON *n =
		json_make("type:s minimum:i maximum:i description:s", "integer", -NOTES_MAX, NOTES_MAX,
			  "Which note, counted from 1 in the order of the list; -1 is the newest. When one is "
			  "deleted, those behind it move up. With list: the first to be listed.");
	struct cJSON *all = json_make("type:s description:s", "boolean", "To delete: every note, instead of one.");

	return json_make("do:j text:j n:j all:j", deed, text, n, all);
}

static struct cJSON *describe(void)
{
	return json_make(
		"name:s description:s parameters:j effect:s effects:j timeout_s:i instructions:s", "notes",
		"Takes a note for the caller, lists their notes, reads one out, deletes one. They are kept from "
		"call to call.",
		json_make("type:s properties:j required:j additionalProperties:b", "object", properties(),
			  toolkit_list("do"), 0),
		"local", json_make("list:s read:s", "none", "none"), 5,
		"When the caller wants something noted or written down, use notes. Before you delete a note, say "
		"which one and ask.");
}

int main(int argc, char **argv)
{
	static const struct toolkit tool = { "notes", describe, notes_run };

	return toolkit_main(&tool, argc, argv);
}
