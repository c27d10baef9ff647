#include "event.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frame.h"
#include "json.h"

static void types_have_names(void **state)
{
	(void)state;
	assert_null(event_info(EVENT_UNKNOWN));
	assert_null(event_info(EVENT_TYPES));
	assert_int_equal(event_find("call.setup"), EVENT_CALL_SETUP);
	assert_int_equal(event_find("call.setups"), EVENT_UNKNOWN);
	assert_int_equal(event_find(""), EVENT_UNKNOWN);
	assert_int_equal(event_find(NULL), EVENT_UNKNOWN);
	for (int i = 1; i < EVENT_TYPES; i++) {
		const struct event_info *info = event_info((enum event_type)i);

		assert_non_null(info);
		assert_int_equal(event_find(info->type), i); /* and no name stands there twice */
	}
}

/* "name?:kind name:kind …", and every kind is one that event_check knows. */
static void the_table_is_well_formed(void **state)
{
	(void)state;
	for (int i = 1; i < EVENT_TYPES; i++)
		for (const char *spec = event_info((enum event_type)i)->fields; *spec; spec += *spec == ' ') {
			size_t name = strspn(spec, "abcdefghijklmnopqrstuvwxyz_"), kind;

			assert_true(name > 0 && name < 40);
			spec += name + (spec[name] == '?');
			assert_int_equal(*spec, ':');
			kind = strcspn(++spec, " ");
			assert_true(kind == 1 ? strchr("snboa*", *spec) != NULL : memchr(spec, '|', kind) != NULL);
			spec += kind;
		}
}

static const struct {
	const char *event;
	const char *error; /* NULL: it is good */
} checked[] = {
	{ "{\"type\":\"user.key\",\"digit\":\"5\"}", NULL },
	{ "{\"type\":\"user.key\",\"digit\":\"5\",\"new_field\":[1]}", NULL },
	{ "{\"type\":\"no.such.type\"}", NULL },
	{ "{\"type\":\"user.key\"}", "user.key: digit: s expected, nothing found" },
	{ "{\"type\":\"user.key\",\"digit\":5}", "user.key: digit: s expected, another kind found" },
	{ "{\"digit\":\"5\"}", "type: text expected" },
	{ "{\"type\":7}", "type: text expected" },
	{ "{\"type\":\"user.speech.started\"}", NULL },
	{ "{\"type\":\"call.start\",\"stream\":\"MZ\",\"step\":0,\"resumed\":\"no\"}", NULL },
	{ "{\"type\":\"call.start\",\"stream\":\"MZ\",\"step\":0,\"resumed\":\"transfer\"}", NULL },
	{ "{\"type\":\"call.start\",\"stream\":\"MZ\",\"step\":0,\"resumed\":\"nope\"}",
	  "call.start: resumed: no|lost|press|hold|transfer expected, another kind found" },
	{ "{\"type\":\"call.start\",\"stream\":\"MZ\",\"step\":0,\"resumed\":\"no|lost\"}",
	  "call.start: resumed: no|lost|press|hold|transfer expected, another kind found" },
	{ "{\"type\":\"call.start\",\"stream\":\"MZ\",\"step\":\"0\",\"resumed\":\"no\"}",
	  "call.start: step: n expected, another kind found" },
	{ "{\"type\":\"call.pause\",\"id\":\"1\",\"on\":true}", NULL },
	{ "{\"type\":\"call.pause\",\"id\":\"1\",\"on\":1}", "call.pause: on: b expected, another kind found" },
	{ "{\"type\":\"tool.call\",\"id\":\"1\",\"name\":\"x\",\"arguments\":{}}", NULL },
	{ "{\"type\":\"tool.call\",\"id\":\"1\",\"name\":\"x\",\"arguments\":[]}",
	  "tool.call: arguments: o expected, another kind found" },
	{ "{\"type\":\"tool.result\",\"id\":\"1\",\"name\":\"x\",\"ok\":true,\"text\":\"\",\"data\":null,\"outcome\":"
	  "\"done\"}",
	  NULL },
	{ "{\"type\":\"call.heard\"}", NULL },
	{ "{\"type\":\"call.heard\",\"items\":{}}", "call.heard: items: a expected, another kind found" },
};

static void fields_are_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof checked / sizeof checked[0]; i++) {
		struct cJSON *event = json_parse(checked[i].event, strlen(checked[i].event));
		char error[256] = "";

		assert_non_null(event);
		assert_int_equal(event_check(event, error, sizeof error), checked[i].error ? -1 : 0);
		assert_string_equal(error, checked[i].error ? checked[i].error : "");
		cJSON_Delete(event);
	}
}

static const struct {
	const char *bytes, *type; /* NULL: none to be seen */
} peeked[] = {
	{ "{\"type\":\"call.clear\",\"id\":\"1\"}", "call.clear" },
	{ "{\"type\":\"a\"}", "a" },
	{ "{\"id\":1,\"type\":\"call.clear\"}", "call.clear" }, /* not first: parsed */
	{ " { \"type\" : \"call.clear\" }", "call.clear" },
	{ "{\"type\":\"call\\u002eclear\"}", "call.clear" },
	{ "{\"type\":\"0123456789abcde\"}", "0123456789abcde" },
	{ "{\"type\":\"0123456789abcdef\"}", NULL }, /* longer than the room */
	{ "{\"type\":\"call.clear", NULL },
	{ "{\"type\":5}", NULL },
	{ "{}", NULL },
	{ "[]", NULL },
	{ "", NULL },
	{ "garbage", NULL },
};

static void a_type_is_seen_without_parsing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof peeked / sizeof peeked[0]; i++) {
		size_t n = strlen(peeked[i].bytes);
		uint8_t *bytes = malloc(n + 1);
		char type[16];

		memcpy(bytes, peeked[i].bytes, n);
		assert_int_equal(event_peek(bytes, n, type, sizeof type), peeked[i].type ? 0 : -1);
		if (peeked[i].type)
			assert_string_equal(type, peeked[i].type);
		free(bytes);
	}
}

static const struct {
	const char *entry;
	int ok;
} heard[] = {
	{ "{\"item\":\"2.0.7\",\"heard_ms\":1840,\"sent_ms\":2000,\"end\":false}", 1 },
	{ "{\"item\":\"2.0.7\",\"heard_ms\":0,\"sent_ms\":0,\"end\":true}", 1 },
	{ "{\"item\":\"2.0.7\",\"heard_ms\":2001,\"sent_ms\":2000,\"end\":false}", 0 }, /* heard more than was sent */
	{ "{\"item\":\"2.0.7\",\"heard_ms\":-1,\"sent_ms\":2000,\"end\":false}", 0 },
	{ "{\"item\":\"x\",\"heard_ms\":1,\"sent_ms\":2,\"end\":false}", 0 },
	{ "{\"item\":\"2.0.7\",\"sent_ms\":2,\"end\":false}", 0 },
};

static void heard_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof heard / sizeof heard[0]; i++) {
		struct cJSON *entry = json_parse(heard[i].entry, strlen(heard[i].entry));
		struct event_heard h;
		char *text;

		assert_int_equal(event_heard_read(&h, entry), heard[i].ok ? 0 : -1);
		cJSON_Delete(entry);
		if (!heard[i].ok)
			continue;
		text = json_print(event_heard_make(&h));
		assert_string_equal(text, heard[i].entry);
		free(text);
	}
}

static char *page_text(const char *name)
{
	const char *top = getenv("TOP");
	char path[4096];
	char *text = calloc(1, 1 << 20);
	FILE *f;

	snprintf(path, sizeof path, "%s/man/%s", top ? top : ".", name);
	f = fopen(path, "r");
	if (!f)
		fail_msg("cannot read %s (run in the source folder, or set TOP)", path);
	assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
	fclose(f);
	return text;
}

/* The part of rd-events(7) about a type: from its heading to the next one. */
static char *section_of(const char *page, const char *type)
{
	char heading[80], *section;
	const char *begin, *end;

	snprintf(heading, sizeof heading, "\n.It Sy %s\n", type);
	begin = strstr(page, heading);
	if (!begin)
		fail_msg("rd-events(7) does not know %s", type);
	end = strstr(begin + 2, "\n.It Sy ");
	section = strdup(begin);
	if (end)
		section[end - begin] = 0;
	return section;
}

static void check_field(const char *section, const char *type, const char *spec)
{
	size_t n = strcspn(spec, "?:"), kind = strcspn(strchr(spec, ':') + 1, " "), k = 0;
	const char *words = strchr(spec, ':') + 1, *field;
	char want[160];

	snprintf(want, sizeof want, "\n.It Fa %.*s\n", (int)n, spec);
	field = strstr(section, want);
	if (!field)
		fail_msg("rd-events(7) does not name the field %.*s of %s", (int)n, spec, type);
	if (kind == 1)
		return;
	k = (size_t)snprintf(want, sizeof want, ".Cm ");
	for (size_t i = 0; i < kind; i++) { /* the words that are allowed, " | " between them */
		const char *blank = words[i] == '|' ? " " : "";

		k += (size_t)snprintf(want + k, sizeof want - k, "%s%c%s", blank, words[i], blank);
	}
	snprintf(want + k, sizeof want - k, "\n");
	if (strncmp(strchr(field + 1, '\n') + 1, want, strlen(want)) != 0)
		fail_msg("rd-events(7) does not say of %s, %.*s: %s", type, (int)n, spec, want);
}

static void the_page_names_every_type_and_field(void **state)
{
	char *page = page_text("rd-events.7");

	(void)state;
	for (int i = 1; i < EVENT_TYPES; i++) {
		const struct event_info *info = event_info((enum event_type)i);
		char *section = section_of(page, info->type);

		for (const char *spec = info->fields; *spec; spec += strcspn(spec, " "), spec += *spec == ' ')
			check_field(section, info->type, spec);
		if (!strstr(section, info->said_by) || !strstr(section, info->acted_on_by))
			fail_msg("rd-events(7) does not say of %s: said by %s, acted on by %s", info->type,
				 info->said_by, info->acted_on_by);
		free(section);
	}
	for (const char *at = page; (at = strstr(at, "\n.It Sy ")); at++) { /* and no type that there is not */
		char type[64];

		snprintf(type, sizeof type, "%.*s", (int)strcspn(at + 8, "\n"), at + 8);
		if (event_find(type) == EVENT_UNKNOWN)
			fail_msg("rd-events(7) knows %s, events.tbl does not", type);
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_have_names),   cmocka_unit_test(the_table_is_well_formed),
		cmocka_unit_test(fields_are_checked), cmocka_unit_test(a_type_is_seen_without_parsing),
		cmocka_unit_test(heard_entries),      cmocka_unit_test(the_page_names_every_type_and_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
