/* Templates: texts with slots in them, filled with what was said and what a tool has found. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "sentences_store.h"
#include "utf8.h"
#include "when.h"

#define VALUE_BYTES 1024

bool sentences_field(const char *at, struct field *f)
{
	const char *of, *called;
	size_t what = 0, name;

	f->begin = strchr(at, '<');
	if (!f->begin)
		return false;
	f->end = strchr(f->begin, '>');
	f->end = f->end ? f->end + 1 : f->begin + strlen(f->begin);
	f->what[0] = f->name[0] = '\0';
	if (f->end[-1] != '>')
		return true; /* its name is empty: a mistake */
	of = strstr(f->begin, " of ");
	called = of && of < f->end ? of + strlen(" of ") : f->begin + 1;
	if (called > f->begin + 1)
		what = (size_t)(of - f->begin - 1);
	name = (size_t)(f->end - 1 - called);
	if (what >= sizeof f->what || name >= sizeof f->name)
		return true;
	snprintf(f->what, sizeof f->what, "%.*s", (int)what, f->begin + 1);
	snprintf(f->name, sizeof f->name, "%.*s", (int)name, called);
	if (f->name[strspn(f->name, "abcdefghijklmnopqrstuvwxyz0123456789-_")])
		f->name[0] = '\0';
	return true;
}

/* Of a list what its entries are called: texts, or objects with a text or a title. */
static void join_data(const struct sentences *s, const struct cJSON *list, char *out, size_t size)
{
	const char *all[64], *text;
	const struct cJSON *one;
	size_t n = 0;

	cJSON_ArrayForEach(one, list) {
		text = cJSON_IsString(one)	? one->valuestring
		       : json_text(one, "text") ? json_text(one, "text")
						: json_text(one, "title");
		if (text && n < sizeof all / sizeof *all)
			all[n++] = text;
	}
	(void)sentences_join(s, all, n, out, size);
}

static void data_text(const struct sentences *s, const struct cJSON *data, const char *name, char *out, size_t size)
{
	const struct cJSON *field = cJSON_GetObjectItemCaseSensitive(data, name);

	if (cJSON_IsObject(field)) /* {"note": {"text": …}} */
		field = cJSON_GetObjectItemCaseSensitive(field, "text");
	if (cJSON_IsString(field))
		snprintf(out, size, "%.*s", (int)utf8_clip(field->valuestring, size - 1), field->valuestring);
	else if (cJSON_IsNumber(field))
		snprintf(out, size, "%.15g", field->valuedouble);
	else if (cJSON_IsArray(field))
		join_data(s, field, out, size);
}

static void say_slot(const struct sentences *s, const char *what, const struct sentences_slot *slot, time_t now,
		     char *out, size_t size)
{
	const struct moment *m = &slot->moment;
	time_t at;

	if (strcmp(what, "value") == 0)
		snprintf(out, size, "%s", slot->value);
	else if (strcmp(what, "seconds") == 0)
		snprintf(out, size, "%ld", moment_seconds(m));
	else if (!*what && (moment_is_length(m) || moment_is_near(m)))
		(void)sentences_from_now(s, m, out, size);
	else if (m->set && moment_resolve(m, now, &at) == 0)
		(void)sentences_at(s, what, at, now, out, size);
	else
		snprintf(out, size, "%s", slot->text);
}

/* A field of a tool's data: text, a number; times in one are said by <time of …>. */
static void say_data(const struct sentences *s, const struct field *f, const struct cJSON *data, time_t now, char *out,
		     size_t size)
{
	const char *text = json_text(data, f->name);
	time_t at;

	if (*f->what && text && when_read(text, &at) == 0)
		(void)sentences_at(s, f->what, at, now, out, size);
	else
		data_text(s, data, f->name, out, size);
}

static void say_field(const struct sentences *s, const struct field *f, const struct sentences_match *m,
		      const struct cJSON *data, time_t now, char *out, size_t size)
{
	const struct sentences_slot *slot = m ? sentences_slot(m, f->name) : NULL;

	*out = '\0';
	if (slot)
		say_slot(s, f->what, slot, now, out, size);
	else
		say_data(s, f, data, now, out, size);
}

char *sentences_fill(const struct sentences *s, const char *text, const struct sentences_match *m,
		     const struct cJSON *data, time_t now)
{
	char *filled = NULL, value[VALUE_BYTES];
	struct field f;
	size_t size;
	FILE *out = open_memstream(&filled, &size);

	if (!out)
		return NULL;
	while (sentences_field(text, &f)) {
		say_field(s, &f, m, data, now, value, sizeof value);
		fprintf(out, "%.*s%s", (int)(f.begin - text), text, value);
		text = f.end;
	}
	fputs(text, out);
	if (ferror(out) | fclose(out)) {
		free(filled);
		return NULL;
	}
	return filled;
}

/* The words of an entry that is nothing but words. */
static bool plain_entry(const struct entry *e, char *out, size_t size)
{
	size_t n = 0;

	*out = '\0';
	for (const struct pattern *p = e->pattern; p && n < size; p = p->next) {
		if (p->kind != PATTERN_WORDS)
			return false;
		n += (size_t)snprintf(out + n, size - n, "%s%s", n ? " " : "", p->shown);
	}
	return true;
}

static bool first_name(const struct rule *r, char *out, size_t size)
{
	for (size_t i = 0; r && i < r->count; i++)
		if (plain_entry(&r->entries[i], out, size))
			return true;
	return false;
}

char *sentences_example(const struct sentences *s, const char *text)
{
	struct sentences_match m = { .intent = NULL };
	struct field f = { .end = text };

	while (sentences_field(f.end, &f) && m.slot_count < SENTENCES_SLOTS) {
		struct sentences_slot *slot = &m.slots[m.slot_count++];

		snprintf(slot->name, sizeof slot->name, "%s", f.name);
		if (!first_name(sentences_rule(s, f.name), slot->text, sizeof slot->text))
			return NULL;
	}
	return sentences_fill(s, text, &m, NULL, 0);
}

/* What a whole argument is, if it is one slot and nothing else. */
static struct cJSON *slot_value(const struct field *f, const struct sentences_slot *slot, time_t now)
{
	char text[MOMENT_TEXT_BYTES];
	time_t at;

	if (strcmp(f->what, "seconds") == 0)
		return cJSON_CreateNumber((double)moment_seconds(&slot->moment));
	if (strcmp(f->what, "value") == 0)
		return cJSON_CreateString(slot->value);
	if (slot->moment.set)
		return moment_resolve(&slot->moment, now, &at) < 0 ? NULL : cJSON_CreateString(moment_print(at, text));
	return slot->has_number ? cJSON_CreateNumber((double)slot->number) : cJSON_CreateString(slot->text);
}

struct cJSON *sentences_value(const struct sentences *s, const char *text, const struct sentences_match *m, time_t now)
{
	const struct sentences_slot *slot;
	struct cJSON *value;
	struct field f;
	char *end, *filled;
	double number = strtod(text, &end);

	if (*text && !*end)
		return cJSON_CreateNumber(number);
	if (sentences_field(text, &f) && f.begin == text && !*f.end) {
		slot = sentences_slot(m, f.name);
		return slot ? slot_value(&f, slot, now) : NULL;
	}
	filled = sentences_fill(s, text, m, NULL, now);
	value = filled ? cJSON_CreateString(filled) : NULL;
	free(filled);
	return value;
}
