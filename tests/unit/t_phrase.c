#include "phrase.h"

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "paths.h"

static char folder[256]; /* of the test: whoever runs it removes it */

static const char english[] = "# a comment\n"
			      "\n"
			      "greeting = Hello there.\n"
			      "cue.wait = One moment.\r\n"
			      "cue.wait=Just a second = or two.\n"
			      "  cue.wait  =   Let me see.  \n"
			      "goodbye = Goodbye.";
static const char german[] = "greeting = Hallo.\n"
			     "no equals sign\n"
			     "Upper = x\n"
			     "empty =\n"
			     " = nameless\n"
			     "goodbye = Tsch\303\274ss.\n";

static void write_file(const char *name, const void *bytes, size_t n)
{
	char path[PATHS_MAX_BYTES];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(paths_write_atomically(path, bytes, n), 0);
}

static int set_up(void **state)
{
	char path[PATHS_MAX_BYTES], error[256], text[1024];
	char own[] = "/tmp/t_phrase-XXXXXX";

	snprintf(folder, sizeof folder, "%s", getenv("TMP") ? getenv("TMP") : mkdtemp(own));
	snprintf(path, sizeof path, "%s/data/phrases/slt", folder);
	assert_int_equal(paths_mkdir(path), 0);
	write_file("data/phrases/en.conf", english, sizeof english - 1);
	write_file("data/phrases/de.conf", german, sizeof german - 1);
	snprintf(text, sizeof text,
		 "general { data-dir = \"data\" cache-dir = \"cache\" }\n"
		 "agent \"home\" { }\n"
		 "agent \"own\" { greeting = \"Hello Anna.\" voice = \"marin\" }\n"
		 "agent \"german\" { language = \"de-AT\" }\n"
		 "agent \"polish\" { language = \"pl\" voice = \"pl\" }\n"
		 "agent \"odd\" { voice = \"../x\" }\n");
	write_file("ringdown.conf", text, strlen(text));
	snprintf(path, sizeof path, "%s/ringdown.conf", folder);
	*state = conf_open(path, error, sizeof error);
	if (!*state)
		fail_msg("%s", error);
	return 0;
}

static int tear_down(void **state)
{
	conf_close(*state);
	return 0;
}

static const struct {
	const char *agent, *name;
	unsigned variant, variants;
	const char *text, *language;
	int error;
} cases[] = {
	{ "home", "greeting", 0, 1, "Hello there.", "en", 0 },
	{ "home", "greeting", 7, 1, "Hello there.", "en", 0 },
	{ "own", "greeting", 0, 1, "Hello Anna.", "en", 0 },
	{ "home", "cue.wait", 0, 3, "One moment.", "en", 0 },
	{ "home", "cue.wait", 1, 3, "Just a second = or two.", "en", 0 },
	{ "home", "cue.wait", 5, 3, "Let me see.", "en", 0 },
	{ "home", "goodbye", 0, 1, "Goodbye.", "en", 0 },
	{ "german", "goodbye", 0, 1, "Tsch\303\274ss.", "de", 0 },
	{ "polish", "goodbye", 0, 1, "Goodbye.", "en", 0 }, /* better than nothing */
	{ "home", "no.such", 0, 0, "", "", ENOENT },
	{ "home", "", 0, 0, "", "", EINVAL },
	{ "home", "../../etc/passwd", 0, 0, "", "", EINVAL },
	{ "home", "a-name-that-is-longer-than-any-name-is", 0, 0, "", "", EINVAL },
};

static void test_texts(void **state)
{
	struct phrase p;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int found = phrase_find(&p, *state, cases[i].agent, cases[i].name, cases[i].variant);

		if (cases[i].error) {
			assert_int_equal(found, -1);
			assert_int_equal(errno, cases[i].error);
			continue;
		}
		assert_int_equal(found, 0);
		assert_string_equal(p.text, cases[i].text);
		assert_string_equal(p.language, cases[i].language);
		assert_int_equal(p.variants, cases[i].variants);
		assert_null(p.audio);
		phrase_close(&p);
	}
}

static void test_voices(void **state)
{
	assert_string_equal(phrase_voice(*state, "home"), "slt");
	assert_string_equal(phrase_voice(*state, "own"), "marin");
	assert_string_equal(phrase_voice(*state, "german"), "de-AT");
	assert_string_equal(phrase_language(*state, "home"), "en");
}

static void write_sound(const struct conf *conf, const char *into, const char *voice, const char *text, const char *bytes)
{
	char path[PATHS_MAX_BYTES], *slash;

	assert_int_equal(phrase_path(conf, into, voice, "goodbye", text, path, sizeof path), 0);
	slash = strrchr(path, '/');
	*slash = 0;
	assert_int_equal(paths_mkdir(path), 0);
	*slash = '/';
	assert_int_equal(paths_write_atomically(path, bytes, strlen(bytes)), 0);
}

/* The cache comes before what ships, the own voice before that of the language; other texts are other sounds. */
static void test_sounds(void **state)
{
	const char *data = conf_text(*state, "general", NULL, "data-dir");
	struct phrase p;

	write_sound(*state, data, "slt", "Goodbye.", "shipped");
	assert_int_equal(phrase_find(&p, *state, "home", "goodbye", 0), 0);
	assert_memory_equal(p.audio, "shipped", p.bytes);
	phrase_close(&p);
	phrase_close(&p);
	assert_int_equal(phrase_find(&p, *state, "own", "goodbye", 0), 0);
	assert_memory_equal(p.audio, "shipped", p.bytes);
	phrase_close(&p);
	write_sound(*state, NULL, "slt", "Goodbye.", "cached");
	assert_int_equal(phrase_find(&p, *state, "odd", "goodbye", 0), 0);
	assert_memory_equal(p.audio, "cached", p.bytes);
	phrase_close(&p);
	write_sound(*state, NULL, "marin", "Goodbye.", "own");
	assert_int_equal(phrase_find(&p, *state, "own", "goodbye", 0), 0);
	assert_memory_equal(p.audio, "own", p.bytes);
	phrase_close(&p);
	assert_int_equal(phrase_find(&p, *state, "home", "greeting", 0), 0);
	assert_null(p.audio);
	assert_int_equal(phrase_path(*state, NULL, "../x", "goodbye", "Goodbye.", (char[8]){ 0 }, 8), -1);
}

static void test_beep(void **state)
{
	struct phrase p;

	assert_int_equal(phrase_find(&p, *state, "home", "beep", 0), 0);
	assert_string_equal(p.text, "");
	assert_int_equal(p.bytes, 3200);
	for (size_t i = 8; i < p.bytes; i++)
		assert_int_equal(p.audio[i], p.audio[i - 8]);
	assert_int_not_equal(p.audio[2], p.audio[6]);
	phrase_close(&p);
}

static void on_mistake(void *ctx, const char *line)
{
	char *all = ctx;

	strcat(strcat(all, strrchr(line, '/') + 1), "\n");
}

static void test_mistakes(void **state)
{
	char all[1024] = "";

	assert_int_equal(phrase_check(*state, "home", on_mistake, all), 0);
	assert_int_equal(phrase_check(*state, "german", on_mistake, all), 4);
	assert_non_null(strstr(all, "de.conf:2: NAME = text expected"));
	assert_non_null(strstr(all, "de.conf:3: NAME = text expected"));
	assert_non_null(strstr(all, "de.conf:4: a text of 1 to 511 bytes expected"));
	assert_non_null(strstr(all, "de.conf:5: NAME = text expected"));
}

static void on_each(void *ctx, const char *name, const struct phrase *p)
{
	char *all = ctx;

	sprintf(all + strlen(all), "%s:%s|", name, p->text);
}

static void test_each(void **state)
{
	char all[1024] = "";

	assert_int_equal(phrase_each(*state, "home", on_each, all), 0);
	assert_string_equal(all, "greeting:Hello there.|cue.wait:One moment.|cue.wait:Just a second = or two.|"
				 "cue.wait:Let me see.|goodbye:Goodbye.|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts), cmocka_unit_test(test_voices),   cmocka_unit_test(test_sounds),
		cmocka_unit_test(test_beep),  cmocka_unit_test(test_mistakes), cmocka_unit_test(test_each),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
