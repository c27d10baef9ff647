/* docs: lists the documents of a folder, reads them aloud piece by piece, finds words in them. ringdown-docs(1),
 * ringdown-tools(7) */
#include <cjson/cJSON.h>

#include "docs.h"
#include "folder.h"
#include "json.h"
#include "paragraphs.h"
#include "toolkit.h"

static struct cJSON *properties(void)
{
	static const char *const deeds[] = { "list", "read", "find" };
	struct cJSON *deed =
		json_make("type:s enum:j description:s", "string", cJSON_CreateStringArray(deeds, 3),
			  "list: all documents; read: some paragraphs of one (name or n); find: where words "
			  "occur (name: the words).");
	struct cJSON *name = json_make("type:s minLength:i maxLength:i description:s", "string", 1, 120,
				       "To read: the title, or a part of it. To find: the words to look for.");
	struct cJSON *n = json_make("type:s minimum:i maximum:i description:s", "integer", 1, FOLDER_DOCUMENTS_MAX,
				    "Instead of name: its number in the list.");
	struct cJSON *from =
		json_make("type:s minimum:i description:s", "integer", 1,
			  "The first paragraph to read; to go on, one more than `to` of the answer before. "
			  "Left out: the beginning.");

	return json_make("do:j name:j n:j from:j", deed, name, n, from);
}

static struct cJSON *describe(void)
{
	return json_make(
		"name:s description:s parameters:j effect:s timeout_s:i instructions:s", "docs",
		"The caller's documents: lists them, reads one aloud a few paragraphs at a time, finds words in "
		"them.",
		json_make("type:s properties:j required:j additionalProperties:b", "object", properties(),
			  toolkit_list("do"), 0),
		"none", 5,
		"You can read the caller's documents to them with docs. Read out what it returns word for word. "
		"When there is more, go on with the next paragraphs if the caller wants it; after an interruption "
		"go on with the paragraph at which you were stopped.");
}

int main(int argc, char **argv)
{
	static const struct toolkit tool = { "docs", describe, docs_run };

	return toolkit_main(&tool, argc, argv);
}
