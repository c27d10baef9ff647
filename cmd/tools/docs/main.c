/* docs: lists the documents of a folder, reads them aloud piece by piece, finds words in them, writes new ones.
 * ringdown-docs(1), ringdown-tools(7) */
#include <cjson/cJSON.h>
#include <stdbool.h>

#include "docs.h"
#include "drive.h"
#include "folder.h"
#include "json.h"
#include "toolkit.h"
#include "writing.h"

static struct cJSON *properties(bool writes)
{
	static const char *const deeds[] = { "list", "read", "find", "create", "append" };
	struct cJSON *deed = json_make(
		"type:s enum:j description:s", "string", cJSON_CreateStringArray(deeds, writes ? 5 : 3),
		writes ? "list: all documents; read: some paragraphs of one (name or n); find: where words "
			 "occur (name: the words); create: a new one (name: its title, text); append: text at "
			 "the end of one (name or n, text)."
		       : "list: all documents; read: some paragraphs of one (name or n); find: where words "
			 "occur (name: the words).");
	struct cJSON *name = json_make("type:s minLength:i maxLength:i description:s", "string", 1, 120,
				       "The title, or a part of it. To find: the words to look for.");
	struct cJSON *n = json_make("type:s minimum:i maximum:i description:s", "integer", 1, FOLDER_DOCUMENTS_MAX,
				    "Instead of name: its number in the list.");
	struct cJSON *from =
		json_make("type:s minimum:i description:s", "integer", 1,
			  "The first paragraph to read; to go on, one more than `to` of the answer before. "
			  "Left out: the beginning.");
	struct cJSON *text =
		json_make("type:s minLength:i maxLength:i description:s", "string", 1, (int)WRITING_TEXT_BYTES,
			  "To create or append: the text, Markdown, an empty line between paragraphs.");
	struct cJSON *all = json_make("do:j name:j n:j from:j", deed, name, n, from);

	if (!writes || !cJSON_AddItemToObject(all, "text", text))
		cJSON_Delete(text);
	return all;
}

static struct cJSON *describe(void)
{
	bool writes = writing_is_allowed(), google = drive_is_set();

	return json_make(
		"name:s description:s parameters:j effect:s effects:j timeout_s:i network:b secrets:j? instructions:s",
		"docs",
		writes ? "The caller's documents: lists them, reads one aloud a few paragraphs at a time, finds words "
			 "in them, writes a new one, adds to one."
		       : "The caller's documents: lists them, reads one aloud a few paragraphs at a time, finds words "
			 "in them.",
		json_make("type:s properties:j required:j additionalProperties:b", "object", properties(writes),
			  toolkit_list("do"), 0),
		!writes	 ? "none"
		: google ? "outside"
			 : "local",
		json_make("list:s read:s find:s", "none", "none", "none"), google ? DRIVE_TIMEOUT_S : 15, (int)google,
		google ? toolkit_list(DRIVE_SECRET) : NULL,
		"You can read the caller's documents to them with docs. Read out what it returns word for word. "
		"When there is more, go on with the next paragraphs if the caller wants it; after an interruption "
		"go on with the paragraph at which you were stopped.");
}

int main(int argc, char **argv)
{
	static const struct toolkit tool = { "docs", describe, docs_run };

	return toolkit_main(&tool, argc, argv);
}
