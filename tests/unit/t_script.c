#include "../../cmd/rd-tts/script.h"

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *language, *text, *spoken; /* sentences with a bar between them */
} cases[] = {
	{ "en", "Hello there. How are you? Fine!", "Hello there.|How are you?|Fine!" },
	{ "en", "One line\nand another", "One line|and another" },
	{ "en", "Well... Really?! (In brackets) yes; no: so — then.", "Well, Really?|In brackets, yes, no, so, then." },
	{ "en", "\"Quoted.\" \u201cSo.\u201d \u2018Too\u2019 it\u2019s", "Quoted.|So.|Too it's" },
	/* what is not for ears */
	{ "en", "**Bold** _it_ `code` ~~gone~~ end", "Bold it code gone end" },
	{ "en", "# Heading\n- one\n* two\n> three", "Heading|one|two|three" },
	{ "en", "a [link](https://example.com/x) and ![picture](x.png)", "a link and picture" },
	{ "en", "before ```c\nint x = 1;\n``` behind ```one``` it", "before|behind it" },
	{ "en", "\U0001f600 hello \U0001f44b\U0001f3fd world \u2192 there \u2022 done\ufe0f", "hello world there done" },
	{ "en", "Caf\u00e9 na\u00efve", "Cafe naive" },
	{ "en", "*** --- ...", "" },
	/* numbers */
	{ "en", "0 7 13 20 42 100 101 999", "zero seven thirteen twenty forty two one hundred one hundred one nine hundred ninety nine" },
	{ "en", "1,234.5 and 1000000", "one thousand two hundred thirty four point five and one million" },
	{ "en", "-5, 3.14, .5, 007", "minus five, three point one four, zero point five, zero zero seven" },
	{ "en", "5 km, 5kg, 1 kg, 20%, 20\u00b0C, 60 mph, 10k", "five kilometers, five kilograms, one kilogram, twenty percent,|twenty degrees Celsius, sixty miles per hour, ten thousand" },
	{ "en", "the 1st, 2nd, 3rd, 12th, 21st, 30th", "the first, second, third, twelfth, twenty first, thirtieth" },
	{ "en", "1/2, 3/4, 2/3, 24/7", "one half, three quarters, two thirds, twenty four seven" },
	{ "en", "3-5 days, 10\u201312, 9am-5pm", "three to five days, ten to twelve, nine ay m to five p m" },
	{ "en", "in 1984, 2026, 2005, 1900, 1500", "in nineteen eighty four, twenty twenty six, two thousand five,|nineteen hundred, one thousand five hundred" },
	{ "en", "version 1.2.3, v2.0, #5, +3", "version one point two point three, v two point zero, number five,|plus three" },
	{ "en", "99999999999999999999999", "nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine" },
	/* times and dates */
	{ "en", "It is 3:40 pm.", "It is three forty p m." },
	{ "en", "at 15:40, 9am, 12:00, 0:15, 3:05", "at three forty p m, nine ay m, twelve o'clock, twelve fifteen ay m,|three oh five" },
	{ "en", "at 3 p.m. on Monday, at 10 a.m. Then", "at three p m on Monday, at ten ay m.|Then" },
	{ "en", "on 2026-11-21", "on November twenty first, twenty twenty six" },
	{ "en", "2026-11-21T15:04:05Z", "November twenty first, twenty twenty six, three oh four p m" },
	{ "en", "11/21/2026 and 21.11.2026 and 21/11/2026", "November twenty first, twenty twenty six and November twenty first, twenty twenty six and November twenty first, twenty twenty six" },
	{ "en", "November 3, 2026. Nov. 21st. 21 Nov 2026.", "November third, twenty twenty six.|November twenty first.|the twenty first of November twenty twenty six." },
	{ "en", "May 2026, may be 5, May I", "May twenty twenty six, may be five, May I" },
	{ "en", "99:99 and 25:00 and 13/13/2026", "ninety nine ninety nine and twenty five zero zero and thirteen thirteen two zero two six" },
	/* money */
	{ "en", "$5, $5.20, $1, $1.01, $0.50", "five dollars, five dollars and twenty cents, one dollar, one dollar and one cent,|fifty cents" },
	{ "en", "\u20ac3.5 million, 12 EUR, \u00a31, $2bn", "three point five million euros, twelve euros, one pound, two billion dollars" },
	/* telephone numbers */
	{ "en", "+1 555 123 4567", "plus one, five five five, one two three, four five six seven" },
	{ "en", "+15551234567.", "plus one, five five five, one two three, four five six seven." },
	{ "en", "(555) 123-4567 or 555-1234", "five five five, one two three, four five six seven or five five five, one two three four" },
	{ "en", "5551234567", "five five five, one two three, four five six seven" },
	/* addresses */
	{ "en", "anna.b-c@example.com!", "anna dot b dash c at example dot com!" },
	{ "en", "see https://www.example.com/a/b?c=d, or example.com/x.", "see example dot com, or example dot com." },
	{ "en", "and/or e.g. this", "and or for example this" },
	/* short forms */
	{ "en", "Dr. Smith met Mrs. Jones etc. And J. Smith.", "doctor Smith met missis Jones et cetera.|And J Smith." },
	{ "en", "No. 5. No. Main St. is St. Mary.", "number five.|No.|Main street is saint Mary." },
	{ "en", "FAQ, USA, PCs, NASA, A4, COVID-19", "F ay Q, U S ay, P Cs, NASA, ay four, COVID nineteen" },
	{ "en", "He sat. It is 6 min. Then", "He sat.|It is six minutes.|Then" },
	/* other languages: what espeak-ng does not do by itself */
	{ "de", "Um 15:30 Uhr, 08:05 Uhr, 9:00 Uhr.", "Um 15 Uhr 30, 8 Uhr 5, 9 Uhr." },
	{ "de", "Am 3.5.2026 und am 3. Mai, der 21. November.", "Am 3. Mai 2026 und am 3. Mai, der 21. November." },
	{ "de", "Das kostet 12,50 \u20ac, 20 %.", "Das kostet 12,50 \u20ac, 20 %." },
	{ "de", "Dr. M\u00fcller, z. B. heute, d.h. jetzt usw. Ja.", "Doktor M\u00fcller, zum Beispiel heute, das hei\u00dft jetzt und so weiter.|Ja." },
	{ "de-AT", "an anna@example.com, +49 171 1234567", "an anna \u00e4tt example Punkt com, plus 4 9, 1 7 1, 1 2 3, 4 5 6 7" },
	{ "pl", "Jest 15:30. example.com", "Jest 15:30.|example . com" },
};

static void join(char *out, size_t size, const struct script_sentence *s)
{
	size_t n = strlen(out);

	snprintf(out + n, size - n, "%s%s", n && *s->spoken.text ? "|" : "", s->spoken.text);
}

/* What holds of every sentence: its groups are in order and lie within it. */
static void check_sentence(const struct script_sentence *s)
{
	unsigned end = 0, words = 0, spaces = *s->spoken.text ? 1 : 0;

	for (size_t i = 0; i < s->count; i++) {
		assert_true(s->groups[i].end > end && s->groups[i].end <= s->bytes);
		assert_true(s->groups[i].words > words);
		end = s->groups[i].end;
		words = s->groups[i].words;
	}
	for (const char *p = s->spoken.text; *p; p++)
		spaces += *p == ' ';
	assert_int_equal(words, s->spoken.words);
	assert_int_equal(spaces, s->spoken.words);
}

static size_t read_all(const char *language, const char *text, size_t n, char *out, size_t size)
{
	struct script script;
	struct script_sentence s;
	size_t at = 0;

	*out = 0;
	script_open(&script, text, n, language);
	while (script_next(&script, &s)) {
		assert_ptr_equal(s.text, text + at);
		check_sentence(&s);
		join(out, size, &s);
		at += s.bytes;
	}
	return at;
}

static void test_cases(void **state)
{
	char out[4096];
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(read_all(cases[i].language, cases[i].text, strlen(cases[i].text), out, sizeof out),
				 strlen(cases[i].text));
		if (strcmp(out, cases[i].spoken) == 0)
			continue;
		print_error("%s\n     is: %s\n should: %s\n", cases[i].text, out, cases[i].spoken);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void test_long_sentences_are_cut(void **state)
{
	static char text[16384], out[65536];
	struct script script;
	struct script_sentence s;
	bool first = true;

	(void)state;
	while (strlen(text) + 20 < sizeof text)
		strcat(text, strlen(text) % 3 ? "one more of them, " : "and something else ");
	script_open(&script, text, strlen(text), "en");
	while (script_next(&script, &s)) {
		assert_true(strlen(s.spoken.text) <= (first ? 110 : 180));
		first = false;
	}
	assert_int_equal(read_all("en", text, strlen(text), out, sizeof out), strlen(text));
}

/* Whatever comes: it ends, nothing is lost, nothing overruns. */
static void test_any_bytes(void **state)
{
	static const char letters[] = "aZ09 .,:;-/+$%@#()[]`*_\n\t\"'\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
	static char out[262144];
	char text[400];

	(void)state;
	srand(1);
	for (int round = 0; round < 5000; round++) {
		size_t n = (size_t)rand() % sizeof text;

		for (size_t i = 0; i < n; i++)
			text[i] = letters[(size_t)rand() % (sizeof letters - 1)];
		assert_int_equal(read_all(round % 2 ? "en" : "de", text, n, out, sizeof out), n);
	}
	memset(text, '9', sizeof text);
	assert_int_equal(read_all("en", text, sizeof text, out, sizeof out), sizeof text);
	memset(text, 'x', sizeof text);
	assert_int_equal(read_all("en", text, sizeof text, out, sizeof out), sizeof text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_long_sentences_are_cut),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
