#include "memorytools.h"

#include <stddef.h>
#include <string.h>

#include "json.h"

static const struct {
	const char *name, *document;
} tools[] = {
	{ "remember", "{\"name\":\"remember\","
		      "\"description\":\"Writes down one fact for later calls: what the caller asks you to remember, "
		      "or a lasting preference "
		      "they state. One fact a call of this tool, as a whole sentence that is understood without this "
		      "conversation.\","
		      "\"parameters\":{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\",\"minLength\":"
		      "1,\"maxLength\":1000,"
		      "\"description\":\"The fact, e.g. The caller's sister is called Mia.\"}},"
		      "\"required\":[\"text\"],\"additionalProperties\":false},"
		      "\"effect\":\"local\",\"timeout_s\":2,"
		      "\"instructions\":\"You have a memory across calls. When the caller asks you to remember "
		      "something, or tells you "
		      "something lasting about themselves, call remember; never say that you will remember without "
		      "having called it.\"}" },
	{ "recall",
	  "{\"name\":\"recall\","
	  "\"description\":\"Looks into what was remembered and said in earlier calls: searches for words, says who "
	  "called lately (with messages they left), or what was said in the caller's last call.\","
	  "\"parameters\":{\"type\":\"object\",\"properties\":{"
	  "\"what\":{\"type\":\"string\",\"enum\":[\"search\",\"calls\",\"last\"],"
	  "\"description\":\"search (if left out): the best matches for query, with dates; calls: who called, and "
	  "when; last: what was said last time.\"},"
	  "\"query\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":300,"
	  "\"description\":\"To search: a few words to look for, e.g. sister name\"},"
	  "\"from\":{\"type\":\"string\",\"maxLength\":40,"
	  "\"description\":\"To search: not before this day, YYYY-MM-DD. With from or to, query may be left out.\"},"
	  "\"to\":{\"type\":\"string\",\"maxLength\":40,\"description\":\"To search: up to this day, which counts.\"}},"
	  "\"additionalProperties\":false},"
	  "\"effect\":\"none\",\"timeout_s\":2,"
	  "\"instructions\":\"Before you say that you do not know something about the caller or about an "
	  "earlier call, look it up with recall.\"}" },
};

struct cJSON *memorytools_document(const char *name)
{
	for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++)
		if (strcmp(name, tools[i].name) == 0)
			return json_parse(tools[i].document, strlen(tools[i].document));
	return NULL;
}
