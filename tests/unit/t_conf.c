/* ringdown.conf: what is read, what is refused and with which words, and that what is printed reads back to the
 * same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "conf_schema.h"
#include "paths.h"

static char folder[64], file[96];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/t_conf-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(file, sizeof(file), "%s/a.conf", folder);
	return 0;
}

static int remove_folder(void **state)
{
	static const char *const names[] = { "a.conf", "b.conf", "c.conf" };
	char path[128];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	return rmdir(folder);
}

static void write_file(const char *name, const void *bytes, size_t n)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void write_text(const char *text)
{
	write_file("a.conf", text, strlen(text));
}

static struct conf *opened(const char *text)
{
	char error[4096];
	struct conf *c;

	write_text(text);
	c = conf_open(file, error, sizeof(error));
	if (!c)
		fail_msg("%s", error);
	return c;
}

static char *printed(const struct conf *c)
{
	size_t n;
	char *text;
	FILE *f = open_memstream(&text, &n);

	assert_int_equal(conf_print(c, f), 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

static char *source(const char *name)
{
	const char *top = getenv("RINGDOWN_TOP");
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", top ? top : ".", name);
	return path;
}

/* Each mistake, the line that must be named, and the words that must be said. */
static const struct {
	const char *text;
	int line;
	const char *said[3];
} mistakes[] = {
	/* syntax */
	{ "general { listen = \"127.0.0.1:80\n}\n", 1, { "a quote is open" } },
	{ "general {\n\tlisten = '127.0.0.1:80\n}\n", 2, { "a quote is open" } },
	{ "general {\n\n", 1, { "{: expected } behind it" } },
	{ "general {\n\ncaller \"*\" { name = \"A\" }\n}\n", 3, { "expected } first, for the { of line 1" } },
	{ "general { }\n}\n", 2, { "}: expected a { before it" } },
	{ "\xef\xbb\xbfgeneral { }\n}\n", 2, { "}: expected a { before it" } }, /* a byte order mark is none */
	{ "\xef\xbbgeneral { }\n", 1, { "byte 0xef: expected UTF-8 text" } },
	{ "limits { calls = 15551234567 }\n", 1, { "calls = \"15551234567\": expected" } }, /* no telephone number */
	{ "# one\n# two\ngeneral {\n# three\n\tlisten\n}\n", 6, { "missing equal sign after option", "KEY = VALUE" } },
	{ "/* one\ntwo */\ngeneral listen = 1\n", 3, { "missing opening brace for section 'general'" } },
	{ "/* one\ntwo\n", 1, { "/*: expected */" } },
	{ "caller { name = \"A\" }\n", 1, { "missing title for section 'caller'", "\"TITLE\"" } },
	{ "general { listen = }\n", 1, { "unexpected token '}'" } },
	{ "general { listen = \"127.0.0.1:1\"; }\n", 1, { ";: expected nothing" } },
	{ "general { tool-path += { \"a\" } }\n", 1, { "+=: expected = and the whole list" } },
	{ "twilio { numbers = { +15550100000 } }\n", 1, { "+: expected it in quotes" } },
	{ "caller * { }\n", 1, { "*: expected it in quotes" } },
	{ "agent a { greeting = \"\\8\" }\n", 1, { "a backslash: expected" } },
	{ "agent a { greeting = \"\\0\" }\n", 1, { "a backslash: expected" } },
	{ "agent a { model = \"${HOME}\" }\n", 1, { "${: expected no variables" } },
	{ "agent a { model = ${HOME} }\n", 1, { "${: expected no variables" } },
	{ "general {\n\tlisten = \"\x01\"\n}\n", 2, { "byte 0x01: expected UTF-8 text" } },
	{ "agent a {\n\n\tgreeting = \"\xc3(\"\n}\n", 3, { "byte 0xc3" } },
	{ "agent a { greeting = \"\xed\xa0\x80\" }\n", 1, { "byte 0xed" } },
	{ "include(\"nowhere.conf\")\n", 1, { "cannot read", "/nowhere.conf: No such file or directory" } },
	{ "include(\"a\" b)\n", 1, { "expected include(\"FILE\")" } },
	{ "include()\n", 1, { "expected include(\"FILE\")" } },
	{ "include(\"a\", \"b\")\n", 1, { "expected include(\"FILE\")" } },
	{ "include \"a\"\n", 1, { "missing parenthesis", "include(\"FILE\")" } },
	{ "include(\"a.conf\")\n", 1, { "no more than 8 files" } },
	/* words */
	{ "\ngenerl { }\n", 2, { "\"generl\": expected a section", "did you mean \"general\"" } },
	{ "general {\n\tlistn = \"127.0.0.1:1\"\n}\n", 2, { "\"listn\": expected a key of", "mean \"listen\"" } },
	{ "general { }\n''\n", 2, { "\"\": expected a key, or a section" } },
	{ "general {\n\"\" = 5 }\n", 2, { "\"\": expected a key" } },
	{ "listen = \"127.0.0.1:1\"\n", 1, { "\"listen\": expected a section" } },
	{ "agent a { first-speaker = asistant }\n", 1, { "one of assistant|caller", "mean \"assistant\"" } },
	{ "agent a { turn-detection = \"\" }\n", 1, { "turn-detection = \"\": expected a value that is not empty" } },
	{ "general { log-conversation = maybe }\n", 1, { "log-conversation = \"maybe\": expected yes or no" } },
	{ "general {\n\tlog-level = info\n\tlog-level = debug\n}\n", 3, { "log-level again", "line 2" } },
	/* numbers */
	{ "limits { calls = five }\n", 1, { "calls = \"five\": expected a whole number from 1 to 1000" } },
	{ "limits { calls = 0 }\n", 1, { "from 1 to 1000" } },
	{ "limits { calls = 1001 }\n", 1, { "from 1 to 1000" } },
	{ "limits { calls = 4.5 }\n", 1, { "a whole number" } },
	{ "limits { calls = 4x }\n", 1, { "a whole number" } },
	{ "limits { calls = 0x4 }\n", 1, { "a whole number" } },
	{ "limits { usd-per-call = nan }\n", 1, { "a number from 0 to 10000" } },
	{ "limits { usd-per-call = 1.2.3 }\n", 1, { "a number from 0 to 10000" } },
	{ "agent a { temperature = -0.1 }\n", 1, { "a number from 0 to 2" } },
	/* formats */
	{ "general { listen = \"8080\" }\n", 1, { "ADDRESS:PORT" } },
	{ "general { listen = \"127.0.0.1:99999\" }\n", 1, { "ADDRESS:PORT" } },
	{ "general { listen = \"phone.example.com:80\" }\n", 1, { "ADDRESS:PORT" } },
	{ "general { listen = \"\" }\n", 1, { "listen = \"\": expected a value that is not empty" } },
	{ "general { public-url = \"http://phone.example.com\" }\n", 1, { "https://" } },
	{ "general { public-url = \"https://phone.example.com/\" }\n", 1, { "nothing behind it" } },
	{ "general { public-url = \"https://phone.example.com?a=b\" }\n", 1, { "nothing behind it" } },
	{ "general { public-url = \"https://anna@phone.example.com\" }\n", 1, { "https://" } },
	{ "general { public-url = \"http://localhost.example.com\" }\n", 1, { "https://" } },
	{ "general { public-url = \"http://127.example.com\" }\n", 1, { "https://" } },
	{ "general { public-url = \"phone.example.com\" }\n", 1, { "https://" } },
	{ "general { timezone = \"Europe/Berlin!\" }\n", 1, { "a time zone" } },
	{ "general { timezone = \"../../etc/passwd\" }\n", 1, { "a time zone" } },
	{ "agent a { url = \"wss://user:word@api.example.com/\" }\n", 1, { "without user or password" } },
	{ "agent a { url = \"ftp://api.example.com/\" }\n", 1, { "wss://HOST/PATH" } },
	{ "agent a { language = \"english please\" }\n", 1, { "a language such as en" } },
	{ "agent a { tools = { \"time\", \"../sh\" } }\n", 1, { "a tool's name" } },
	{ "agent a { tools = { \"time\", \"\" } }\n", 1, { "not empty" } },
	{ "pipeline p { stages = \"rd-ingest | rd-bridge > /tmp/x\" }\n", 1, { "no shell characters" } },
	{ "pipeline p { stages = \"rd-ingest | $(id)\" }\n", 1, { "no shell characters" } },
	{ "pipeline p { stages = \"rd-ingest || rd-bridge\" }\n", 1, { "| between them" } },
	{ "pipeline p { stages = \"rd-ingest |\" }\n", 1, { "| between them" } },
	{ "pipeline p { stages = \"-x | rd-ingest\" }\n", 1, { "| between them" } },
	{ "\npipeline p { }\n", 2, { "pipeline \"p\": expected stages in it" } },
	{ "tool t { settings = { \"url\" } }\n", 1, { "NAME=VALUE" } },
	{ "limits { countries = { \"44\" } }\n", 1, { "+44" } },
	{ "operator { quiet-hours = \"22:00-24:00\" }\n", 1, { "hours such as" } },
	{ "asterisk { trusted-uuids = { \"1234\" } }\n", 1, { "a UUID" } },
	/* secrets and numbers: named, and not said again */
	{ "agent a { key = \"sk-verysecret\" }\n", 1, { "key = …: expected the name of a secret" } },
	{ "twilio { auth-token = 0123456789abcdef0123456789abcdef }\n", 1, { "auth-token = …: expected the name" } },
	{ "agent a { transfer-to = { \"015559876543\" } }\n", 1, { "transfer-to = \"…6543\": expected a number" } },
	{ "agent a { transfer-to = { \"+1555123456789012\" } }\n", 1, { "expected a number" } },
	/* titles and what refers to them */
	{ "\ncaller\n\"5559876543\"\n\n{\n\n}\n", 5, { "caller \"…6543\": expected a number", "or \"*\"" } },
	{ "caller \"anonymous\" { }\n", 1, { "a caller's own number" } },
	{ "caller \"Anonymous\" { }\n", 1, { "a caller's own number" } },
	{ "caller \"+266696687\" { }\n", 1, { "a caller's own number" } },
	{ "caller \"+7378742833\" { }\n", 1, { "a caller's own number" } },
	{ "caller \"+05551234567\" { }\n", 1, { "expected a number" } },
	{ "contact \"A=B\" { number = \"+15557654321\" }\n", 1, { "a name as it is said" } },
	{ "contact \"Ben\" { number = \"+15557654321\" mail = \"ben\" }\n", 1, { "an address such as" } },
	{ "contact \" Ben\" { number = \"+15557654321\" }\n", 1, { "a name as it is said" } },
	{ "contact \"Ben\" {\n\tnumber = \"5557654321\"\n}\n", 2, { "expected a number" } },
	{ "\ncontact \"Ben\" { }\n", 2, { "contact \"Ben\": expected number in it" } },
	{ "agent \"a/b\" { }\n", 1, { "agent \"a/b\": expected a word" } },
	{ "number \"home\" { }\n", 1, { "number \"home\": expected a number" } },
	{ "general {\ndefault-agent = \"hone\"\n}\nagent home { }\n", 2, { "title of a section agent", "mean \"ho" } },
	{ "caller \"+15551234567\" {\n\tagent = \"b\"\n}\n", 2, { "agent = \"b\": expected the title" } },
	{ "caller \"*\" {\n\tagents = { \"default\",\n\t\"b\" }\n}\n", 3, { "agents = \"b\": expected the title" } },
	{ "agent a { fallback = { b } }\n", 1, { "fallback = \"b\"" } },
	{ "number \"+15550100000\" { agent = b }\n", 1, { "agent = \"b\"" } },
	{ "agent a { pipeline = \"realtim\" }\n", 1, { "title of a section pipeline", "mean \"realtime\"" } },
	{ "agent a { tools = { \"mcp:todo\" } }\n", 1, { "title of a section mcp" } },
};

static void test_mistakes_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		char error[2048], where[128];
		struct conf *c;

		write_text(mistakes[i].text);
		snprintf(where, sizeof(where), "%s:%d: ", file, mistakes[i].line);
		c = conf_open(file, error, sizeof(error));
		if (c)
			fail_msg("taken without a word: %s", mistakes[i].text);
		if (strncmp(error, where, strlen(where)) != 0)
			fail_msg("%s is not at %s", error, where);
		for (size_t n = 0; n < 3 && mistakes[i].said[n]; n++)
			if (!strstr(error, mistakes[i].said[n]))
				fail_msg("%s does not say: %s", error, mistakes[i].said[n]);
		assert_null(strstr(error, "verysecret"));
		assert_null(strstr(error, "5559876543"));
	}
}

static void test_a_mistake_leaves_nothing_behind(void **state)
{
	char error[256];

	(void)state; /* libconfuse's scanner is global: an error within a string would hold for the next file */
	write_text("agent a { greeting = \"\\8");
	assert_null(conf_open(file, error, sizeof(error)));
	conf_close(opened("agent a { greeting = \"hello\" }\n"));
}

static void test_all_mistakes_in_one_run(void **state)
{
	char error[4096], cut[64];
	const char *p = error;
	int lines = 1;

	(void)state;
	write_text("general { log-level = loud }\nlimits { calls = 0\ncall-minutes = 0 }\nagent a { fallback = b }\n");
	assert_null(conf_open(file, error, sizeof(error)));
	while ((p = strchr(p, '\n'))) {
		p++;
		lines++;
	}
	assert_int_equal(lines, 4);
	assert_null(conf_open(file, cut, sizeof(cut)));
	assert_true(strlen(cut) < sizeof(cut));
	assert_null(conf_open(file, NULL, 0));
}

static void test_no_file_is_all_defaults(void **state)
{
	const char *const *items;
	char error[256];
	struct conf *c = conf_open(NULL, error, sizeof(error));

	(void)state;
	assert_non_null(c);
	assert_null(conf_file(c));
	assert_string_equal(conf_text(c, "general", NULL, "listen"), "127.0.0.1:8080");
	assert_string_equal(conf_text(c, "general", NULL, "default-agent"), "default");
	assert_int_equal(conf_count(c, "agent"), 3);
	assert_string_equal(conf_title(c, "agent", 0), "default");
	assert_true(conf_builtin(c, "agent", "default") && conf_builtin(c, "agent", "voicemail"));
	assert_string_equal(conf_text(c, "agent", "offline", "pipeline"), "offline");
	assert_string_equal(conf_text(c, "agent", "offline", "key"), "");
	assert_int_equal(conf_list(c, "agent", "offline", "tools", &items), 9);
	assert_string_equal(conf_text(c, "agent", "voicemail", "pipeline"), "voicemail");
	assert_int_equal(conf_list(c, "agent", "voicemail", "tools", &items), 0);
	assert_string_equal(conf_text(c, "agent", "default", "pipeline"), "realtime");
	assert_int_equal(conf_list(c, "agent", "default", "tools", &items), 4);
	assert_string_equal(items[1], "hang_up");
	assert_null(items[4]);
	assert_int_equal(conf_count(c, "pipeline"), 4);
	assert_int_equal(conf_number(c, "limits", NULL, "calls"), 4);
	assert_true(conf_real(c, "limits", NULL, "usd-per-call") == 3.0);
	assert_int_equal(conf_count(c, "caller"), 0);
	assert_string_equal(conf_text(c, "caller", "+15551234567", "name"), ""); /* no such section */
	assert_int_equal(conf_list(c, "caller", "+15551234567", "agents", &items), 0);
	assert_null(items[0]);
	assert_int_equal(conf_number(c, "caller", NULL, "calls-per-hour"), 30);
	conf_close(c);
	c = opened(" # nothing\n");
	assert_int_equal(conf_count(c, "agent"), 3);
	conf_close(c);
	c = opened("agent offline { tools = { \"time\" } }\n");
	assert_int_equal(conf_count(c, "agent"), 2);
	assert_false(conf_builtin(c, "agent", "offline"));
	assert_string_equal(conf_text(c, "general", NULL, "default-agent"), "offline");
	conf_close(c);
	conf_close(NULL);
}

static void test_values_are_read(void **state)
{
	const char *const *items;
	char path[128];
	struct conf *c = opened(
		"# comments stand anywhere\r\n"
		"general { log-conversation = on // here too\n public-url = https://a.example.com /* and here */ }\n"
		"agent \"a\" { tools = { \"time\",   # one\n \"recall\" /* two */ }\n"
		"  greeting = \"\\\"Hi\\\"\\n\\$5 \\\n more ö\"\n"
		"  instructions = a/b.txt   fallback = {}   temperature = 0.5   first-speaker = 'caller' }\n"
		"agent b { tools = {} }\n"
		"tool t { command = { \"./x/y\", \"--z/a\" } } tool u { command = { \"y\" } }\n"
		"pipeline realtime { stages = \"rd-a | b --c d\" }\n"
		"caller \"*\" { }\n");

	(void)state;
	assert_true(conf_flag(c, "general", NULL, "log-conversation"));
	assert_string_equal(conf_text(c, "general", NULL, "public-url"), "https://a.example.com");
	assert_string_equal(conf_text(c, "general", NULL, "default-agent"), "a");
	assert_int_equal(conf_list(c, "agent", "a", "tools", &items), 2);
	assert_string_equal(items[1], "recall");
	assert_string_equal(conf_text(c, "agent", "a", "greeting"), "\"Hi\"\n$5  more ö");
	assert_string_equal(conf_text(c, "agent", "a", "first-speaker"), "caller");
	assert_true(conf_real(c, "agent", "a", "temperature") == 0.5);
	snprintf(path, sizeof(path), "%s/a/b.txt", folder);
	assert_string_equal(conf_text(c, "agent", "a", "instructions"), path);
	assert_int_equal(conf_list(c, "agent", "b", "tools", &items), 0);
	assert_int_equal(conf_list(c, "tool", "t", "command", &items), 2);
	snprintf(path, sizeof(path), "%s/x/y", folder);
	assert_string_equal(items[0], path);
	assert_string_equal(items[1], "--z/a");
	assert_int_equal(conf_list(c, "tool", "u", "command", &items), 1);
	assert_string_equal(items[0], "y");
	assert_int_equal(conf_count(c, "pipeline"), 4);
	assert_string_equal(conf_text(c, "pipeline", "realtime", "stages"), "rd-a | b --c d");
	assert_true(conf_has(c, "caller", "*"));
	assert_false(conf_has(c, "caller", "+15551234567"));
	assert_string_equal(conf_title(c, "agent", 2), "offline");
	assert_null(conf_title(c, "agent", 4));
	assert_string_equal(conf_file(c), file);
	assert_int_equal(conf_path(c, "x.txt", path, sizeof(path)), 0);
	assert_memory_equal(path, folder, strlen(folder));
	assert_int_equal(conf_path(c, "/x.txt", path, sizeof(path)), 0);
	assert_string_equal(path, "/x.txt");
	assert_int_equal(conf_path(c, "x.txt", path, 8), -1);
	conf_close(c);
}

static void test_includes_win_and_name_their_lines(void **state)
{
	static const char first[] = "agent a { voice = \"one\" model = \"m\" tools = { \"time\" } }\n"
				    "include(\"b.conf\")\nlimits { calls = 9 }\n";
	static const char second[] = "agent a { voice = \"two\" tools = {} }\n"
				     "include(\"c.conf\")\nlimits { calls = 8 }\n";
	const char *const *items;
	char error[1024], where[128];
	struct conf *c;

	(void)state;
	write_file("b.conf", second, strlen(second));
	write_file("c.conf", "", 0);
	c = opened(first);
	assert_string_equal(conf_text(c, "agent", "a", "voice"), "two");
	assert_string_equal(conf_text(c, "agent", "a", "model"), "m");
	assert_int_equal(conf_list(c, "agent", "a", "tools", &items), 0);
	assert_int_equal(conf_number(c, "limits", NULL, "calls"), 9);
	conf_close(c);

	write_file("c.conf", "\n\ntwilio { number = 1 }\n", 24);
	assert_null(conf_open(file, error, sizeof(error)));
	snprintf(where, sizeof(where), "%s/c.conf:3: \"number\"", folder);
	assert_memory_equal(error, where, strlen(where));
	assert_non_null(strstr(error, "did you mean \"numbers\""));

	write_file("c.conf", "agent b { fallback = x }\n", 25); /* a line of the first file behind an include, too */
	write_file("a.conf", "include(\"b.conf\")\n\nagent c { fallback = y }\n", 44);
	assert_null(conf_open(file, error, sizeof(error)));
	snprintf(where, sizeof(where), "%s/c.conf:1: fallback = \"x\"", folder);
	assert_non_null(strstr(error, where));
	snprintf(where, sizeof(where), "%s:3: fallback = \"y\"", file);
	assert_non_null(strstr(error, where));
}

static void check_round_trip(struct conf *c)
{
	char error[4096], path[128], *once = printed(c), *twice;

	conf_close(c);
	write_file("c.conf", once, strlen(once));
	snprintf(path, sizeof(path), "%s/c.conf", folder);
	c = conf_open(path, error, sizeof(error));
	if (!c)
		fail_msg("%s", error);
	twice = printed(c);
	assert_string_equal(once, twice);
	conf_close(c);
	free(once);
	free(twice);
}

static void test_print_reads_back_to_the_same(void **state)
{
	char error[4096];
	struct conf *c = conf_open(NULL, error, sizeof(error));

	(void)state;
	assert_non_null(c);
	check_round_trip(c);
	check_round_trip(opened("agent a { greeting = '\"$HOME ${X} \\\\ \\' # no comment // {' tools = { } }\n"
				"agent b { instructions = x }\n"
				"tool t { settings = { \"a=b, c\", 'd=\"' } command = { \"a/b\", \"-\" } }\n"));
}

static void test_the_whole_sample_loads(void **state)
{
	char error[4096];
	const char *const *items;
	struct conf *c = conf_open(source("tests/data/conf/sample.conf"), error, sizeof(error));

	(void)state;
	if (!c)
		fail_msg("%s", error);
	assert_string_equal(conf_text(c, "agent", "home", "voice"), "cedar"); /* of the included file */
	assert_string_equal(conf_text(c, "tool", "calendar", "network"), "yes");
	assert_int_equal(conf_list(c, "agent", "home", "fallback", &items), 3);
	assert_int_equal(conf_count(c, "caller"), 2);
	check_round_trip(c);
}

static void test_the_example_loads(void **state)
{
	char error[4096];
	struct conf *c = conf_open(source("ringdown.conf.example"), error, sizeof(error));

	(void)state;
	if (!c)
		fail_msg("%s", error);
	conf_close(c);
}

static const struct {
	const char *section, *title, *key, *value, *said; /* NULL: taken */
} overrides[] = {
	{ "general", NULL, "listen", "[::1]:0", NULL },
	{ "general", NULL, "listen", "localhost", "listen = \"localhost\": expected ADDRESS:PORT" },
	{ "agent", "default", "tools", "time,hang_up", NULL },
	{ "agent", "default", "tools", "", NULL },
	{ "agent", "default", "tools", "time,,x", "expected a value that is not empty" },
	{ "agent", "default", "tools", "mcp:x", "title of a section mcp" },
	{ "agent", "default", "pipeline", "casade", "did you mean \"cascade\"" },
	{ "agent", "defalt", "voice", "x",
	  "agent \"defalt\": expected the title of a section agent (did you mean \"de" },
	{ "agent", "default", "voice", "a\x01", "without control characters" },
	{ "limits", NULL, "calls", "0", "from 1 to 1000" },
	{ "general", NULL, "log-conversation", "true", NULL },
	{ "operator", NULL, "token", "hunter2", "token = …: expected the name of a secret" },
};

static void test_overrides_are_checked(void **state)
{
	char error[512], here[512], *before, *after;
	struct conf *c = conf_open(NULL, error, sizeof(error));

	(void)state;
	for (size_t i = 0; i < sizeof(overrides) / sizeof(*overrides); i++) {
		const char *section = overrides[i].section, *said = overrides[i].said;
		int result;

		before = printed(c);
		result = conf_set(c, section, overrides[i].title, overrides[i].key, overrides[i].value, error,
				  sizeof(error));
		after = printed(c);
		assert_int_equal(result, said ? -1 : 0);
		if (said && !strstr(error, said))
			fail_msg("%s does not say: %s", error, said);
		assert_int_equal(!strcmp(before, after), said != NULL);
		free(before);
		free(after);
	}
	assert_int_equal(conf_set(c, "agent", "default", "instructions", "x.txt", error, sizeof(error)), 0);
	assert_non_null(getcwd(here, sizeof(here) - 8));
	strcat(here, "/x.txt");
	assert_string_equal(conf_text(c, "agent", "default", "instructions"), here);
	conf_close(c);
}

static void test_environment_overrides(void **state)
{
	char error[512];
	struct conf *c = opened("operator { token = \"RINGDOWN_OPERATOR_TOKEN\" }\n"
				"twilio { auth-token = \"RINGDOWN_TWILIO_SECRET\" }\n");

	(void)state;
	setenv("RINGDOWN_GENERAL_LISTEN", "127.0.0.1:9", 1);
	setenv("RINGDOWN_LIMITS_DRAIN_SECONDS", "5", 1);
	setenv("RINGDOWN_OPERATOR_TOKEN", "hunter2", 1);
	setenv("RINGDOWN_TWILIO_SECRET", "hunter3", 1);
	setenv("RINGDOWN_CONFIG_PATH", "/nowhere", 1);
	assert_int_equal(conf_environment(c, error, sizeof(error)), 0);
	assert_string_equal(conf_text(c, "general", NULL, "listen"), "127.0.0.1:9");
	assert_int_equal(conf_number(c, "limits", NULL, "drain-seconds"), 5);
	assert_string_equal(conf_text(c, "operator", NULL, "token"), "RINGDOWN_OPERATOR_TOKEN");

	setenv("RINGDOWN_LIMITS_CALLS", "many", 1);
	setenv("RINGDOWN_LIMITS_CALL_MINUTE", "3", 1);
	assert_int_equal(conf_environment(c, error, sizeof(error)), -1);
	assert_non_null(strstr(error, "RINGDOWN_LIMITS_CALLS: calls = \"many\": expected a whole number"));
	assert_non_null(strstr(error, "RINGDOWN_LIMITS_CALL_MINUTE: CALL_MINUTE: expected a key of limits "
				      "(did you mean \"CALL_MINUTES\"?)"));
	unsetenv("RINGDOWN_LIMITS_CALLS");
	unsetenv("RINGDOWN_LIMITS_CALL_MINUTE");
	conf_close(c);
}

static void test_every_key_stands_in_the_page(void **state)
{
	static char page[65536];
	char wanted[128];

	(void)state;
	assert_true(paths_read_bounded(source("man/ringdown.conf.5"), page, sizeof(page)) > 0);
	for (const struct conf_key *key = conf_keys; key < conf_keys + conf_keys_count; key++) {
		char *at, *end;

		snprintf(wanted, sizeof(wanted), "\n.Ss %s\n", key->section);
		at = strstr(page, wanted);
		if (!at)
			fail_msg("no section %s", key->section);
		end = strstr(at + 1, "\n.S");
		snprintf(wanted, sizeof(wanted), "\n.It Ic %s No =", key->name);
		at = strstr(at, wanted);
		if (!at || at > end)
			fail_msg("section %s: no key %s", key->section, key->name);
		end = strstr(at + 1, "\n.It");
		snprintf(wanted, sizeof(wanted), "\n.Li %s .\n", key->preset ? key->preset : "");
		at = strstr(at, wanted);
		if (key->preset && key->preset[0] != '/' && strlen(key->preset) < 32 && !key->list &&
		    (!at || (end && at > end))) /* what lies below the prefix is told in words */
			fail_msg("section %s, key %s: its default %s is not named", key->section, key->name,
				 key->preset);
	}
}

/* A simple generator, so that a failure comes again. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void open_anyhow(const void *bytes, size_t n)
{
	char error[1024];
	struct conf *c;

	write_file("a.conf", bytes, n);
	c = conf_open(file, error, sizeof(error));
	assert_true(c || *error);
	conf_close(c);
}

static void test_garbage_is_refused_alive(void **state)
{
	static const char *const words[] = { "general",	 "agent", "caller", "{",  "}",	"{", "}",	"=",
					     "=",	 "\"",	  "'",	    ",",  "(",	")", "include", "\\",
					     "#",	 "/*",	  "*/",	    "//", "\n", " ", "listen",	"tools",
					     "greeting", "\"a\"", "\"*\"",  "+=", "${", "a", "/" };
	static unsigned char bytes[1u << 20];
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 300; round++) {
		size_t n = next_random(&seed) % 2048;

		for (size_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)next_random(&seed);
		open_anyhow(bytes, n);
	}
	for (int round = 0; round < 3000; round++) {
		char text[2048] = "";

		for (int i = next_random(&seed) % 40; i > 0; i--) {
			strcat(text, words[next_random(&seed) % (sizeof(words) / sizeof(*words))]);
			strcat(text, next_random(&seed) % 3 ? " " : "");
		}
		open_anyhow(text, strlen(text));
	}
	memset(bytes, '{', sizeof(bytes));
	open_anyhow(bytes, CONF_FILE_MAX_BYTES);
	memset(bytes, '\0', sizeof(bytes));
	open_anyhow(bytes, 4096);
	memset(bytes, '"', sizeof(bytes));
	open_anyhow(bytes, CONF_FILE_MAX_BYTES);
	for (size_t i = 0; i + 9 <= CONF_FILE_MAX_BYTES; i += 9)
		memcpy(bytes + i, "agent a{}", 9);
	open_anyhow(bytes, CONF_FILE_MAX_BYTES / 9 * 9);
}

static void test_too_much_is_refused(void **state)
{
	static char bytes[1u << 20];
	char error[512];
	size_t n = 0;

	(void)state;
	memset(bytes, ' ', sizeof(bytes));
	write_file("a.conf", bytes, sizeof(bytes));
	assert_null(conf_open(file, error, sizeof(error)));
	assert_non_null(strstr(error, "more than 256 KiB"));
	for (int i = 0; i < 2000; i++)
		n += (size_t)sprintf(bytes + n, "caller \"+1555%07d\" {}\n", i);
	write_file("a.conf", bytes, n);
	assert_null(conf_open(file, error, sizeof(error)));
	assert_non_null(strstr(error, "expected no more than 1024"));
	n = 0;
	for (int i = 0; i < 900; i++)
		n += (size_t)sprintf(bytes + n, "agent a%d {}\n", i);
	write_file("a.conf", bytes, n);
	assert_null(conf_open(file, error, sizeof(error)));
	assert_non_null(strstr(error, "too much"));
	write_file("a.conf", "", 0);
	assert_null(conf_open(folder, error, sizeof(error)));
	assert_non_null(strstr(error, "Is a directory"));
	assert_null(conf_open("/nowhere/at.all", error, sizeof(error)));
	assert_string_equal(error, "cannot read /nowhere/at.all: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes_are_named),
		cmocka_unit_test(test_a_mistake_leaves_nothing_behind),
		cmocka_unit_test(test_all_mistakes_in_one_run),
		cmocka_unit_test(test_no_file_is_all_defaults),
		cmocka_unit_test(test_values_are_read),
		cmocka_unit_test(test_includes_win_and_name_their_lines),
		cmocka_unit_test(test_print_reads_back_to_the_same),
		cmocka_unit_test(test_the_whole_sample_loads),
		cmocka_unit_test(test_the_example_loads),
		cmocka_unit_test(test_overrides_are_checked),
		cmocka_unit_test(test_environment_overrides),
		cmocka_unit_test(test_every_key_stands_in_the_page),
		cmocka_unit_test(test_garbage_is_refused_alive),
		cmocka_unit_test(test_too_much_is_refused),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
