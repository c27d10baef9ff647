#include "paragraphs.h"

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *text, *said; /* paragraphs with | between them */
	bool markdown;
} cases[] = {
	{ "plain text", "Dear Anna,\r\nhow are you?\r\n\r\n\r\nBye *now*.\n", "Dear Anna, how are you?|Bye *now*.", false },
	{ "nothing", "", "", true },
	{ "blank lines", "\n \n\t\n", "", true },
	{ "a byte order mark", "\xef\xbb\xbf# T\n", "T.", true },
	{ "headings", "# One #\ntext\n## Two?\nThree\n=====\nFour\n----\n", "One.|text|Two?|Three.|Four.", true },
	{ "no headings", "#one\n####### seven\n", "#one ####### seven", true },
	{ "lists", "- a\n- b\n  goes on\n* [x] c!\n+ d\n12. e\n3) f\n", "a.|b goes on.|c!|d.|12. e.|3) f.", true },
	{ "emphasis", "**a** _b_ *c*d 2 * 3 a_b_c `x` ~~y~~ \\*z\\*", "a b cd 2 * 3 a_b_c x y *z*", true },
	{ "links", "[words](http://x/(y) \"t\") ![pic](p.png) [a][b] [^1] [c] <https://d.e> <m@n.o>",
	  "words pic a c https://d.e m@n.o", true },
	{ "tags and entities", "<b>x</b> <br/> a < b &lt;&amp;&quot; &unknown;", "x a < b <&\" &unknown;", true },
	{ "code is left out", "a\n```c\nint x;\n```\nb\n~~~\nunclosed\n", "a|b", true },
	{ "front matter and comments", "---\na: b\n---\nx <!-- y\n\nz --> w\n", "x|w", true },
	{ "rules and quotes", "a\n\n---\n> b\n>> c\n\n***\nd", "a|b c|d", true },
	{ "tables", "|a|b|c|d|\n|-|:-:|-|-|\n| 1 | | 2 | 3|\n", "a, b, c, d.|1, 2, 3.", true },
	{ "unclosed marks", "[a](b\n\n**c\n\n<d\n\n!\n\n]\n\n\\", "ab|c|<d|!|\\", true },
	{ "a bell", "a\a\fb", "a b", false },
};

static void documents_become_speech(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct paragraphs p = { .count = 0 };
		char *text = strdup(cases[i].text), all[500] = "";

		assert_int_equal(paragraphs_make(&p, text, cases[i].markdown), 0);
		for (size_t k = 0; k < p.count; k++) {
			strcat(all, k ? "|" : "");
			strcat(all, p.all[k]);
		}
		if (strcmp(all, cases[i].said) != 0)
			fail_msg("%s: \"%s\"", cases[i].name, all);
		paragraphs_close(&p);
		free(text);
	}
}

/* No paragraph is longer than the limit, none is lost, characters stay whole. */
static void long_ones_are_cut(void **state)
{
	static const char *const pieces[] = { "This is a sentence. ", "word ", "x", "\xc3\xa4" };

	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		size_t n = strlen(pieces[i]), total = 0, times = 5000 / n;
		char *text = calloc(1, n * times + 1);
		struct paragraphs p = { .count = 0 };

		for (size_t k = 0; k < times; k++)
			memcpy(text + k * n, pieces[i], n);
		assert_int_equal(paragraphs_make(&p, text, i % 2), 0);
		assert_true(p.count >= 5);
		for (size_t k = 0; k < p.count; k++) {
			assert_in_range(strlen(p.all[k]), 1, PARAGRAPHS_BYTES_MAX);
			assert_int_not_equal((unsigned char)p.all[k][0] & 0xc0, 0x80);
			total += strlen(p.all[k]) + (i < 2 && k + 1 < p.count);
		}
		assert_int_equal(total, n * times - (i < 2));
		paragraphs_close(&p);
		free(text);
	}
}

static const struct {
	const char *text, *title; /* NULL: none */
} titles[] = {
	{ "# The *Plan*\n\ntext", "The Plan." }, { "\n\nPlan\n====\n", "Plan." }, { "---\na: b\n---\n## Plan.\n", "Plan." },
	{ "text\n# Plan\n", NULL },		{ "", NULL },			{ "#\n", NULL },
};

static void the_first_heading_is_the_title(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
		struct paragraphs p = { .count = 0 };
		char *text = strdup(titles[i].text);

		assert_int_equal(paragraphs_make(&p, text, true), 0);
		if (p.titled != (titles[i].title != NULL) || (p.titled && strcmp(p.all[0], titles[i].title) != 0))
			fail_msg("%s: \"%s\"", titles[i].text, p.count ? p.all[0] : "");
		paragraphs_close(&p);
		free(text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_become_speech),
		cmocka_unit_test(long_ones_are_cut),
		cmocka_unit_test(the_first_heading_is_the_title),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
