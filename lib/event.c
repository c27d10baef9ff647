#include "event.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "frame.h"
#include "json.h"

static const struct event_info infos[EVENT_TYPES] = {
#define EVENT(name, type, again, fields, by, to, gloss) [EVENT_##name] = { type, AGAIN_##again, fields, by, to, gloss },
#include "events.tbl"
#undef EVENT
};

const struct event_info *event_info(enum event_type type)
{
	return type > EVENT_UNKNOWN && type < EVENT_TYPES ? &infos[type] : NULL;
}

enum event_type event_find(const char *type)
{
	for (int i = 1; type && i < EVENT_TYPES; i++)
		if (strcmp(infos[i].type, type) == 0)
			return (enum event_type)i;
	return EVENT_UNKNOWN;
}

int event_peek(const uint8_t *bytes, size_t n, char *out, size_t size)
{
	static const char head[] = "{\"type\":\"";
	const size_t h = sizeof head - 1;
	struct cJSON *object;
	const char *type;
	int ok = -1;

	if (n > h && memcmp(bytes, head, h) == 0) {
		const uint8_t *quote = memchr(bytes + h, '"', n - h < size ? n - h : size);

		if (quote && !memchr(bytes + h, '\\', (size_t)(quote - bytes) - h)) {
			memcpy(out, bytes + h, (size_t)(quote - bytes) - h);
			out[quote - bytes - (long)h] = 0;
			return 0;
		}
	}
	object = json_parse(bytes, n);
	type = json_text(object, "type");
	if (type && strlen(type) < size)
		ok = snprintf(out, size, "%s", type) < 0 ? -1 : 0;
	cJSON_Delete(object);
	return ok;
}

/* Whether value is of a kind as events.tbl writes it: a letter, or words with bars between them. */
static bool kind_fits(const struct cJSON *value, const char *kind, size_t n)
{
	const char *text = cJSON_GetStringValue(value);

	if (n == 1)
		switch (*kind) {
		case 's': return text != NULL;
		case 'n': return cJSON_IsNumber(value);
		case 'b': return cJSON_IsBool(value);
		case 'o': return cJSON_IsObject(value);
		case 'a': return cJSON_IsArray(value);
		case '*': return true;
		default: break;
		}
	while (text && n) {
		size_t word = strcspn(kind, "| ");

		if (strlen(text) == word && memcmp(text, kind, word) == 0)
			return true;
		n -= word < n ? word + 1 : n;
		kind += word + 1;
	}
	return false;
}

static int check_field(const struct cJSON *event, const char *spec, char *error, size_t size)
{
	size_t n = strcspn(spec, ":"), kind = strcspn(spec + n + 1, " ");
	bool optional = n > 0 && spec[n - 1] == '?';
	char key[40];
	const struct cJSON *value;

	snprintf(key, sizeof key, "%.*s", (int)(n - optional), spec);
	value = cJSON_GetObjectItemCaseSensitive(event, key);
	if (!value && optional)
		return 0;
	if (value && kind_fits(value, spec + n + 1, kind))
		return 0;
	snprintf(error, size, "%s: %s: %.*s expected, %s", json_text(event, "type"), key, (int)kind, spec + n + 1,
		 value ? "another kind found" : "nothing found");
	return -1;
}

int event_check(const struct cJSON *event, char *error, size_t size)
{
	const struct event_info *info;
	const char *type = json_text(event, "type");

	if (!type) {
		snprintf(error, size, "type: text expected");
		return -1;
	}
	info = event_info(event_find(type));
	for (const char *spec = info ? info->fields : ""; *spec; spec += *spec == ' ') {
		if (check_field(event, spec, error, size) < 0)
			return -1;
		spec += strcspn(spec, " ");
	}
	return 0;
}

struct cJSON *event_heard_make(const struct event_heard *h)
{
	char name[16];

	return json_make("item:s heard_ms:n sent_ms:n end:b", frame_item_name(h->item, name), (long long)h->heard_ms,
			 (long long)h->sent_ms, (int)h->end);
}

int event_heard_read(struct event_heard *h, const struct cJSON *entry)
{
	*h = (struct event_heard){ .item = frame_item_parse(json_text(entry, "item")),
				   .heard_ms = json_whole(entry, "heard_ms", -1, -1, JSON_WHOLE_MAX),
				   .sent_ms = json_whole(entry, "sent_ms", -1, -1, JSON_WHOLE_MAX),
				   .end = json_flag(entry, "end", false) };
	return h->item && h->heard_ms >= 0 && h->sent_ms >= h->heard_ms ? 0 : -1;
}
