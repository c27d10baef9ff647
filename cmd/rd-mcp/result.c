#include "result.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "utf8.h"

struct text {
	char *bytes;
	size_t n;
};

static void add(struct text *t, const char *part)
{
	size_t room = RESULT_TEXT_BYTES - 1 - t->n, n = utf8_clip(part, room);

	if (t->n && n && room > n && t->bytes[t->n - 1] != ' ') {
		t->bytes[t->n++] = '\n';
		n = utf8_clip(part, room - 1);
	}
	memcpy(t->bytes + t->n, part, n);
	t->n += n;
	t->bytes[t->n] = 0;
}

static void describe(struct text *t, const struct cJSON *item, const char *kind)
{
	const char *type = json_text(item, "mimeType"), *data = json_text(item, "data"), *uri = json_text(item, "uri");
	const char *name = json_text(item, "name");
	char line[300];

	if (uri)
		snprintf(line, sizeof line, "[%.100s %.160s]", name ? name : kind, uri);
	else
		snprintf(line, sizeof line, "[%.100s, %zu kB]", type ? type : kind,
			 data ? (strlen(data) / 4 * 3 + 999) / 1000 : 0);
	add(t, line);
}

static void add_item(struct text *t, const struct cJSON *item)
{
	const struct cJSON *resource = json_object(item, "resource");
	const char *type = json_text(item, "type"), *text = json_text(resource ? resource : item, "text");

	if (text && type && (strcmp(type, "text") == 0 || resource))
		add(t, text);
	else
		describe(t, resource ? resource : item, type ? type : "something");
}

char *result_text(const struct cJSON *result, bool *failed)
{
	const struct cJSON *item, *structured = cJSON_GetObjectItemCaseSensitive(result, "structuredContent");
	struct text t = { .bytes = malloc(RESULT_TEXT_BYTES + 1) };
	char *printed;

	*failed = json_flag(result, "isError", false);
	if (!t.bytes)
		return NULL;
	t.bytes[0] = 0;
	if (*failed)
		add(&t, "error: ");
	cJSON_ArrayForEach(item, json_array(result, "content"))
		add_item(&t, item);
	printed = structured && cJSON_GetArraySize(json_array(result, "content")) == 0
			  ? cJSON_PrintUnformatted(structured)
			  : NULL;
	if (printed)
		add(&t, printed);
	free(printed);
	return t.bytes;
}
