/* The sentences that ship, and every mistake that a file can have. */
#include "sentences.h"

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "json.h"
#include "when.h"

#include <cjson/cJSON.h>

static char folder[] = "/tmp/rd-sentences-XXXXXX";
static char path[64], top[512];

static void write_file(const char *name, const char *text)
{
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static struct conf *configuration(const char *more)
{
	char text[2048], error[512] = "";
	struct conf *c;

	snprintf(text, sizeof text,
		 "general { data-dir = \"%s/etc\" state-dir = \"%s\" }\n"
		 "agent \"offline\" { transfer-to = { \"+15557654321\" } %s }\nagent \"home\" {}\n"
		 "caller \"+15557654321\" { name = \"Ben\" }\ncontact \"Carol\" { number = \"+15550001111\" }\n"
		 "tool \"docs\" { settings = { \"folder=%s/docs\" } }\n",
		 top, folder, more, folder);
	write_file("ringdown.conf", text);
	c = conf_open(path, error, sizeof error);
	if (!c)
		fail_msg("%s", error);
	return c;
}

static struct sentences *open_sentences(const char *more)
{
	struct conf *c = configuration(more);
	char error[2048];
	struct sentences *s = sentences_open(c, "offline", error, sizeof error);

	conf_close(c);
	if (!s)
		fail_msg("%s", error);
	return s;
}

/* "task=buy milk when=tomorrow at 9 AM": moments as they are said. */
static void show(const struct sentences *s, const struct sentences_match *m, time_t now, char *out, size_t size)
{
	size_t n = 0;

	*out = '\0';
	for (size_t i = 0; i < m->slot_count; i++) {
		char template[40], *text;

		snprintf(template, sizeof template, "<%s>", m->slots[i].name);
		text = sentences_fill(s, template, m, NULL, now);
		assert_non_null(text);
		n += (size_t)snprintf(out + n, size - n, "%s%s=%s", n ? " " : "", m->slots[i].name, text);
		free(text);
	}
}

struct heard {
	const char *grammar, *text, *intent, *slots; /* intent NULL: it is no sentence */
};

/* at ten in the morning of Saturday, 21 November 2026, in Berlin */
static const struct heard english[] = {
	{ "main", "what time is it", "time", "" },
	{ "main", "What's the time, please?", "time", "" },
	{ "main", "whats the time", "time", "" },
	{ "main", "What\u2019s the time?", "time", "" },
	{ "main", "what time is it in New York", "time.place", "city=new york" },
	{ "main", "what day is it today", "date", "" },
	{ "main", "take a note", "note.add", "" },
	{ "main", "Take a note: buy milk.", "note.add", "task=buy milk" },
	{ "main", "take a note buy milk bread and eggs", "note.add", "task=buy milk, bread and eggs" },
	{ "main", "take a note to buy milk and bread and eggs", "note.add", "task=buy milk, bread and eggs" },
	{ "main", "write down milk and bread", NULL, NULL },
	{ "task", "milk and bread", "answer.task", "item=milk and bread" },
	{ "main", "please take a note buy milk please", "note.add", "task=buy milk" },
	{ "main", "please", NULL, NULL },
	{ "main", "note down call the dentist", "note.add", "task=call the dentist" },
	{ "main", "make a note call Carol", "note.add", "task=call Carol" },
	{ "main", "read my notes", "note.list", "" },
	{ "main", "read note 3", "note.read", "number=3" },
	{ "main", "read note number three", "note.read", "number=3" },
	{ "main", "read the second note", "note.read-nth", "ordinal=2" },
	{ "main", "read the 2nd note", "note.read-nth", "ordinal=2" },
	{ "main", "delete note twenty one", "note.delete", "number=21" },
	{ "main", "delete note thirty one", NULL, NULL },
	{ "main", "remind me tonight at eight", "remind.plain", "when=today at 8 PM" },
	{ "main", "remind me at eight", "remind.plain", "when=today at 8 PM" },
	{ "main", "remind me at 9", "remind.plain", "when=today at 9 PM" },
	{ "main", "remind me at 8:30 pm", "remind.plain", "when=today at 8:30 PM" },
	{ "main", "remind me at 8:30 p.m.", "remind.plain", "when=today at 8:30 PM" },
	{ "main", "remind me at 8pm tomorrow", "remind.plain", "when=tomorrow at 8 PM" },
	{ "main", "remind me at eight thirty tomorrow morning", "remind.plain", "when=tomorrow at 8:30 AM" },
	{ "main", "remind me at 8:00 pm", "remind.plain", "when=today at 8 PM" },
	{ "main", "remind me at ten past five", "remind.plain", "when=today at 5:10 PM" },
	{ "main", "remind me at 10 past 5", "remind.plain", "when=today at 5:10 PM" },
	{ "main", "remind me tonight ten to eight", NULL, NULL },
	{ "main", "set an alarm for 7:30 tomorrow", "alarm", "alarm=tomorrow at 7:30 AM" },
	{ "main", "remind me at 8:05", "remind.plain", "when=today at 8:05 PM" },
	{ "main", "remind me at eight oh five", "remind.plain", "when=today at 8:05 PM" },
	{ "main", "remind me at half past eleven", "remind.plain", "when=today at 11:30 AM" },
	{ "main", "remind me at a quarter to one", "remind.plain", "when=today at 12:45 PM" },
	{ "main", "remind me at noon", "remind.plain", "when=today at 12 PM" },
	{ "main", "remind me at eleven o'clock in the evening", "remind.plain", "when=today at 11 PM" },
	{ "main", "remind me in ten minutes", "remind.plain", "when=in 10 minutes" },
	{ "main", "remind me in 10 minutes", "remind.plain", "when=in 10 minutes" },
	{ "main", "remind me in an hour and a half", "remind.plain", "when=in 1 hour and 30 minutes" },
	{ "main", "remind me in three days", "remind.plain", "when=on Tuesday, November 24, at 10 AM" },
	{ "main", "remind me next Friday", "remind.plain", "when=on Friday, November 27, at 9 AM" },
	{ "main", "remind me on the twenty seventh at noon", "remind.plain", "when=on Friday, November 27, at 12 PM" },
	{ "main", "remind me on the 27th", "remind.plain", "when=on Friday, November 27, at 9 AM" },
	{ "main", "remind me on March the fourth", "remind.plain", "when=on Thursday, March 4, at 9 AM" },
	{ "main", "remind me to buy milk in one hour", "remind.task", "task=buy milk when=in 1 hour" },
	{ "main", "remind me tomorrow morning to call my mother", "remind.task",
	  "when=tomorrow at 9 AM task=call my mother" },
	{ "main", "remind me to water the plants", "remind.task", "task=water the plants" },
	{ "main", "set a timer for 90 seconds", "timer", "duration=1 minute and 30 seconds" },
	{ "main", "set a timer for half an hour", "timer", "duration=30 minutes" },
	{ "main", "set a timer for twenty-five minutes", "timer", "duration=25 minutes" },
	{ "main", "list the documents", "document.list", "" },
	{ "main", "read the document house rules", "document.read", "document=house rules" },
	{ "main", "read route 66", "document.read", "document=Route 66" },
	{ "main", "read route sixty six", "document.read", "document=Route 66" },
	{ "main", "press one two three", "press", "digits=123" },
	{ "main", "press 123#", "press", "digits=123#" },
	{ "main", "press 1 2 star", "press", "digits=12*" },
	{ "main", "spell five five five one two three four", "spell", "digits=5551234" },
	{ "main", "call Ben", "transfer", "name=Ben" },
	{ "main", "connect me with carol please", "transfer", "name=Carol" },
	{ "main", "please connect me with carol", "transfer", "name=Carol" },
	{ "main", "call Dora", NULL, NULL },
	{ "main", "switch to the assistant home", "switch", "agent=home" },
	{ "main", "go on", "go-on", "" },
	{ "main", "yes", NULL, NULL },
	{ "confirm", "yes please", "yes", "" },
	{ "confirm", "That's right.", "yes", "" },
	{ "confirm", "no", "no", "" },
	{ "confirm", "don't do that", "no", "" },
	{ "confirm", "no, nine o'clock", "correct", "time=today at 9 PM" },
	{ "confirm", "no, tonight at nine", "correct", "when=today at 9 PM" },
	{ "confirm", "nine o'clock", NULL, NULL },
	{ "confirm", "no, tomorrow", "correct", "when=tomorrow at 9 AM" },
	{ "confirm", "make it half past nine", "correct", "time=today at 9:30 PM" },
	{ "confirm", "no, twenty minutes", "correct", "duration=20 minutes" },
	{ "confirm", "what time is it", NULL, NULL },
	{ "confirm", "help", "help", "" },
	{ "when", "tomorrow at ten", "answer.when", "when=tomorrow at 10 AM" },
	{ "task", "buy milk", "answer.task", "task=buy milk" },
	{ "digits", "one two", "answer.digits", "digits=12" },
	{ "reading", "next paragraph", "next", "" },
	{ "reading", "take a note", NULL, NULL },
	{ "nonsense", "what time is it", NULL, NULL },
	{ "main", "", NULL, NULL },
	{ "main", "?!", NULL, NULL },
	{ "main", "what", NULL, NULL },
	{ "main", "time", NULL, NULL },
	{ "main", "remind me to", NULL, NULL },
	{ "main", "what time is it what time is it", NULL, NULL },
	{ "main", "remind me at 99", NULL, NULL },
};

static const struct heard german[] = {
	{ "main", "wie sp\u00e4t ist es", "time", "" },
	{ "main", "Wie sp\u00c4t ist es?", "time", "" },
	{ "main", "Wie viel Uhr ist es bitte?", "time", "" },
	{ "main", "welcher Tag ist heute", "date", "" },
	{ "main", "Notiere: Milch kaufen", "note.add", "task=Milch kaufen" },
	{ "main", "notiere Milch Brot und Eier kaufen", "note.add", "task=Milch, Brot und Eier kaufen" },
	{ "main", "lies meine Notizen vor", "note.list", "" },
	{ "main", "l\u00f6sche die letzte Notiz", "note.delete-last", "" },
	{ "main", "erinnere mich heute Abend um acht", "remind.plain", "when=heute um 20 Uhr" },
	{ "main", "erinnere mich um acht", "remind.plain", "when=heute um 20 Uhr" },
	{ "main", "erinnere mich um halb neun", "remind.plain", "when=heute um 20 Uhr 30" },
	{ "main", "erinnere mich um viertel vor neun", "remind.plain", "when=heute um 20 Uhr 45" },
	{ "main", "erinnere mich um 20 Uhr 15", "remind.plain", "when=heute um 20 Uhr 15" },
	{ "main", "erinnere mich um 20:05 Uhr", "remind.plain", "when=heute um 20 Uhr 05" },
	{ "main", "erinnere mich um 20 Uhr 05", "remind.plain", "when=heute um 20 Uhr 05" },
	{ "main", "erinnere mich um 20:00", "remind.plain", "when=heute um 20 Uhr" },
	{ "main", "erinnere mich um 20:15 Uhr", "remind.plain", "when=heute um 20 Uhr 15" },
	{ "main", "erinnere mich morgen fr\u00fch um sieben", "remind.plain", "when=morgen um 7 Uhr" },
	{ "main", "erinnere mich in zehn Minuten", "remind.plain", "when=in 10 Minuten" },
	{ "main", "erinnere mich n\u00e4chsten Freitag", "remind.plain", "when=am Freitag, 27. November, um 9 Uhr" },
	{ "main", "erinnere mich am siebenundzwanzigsten November", "remind.plain",
	  "when=am Freitag, 27. November, um 9 Uhr" },
	{ "main", "erinnere mich am 27. November", "remind.plain", "when=am Freitag, 27. November, um 9 Uhr" },
	{ "main", "erinnere mich morgen daran die Pflanzen zu gie\u00dfen", "remind.task",
	  "when=morgen um 9 Uhr task=die Pflanzen zu gie\u00dfen" },
	{ "main", "stelle einen Wecker auf eine halbe Stunde", "timer", "duration=30 Minuten" },
	{ "main", "Timer auf einundzwanzig Minuten", "timer", "duration=21 Minuten" },
	{ "main", "dr\u00fccke eins zwei Raute", "press", "digits=12#" },
	{ "main", "ruf Ben an", "transfer", "name=Ben" },
	{ "main", "verbinde mich mit Carol", "transfer", "name=Carol" },
	{ "main", "was kann ich sagen", "help", "" },
	{ "main", "auf Wiederh\u00f6ren", "goodbye", "" },
	{ "confirm", "ja bitte", "yes", "" },
	{ "confirm", "nein", "no", "" },
	{ "confirm", "nein, um neun", "correct", "when=heute um 21 Uhr" },
	{ "reading", "weiter", "go-on", "" },
	{ "main", "what time is it", NULL, NULL },
	{ "main", "die Sonne scheint", NULL, NULL },
};

static void check(const char *more, const struct heard *all, size_t n)
{
	struct sentences *s = open_sentences(more);
	time_t now;

	assert_int_equal(when_read("2026-11-21T10:00:00+01:00", &now), 0);
	for (size_t i = 0; i < n; i++) {
		struct sentences_match m;
		int found = sentences_match(s, all[i].grammar, all[i].text, &m);
		char slots[512];

		if (found != (all[i].intent != NULL))
			fail_msg("%s: %s is %s, expected %s", all[i].grammar, all[i].text,
				 found ? m.intent->name : "none", all[i].intent ? all[i].intent : "none");
		if (!found)
			continue;
		assert_string_equal(m.intent->name, all[i].intent);
		show(s, &m, now, slots, sizeof slots);
		if (strcmp(slots, all[i].slots) != 0)
			fail_msg("%s: %s, expected %s", all[i].text, slots, all[i].slots);
	}
	sentences_close(s);
}

static void test_english(void **state)
{
	(void)state;
	check("", english, sizeof english / sizeof *english);
}

static void test_german(void **state)
{
	(void)state;
	check("language = \"de\"", german, sizeof german / sizeof *german);
}

/* --- arguments of tools */

static const struct {
	const char *text, *name, *json;
} arguments[] = {
	{ "remind me to buy milk tomorrow at nine", "<when>", "\"2026-11-22T09:00:00+01:00\"" },
	{ "remind me to buy milk tomorrow at nine", "<task>", "\"buy milk\"" },
	{ "remind me to buy milk tomorrow at nine", "to <task>", "\"to buy milk\"" },
	{ "set a timer for ten minutes", "<seconds of duration>", "600" },
	{ "set a timer for ten minutes", "-1", "-1" },
	{ "set a timer for ten minutes", "<when>", NULL },
	{ "read note three", "<number>", "3" },
	{ "press one two", "<digits>", "\"12\"" },
	{ "call Ben", "<value of name>", "\"+15557654321\"" },
	{ "call Carol", "<value of name>", "\"+15550001111\"" },
};

static void test_arguments(void **state)
{
	struct sentences *s = open_sentences("");
	time_t now;

	(void)state;
	assert_int_equal(when_read("2026-11-21T10:00:00+01:00", &now), 0);
	for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
		struct sentences_match m;
		struct cJSON *value;
		char *text;

		assert_int_equal(sentences_match(s, "main", arguments[i].text, &m), 1);
		value = sentences_value(s, arguments[i].name, &m, now);
		if (!arguments[i].json) {
			assert_null(value);
			continue;
		}
		text = json_print(value);
		assert_string_equal(text, arguments[i].json);
		free(text);
	}
	sentences_close(s);
}

static void test_data(void **state)
{
	static const char text[] =
		"{\"count\":2,\"local\":\"2026-11-21T20:15:00+01:00\",\"note\":{\"text\":\"milk\"},"
		"\"notes\":[{\"text\":\"milk\"},{\"text\":\"bread\"}],\"texts\":[\"a\",\"b\",\"c\"]}";
	struct cJSON *data = json_parse(text, strlen(text));
	struct sentences *s = open_sentences("");
	char *filled = sentences_fill(
		s, "<count>: <notes>; <texts>; <note>; <time of local>, <date of local>; <nothing>.", NULL, data, 0);

	(void)state;
	assert_string_equal(filled, "2: milk and bread; a, b and c; milk; 8:15 PM, Saturday, November 21, 2026; .");
	free(filled);
	cJSON_Delete(data);
	sentences_close(s);
}

/* --- the grammar */

static void test_grammar(void **state)
{
	struct sentences *s = open_sentences("");
	const char *const *names = sentences_grammars(s);
	char *text;

	(void)state;
	assert_string_equal(names[0], "main");
	for (; *names; names++) {
		text = sentences_grammar(s, *names);
		assert_non_null(text);
		assert_int_equal(strncmp(text, "#JSGF V1.0;", 11), 0);
		assert_null(strstr(text, "( )"));
		assert_null(strstr(text, "[ ]"));
		assert_null(strstr(text, "= ;"));
		free(text);
	}
	assert_null(sentences_grammar(s, "nonsense"));
	text = sentences_grammar(s, "main");
	assert_non_null(strstr(text, "<_name> = carol\n\t| ben;"));
	assert_non_null(strstr(text, "route sixty six"));
	assert_non_null(strstr(text, "( what is | what's ) the time"));
	assert_non_null(strstr(text, "<_item> ( and <_item> )*"));
	free(text);
	sentences_close(s);
}

/* Names that nobody has take their sentences with them. */
static void test_nobody(void **state)
{
	char error[2048];
	struct conf *c;
	struct sentences *s;
	char *text;

	(void)state;
	snprintf(error, sizeof error, "general { data-dir = \"%s/etc\" state-dir = \"%s\" }\nagent \"offline\" {}\n",
		 top, folder);
	write_file("ringdown.conf", error);
	c = conf_open(path, error, sizeof error);
	s = sentences_open(c, "offline", error, sizeof error);
	conf_close(c);
	assert_non_null(s);
	text = sentences_grammar(s, "main");
	assert_null(strstr(text, "put me through"));
	assert_null(strstr(text, "<_name>"));
	free(text);
	text = sentences_example(s, "call <name>");
	assert_null(text);
	sentences_close(s);
}

/* --- mistakes: a small whole file, into which each is put */

static const char head[] =
	"language xx\n"
	"numbers\n\t0 zero\n\t1 one\n\t2 two\n\t3 three\n\t4 four\n\t5 five\n\t6 six\n\t7 seven\n\t8 eight\n\t9 "
	"nine\n\t10 ten\n"
	"\t11 eleven\n\t12 twelve\n\t13 thirteen\n\t14 fourteen\n\t15 fifteen\n\t16 sixteen\n\t17 seventeen\n\t18 "
	"eighteen\n"
	"\t19 nineteen\n\t20 twenty\n\t30 thirty\n\t40 forty\n\t50 fifty\n\t60 sixty\n\t70 seventy\n\t80 eighty\n\t90 "
	"ninety\n"
	"ordinals\n\t1 first\n\t2 second\n\t3 third\n\t4 fourth\n\t5 fifth\n\t6 sixth\n\t7 seventh\n\t8 eighth\n\t9 "
	"ninth\n"
	"\t10 tenth\n\t11 eleventh\n\t12 twelfth\n\t13 thirteenth\n\t14 fourteenth\n\t15 fifteenth\n\t16 sixteenth\n"
	"\t17 seventeenth\n\t18 eighteenth\n\t19 nineteenth\n\t20 twentieth\n\t30 thirtieth\n"
	"keys\n\t0 zero\n\t1 one\n\t2 two\n\t3 three\n\t4 four\n\t5 five\n\t6 six\n\t7 seven\n\t8 eight\n\t9 nine\n";

static const char tail[] =
	"intent yes\n\thear yes\n\tin confirm\n\tact yes\nintent no\n\thear no\n\tin confirm\n\tact no\n"
	"speak\n\ttime <hour>\n\ttime-sharp <hour>\n\tam am\n\tpm pm\n\tat-today today\n\tat-tomorrow "
	"tomorrow\n\tat-day day\n"
	"\tat-year year\n\tin in <length>\n\tdate <date>\n\tweekdays a b c d e f g\n\tmonths a b c d e f g h i j k l\n"
	"\tsecond s ss\n\tminute m mm\n\thour h hh\n\tday d dd\n\tweek w ww\n\tand and\n\thint h\n\thelp "
	"h\n\tyes-or-no y\n"
	"\tdropped d\n\tgiven-up g\n\tnot-here n\n\tfailed f\n\toutcome-unknown o\n\tnothing-to-repeat n\n"
	"\tnothing-to-go-on n\n\tstopped s\n\tpaused p\n\tthe-end e\n\tspell <letters>\n\tnothing-to-spell n\n"
	"\tdue <text>\n\tdue-late <text>\n\tnot-carried-out n\n\tnot-switched n\n";

struct mistake {
	const char *text;
	int line; /* of the text, from 1; 0: of no line */
	const char *what;
};

static const struct mistake mistakes[] = {
	{ "", 0, NULL }, /* the file itself has none */
	{ "inent time\n", 1,
	  "\"inent\": expected a heading at the line's begin, lines of a section behind a tab or spaces "
	  "(did you mean \"intent\"?)" },
	{ "intent\n", 1, "\"\": expected a name in small letters" },
	{ "intent Big Name\n", 1, "\"Big Name\": expected a name in small letters" },
	{ "intent a\n\thaer x\n", 2, "\"haer\": expected a line of an intent (did you mean \"hear\"?)" },
	{ "intent a\n\thear x\n", 1, "intent a: expected a line say, tool or act" },
	{ "intent a\n\tsay x\n", 1, "intent a: expected a line hear" },
	{ "intent a\n\thear x\n\tsay y\nintent a\n", 4, "\"a\": expected another name: line" },
	{ "intent a\n\thear\n\tsay y\n", 2, "the line's end: expected words" },
	{ "intent a\n\thear (x\n\tsay y\n", 2, "\"(x\": expected a ) behind it" },
	{ "intent a\n\thear [x|y\n\tsay y\n", 2, "\"[x|y\": expected a ] behind it" },
	{ "intent a\n\thear x)\n\tsay y\n", 2, "\")\": expected an opening bracket before it" },
	{ "intent a\n\thear x| y\n\tsay y\n", 2, "\" y\": expected a word right behind the |" },
	{ "intent a\n\thear |x\n\tsay y\n", 2, "\"|x\": expected a word before it" },
	{ "intent a\n\thear ()\n\tsay y\n", 2, "\")\": expected words" },
	{ "intent a\n\thear (x)\n\tsay y\n", 2, "\"(x)\": expected a word that is always said" },
	{ "intent a\n\thear ((((((((((x\n\tsay y\n", 2, "expected no more brackets within brackets" },
	{ "intent a\n\thear x <When>\n\tsay y\n", 2,
	  "\"<When>\": expected a slot's name in small letters, such as <when>" },
	{ "intent a\n\thear x <when\n\tsay y\n", 2, "\"<when\": expected <name>, <name+> or <name 1-12>" },
	{ "intent a\n\thear <number 5-1>\n\tsay y\n", 2, "\"<number 5-1>\": expected <name>, <name+> or <name 1-12>" },
	{ "intent a\n\thear x <nubmer>\n\tsay y\n", 2,
	  "<nubmer>: expected a list, a rule, or number, ordinal, digits, name, agent, document (did you mean "
	  "\"number\"?)" },
	{ "intent a\n\thear x <digits+>\n\tsay y\n", 2, "<digits+>: expected + behind lists only" },
	{ "intent a\n\thear <name 1-2>\n\tsay y\n", 2, "<name 1-2>: expected bounds of number and ordinal only" },
	{ "intent a\n\thear x , y\n\tsay y\n", 2, "\", y\": expected a word" },
	{ "intent a\n\thear x\n\ttool\n", 3, "\"tool\": expected the name of a tool behind it" },
	{ "intent a\n\thear x\n\ttool t do\n", 3, "\"do\": expected arguments such as do=add text=<task>" },
	{ "intent a\n\thear x\n\ttool t do=\"add\n", 3, "expected arguments such as do=add text=<task>" },
	{ "intent a\n\thear x\n\ttool t n=<number>\n", 1, "<number>: expected a slot of the sentences above" },
	{ "intent a\n\thear x <number>\n\thear y\n\ttool t n=<number>\n", 3,
	  "no <number> here: expected it, or a line \"need <number> QUESTION\"" },
	{ "intent a\n\thear x\n\tact stopp\n", 3, "\"stopp\": expected an act (did you mean \"stop\"?)" },
	{ "intent a\n\thear x\n\tin confrim\n\tsay y\n", 1,
	  "in confrim: expected any, main, confirm, reading, or a slot that is asked for (did you mean \"confirm\"?)" },
	{ "intent a\n\thear x\n\tneed when When?\n\tsay y\n", 3,
	  "\"when\": expected a slot and a question, such as: need <when> When?" },
	{ "intent a\n\thear x\n\tneed <whim> When?\n\tsay y\n", 1, "<whim>: expected a list, a rule, or one of those" },
	{ "intent a\n\thear x\n\task y\n\task z\n\tsay y\n", 4, "\"ask\": expected one such line" },
	{ "intent a\n\thear x\n\task\n\tsay y\n", 3, "\"ask\": expected words behind it" },
	{ "intent a\n\thear x <number>\n\task <hour of number>?\n\tsay y\n", 1,
	  "<hour of number>: expected <slot>, or <time of slot>, date, seconds or value of it" },
	{ "intent a\n\thear x\n\tsay y <z\n", 1, "<z: expected <slot>" },
	{ "list a\n", 1, "list a: expected lines below it" },
	{ "rule a\n", 1, "rule a: expected lines below it" },
	{ "rule a\n\tx\nlist a\n\ty\n", 3, "\"a\": expected another name: there is a rule of that name already" },
	{ "list number\n\tx\n", 1, "\"number\": expected another name: there is a slot of that name already" },
	{ "rule a\n\tx <b>\nrule b\n\ty <a>\n", 1, "a: expected no rule within itself" },
	{ "rule a\n\tx = huor 8\n", 2, "\"huor\": expected a part of a moment (did you mean \"hour\"?)" },
	{ "rule a\n\tx = hour eight\n", 2,
	  "\"eight\": expected a number that this part may be, or a slot of this line such as <number>" },
	{ "rule a\n\tx = part 99\n", 2, "\"99\": expected morning, noon, afternoon, evening or night" },
	{ "rule a\n\tx = weekday 7\n", 2, "\"7\": expected a number that this part may be" },
	{ "rule a\n\tx = hours -1\n", 2, "\"1\": expected a number that this part may be" },
	{ "include a.sentences\n\tx\n", 2, "\"x\": expected a heading first" },
	{ "rule a\n\tx = half noon\n", 2, "\"noon\": expected am or pm" },
	{ "rule a\n\tx = part day\n", 2, "\"day\": expected morning, noon, afternoon, evening or night" },
	{ "rule a\n\tx = hour <number>\n", 2, "<number>: expected a slot of this line" },
	{ "rule a\n\tx = hour 1, hour 2, hour 3, hour 4, hour 5, hour 6, hour 7\n", 2, "expected at most six parts" },
	{ "numbers\n\tten ten\n", 2, "\"ten\": expected a number from 0 to 99" },
	{ "numbers\n\t10\n", 2, "\"10\": expected how it is said behind it" },
	{ "numbers\n\t10 a|\n", 2, "\"\": expected one to four words" },
	{ "keys\n\tten ten\n", 2, "\"ten\": expected a key: 0 to 9, star or hash" },
	{ "same\n\tx\n", 2, "\"x\": expected a word, =, and the words that it stands for" },
	{ "same\n\tx = \n", 2, "\"x =\": expected a word, =, and the words that it stands for" },
	{ "speak\n\tdroped x\n", 2, "droped: expected a line of the section speak (did you mean \"dropped\"?)" },
	{ "speak\n\tdropped\n", 2, "\"dropped\": expected what is said behind it" },
	{ "speak\n\tweekdays a b\n", 2, "weekdays: expected 7 words" },
	{ "speak\n\tdropped <when>\n", 2, "<when>: expected a slot of the sentences above" },
	{ "speak x\n\tdropped y\n", 1, "\"x\": expected nothing behind the heading" },
	{ "include nothing.conf\n", 1, "nothing.conf: No such file" },
	{ "include mine.conf\n", 1, "mine.conf: it is read already" },
	{ "speak\n\tand one two three four five\n", 2, "expected one to four words" },
	{ "intent a\n\thear x\n\tsay y\n\tin main\n\tin reading\n", 5, "\"in\": expected one such line" },
	{ "intent a\n\thear x\n\tact help\n\tact stop\n", 4, "\"act\": expected one such line" },
	{ "intent a\n\thear x\n\tsay y\n\tfail <z>\n", 1, "<z>: expected a slot of the sentences above" },
	{ "intent a\n\thear x <number>\n\thear y\n\tunsure z <number>?\n\tsay w\n", 3,
	  "no <number> here: expected it" },
	{ "language averyverylonglanguage\n", 1, "\"averyverylonglanguage\": expected a language such as en" },
	{ "list a\n\tx\001y\n", 2, "byte 0x01: expected UTF-8 text" },
	{ "list a\n\tx\xff\n", 2, "byte 0xff: expected UTF-8 text" },
};

static int lines_of(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void one_mistake(const struct mistake *c, const struct conf *conf)
{
	char text[8192], error[4096], where[128];
	struct sentences *s;

	snprintf(text, sizeof text, "%s%s%s", head, c->text, tail);
	write_file("mine.conf", text);
	snprintf(where, sizeof where, "%s/mine.conf:%d: ", folder, lines_of(head) + c->line);
	s = sentences_open(conf, "offline", error, sizeof error);
	if (s && c->what)
		fail_msg("no mistake in: %s", c->text);
	if (!s && !c->what)
		fail_msg("%s", error);
	if (!s && (!strstr(error, where) || !strstr(error, c->what)))
		fail_msg("%s\n is said of\n%s\nexpected %s%s", error, c->text, where, c->what);
	sentences_close(s);
}

static void test_mistakes(void **state)
{
	struct conf *conf = configuration("sentences = \"mine.conf\"");

	(void)state;
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
		one_mistake(&mistakes[i], conf);
	conf_close(conf);
}

/* What a whole file lacks is said of the file. */
static const struct mistake lacking[] = {
	{ "", 0, "no language: expected a line such as \"language en\"" },
	{ "", 0, "no 0 in the section numbers: expected a line for it" },
	{ "", 0, "no 1 in the section ordinals: expected a line for it" },
	{ "", 0, "no 0 in the section keys: expected a line for it" },
	{ "", 0, "no at-today in the section speak: expected one" },
};

static void test_lacking(void **state)
{
	struct conf *conf = configuration("sentences = \"mine.conf\"");
	char error[8192];

	(void)state;
	for (size_t i = 0; i < sizeof lacking / sizeof *lacking; i++) {
		write_file("mine.conf", lacking[i].text);
		assert_null(sentences_open(conf, "offline", error, sizeof error));
		if (!strstr(error, lacking[i].what))
			fail_msg("%s\nexpected %s", error, lacking[i].what);
	}
	conf_close(conf);
	conf = configuration("sentences = \"there-is-none.conf\"");
	assert_null(sentences_open(conf, "offline", error, sizeof error));
	assert_non_null(strstr(error, "there-is-none.conf: No such file or directory"));
	conf_close(conf);
}

/* A file of one's own adds to the one that ships. */
static void test_include(void **state)
{
	struct sentences *s;
	struct sentences_match m;
	char text[1024];

	(void)state;
	snprintf(text, sizeof text, "include %s/etc/sentences/en.conf\nlist item\n\tmaple syrup\n", top);
	write_file("mine.conf", text);
	s = open_sentences("sentences = \"mine.conf\"");
	assert_int_equal(sentences_match(s, "main", "take a note buy maple syrup and milk", &m), 1);
	assert_string_equal(sentences_slot(&m, "task")->text, "buy maple syrup and milk");
	sentences_close(s);
}

/* A mistake in what is included is told of the file in which it stands, after other includes too. */
static void test_include_wrong(void **state)
{
	struct conf *conf = configuration("sentences = \"mine.conf\"");
	char error[8192], text[4096];

	(void)state;
	snprintf(text, sizeof text, "%s%s", head, tail);
	write_file("whole.conf", text);
	write_file("other.conf", "include whole.conf\ninclude nothing.conf\n");
	write_file("mine.conf", "include other.conf\n");
	assert_null(sentences_open(conf, "offline", error, sizeof error));
	snprintf(text, sizeof text, "%s/other.conf:2: cannot read %s/nothing.conf: ", folder, folder);
	assert_non_null(strstr(error, text));
	conf_close(conf);
}

/* Rules within rules, each twice: deep ones are refused, and nothing is gone through once for each way to it. */
static void deep(int depth, bool fits)
{
	struct conf *conf = configuration("sentences = \"mine.conf\"");
	char text[8192], error[8192];
	struct sentences *s;
	size_t n = (size_t)snprintf(text, sizeof text, "%sintent a\n\thear x <r1>\n\tsay y\n", head);

	for (int i = 1; i <= depth; i++)
		n += (size_t)snprintf(text + n, sizeof text - n,
				      i < depth ? "list r%d\n\t<r%d> <r%d>\n" : "list r%d\n\tz\n", i, i + 1, i + 1);
	snprintf(text + n, sizeof text - n, "%s", tail);
	write_file("mine.conf", text);
	s = sentences_open(conf, "offline", error, sizeof error);
	assert_int_equal(s != NULL, fits);
	if (s)
		free(sentences_grammar(s, "main"));
	else
		assert_non_null(strstr(error, "nor deeper than 16 in others"));
	sentences_close(s);
	conf_close(conf);
}

static void test_deep(void **state)
{
	(void)state;
	deep(16, true);
	deep(17, false);
	deep(60, false);
}

/* What takes too many steps, or is too long, is no sentence; nothing breaks. */
static void test_bounds(void **state)
{
	struct sentences *s = open_sentences("");
	struct sentences_match m;
	char text[SENTENCES_TEXT_MAX_BYTES + 100];

	size_t n = (size_t)snprintf(text, sizeof text, "take a note");

	(void)state;
	while (n < 300)
		n += (size_t)snprintf(text + n, sizeof text - n, " milk");
	(void)sentences_match(s, "main", text, &m);
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_int_equal(sentences_match(s, "main", text, &m), 0);
	text[100] = '\0';
	assert_int_equal(sentences_match(s, "main", text, &m), 0);
	for (size_t i = 0; i < 200; i++)
		text[2 * i + 1] = ' ';
	assert_int_equal(sentences_match(s, "main", text, &m), 0);
	assert_int_equal(sentences_match(s, "main", "press 123456789012345678901234567890", &m), 1);
	assert_int_equal(sentences_match(s, "main", "read note 123456789012345678901234567890", &m), 0);
	sentences_close(s);
}

static int set_up(void **state)
{
	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	if (getenv("TOP"))
		snprintf(top, sizeof top, "%s", getenv("TOP"));
	else if (!getcwd(top, sizeof top))
		return -1;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/docs", folder);
	if (mkdir(path, 0700) < 0)
		return -1;
	write_file("docs/house-rules.txt", "No noise.\n");
	write_file("docs/Route_66.md", "Long.\n");
	write_file("docs/picture.png", "");
	return 0;
}

static int tear_down(void **state)
{
	static const char *const files[] = { "docs/house-rules.txt",
					     "docs/Route_66.md",
					     "docs/picture.png",
					     "docs",
					     "ringdown.conf",
					     "mine.conf",
					     "whole.conf",
					     "other.conf",
					     "" };

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, files[i]);
		(void)remove(path);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_english),	      cmocka_unit_test(test_german),  cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_data),	      cmocka_unit_test(test_grammar), cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_mistakes),      cmocka_unit_test(test_lacking), cmocka_unit_test(test_include),
		cmocka_unit_test(test_include_wrong), cmocka_unit_test(test_deep),    cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
