#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../cmd/tools/mail/aloud.h"
#include "../../cmd/tools/mail/htmltext.h"
#include "../../cmd/tools/mail/imapreply.h"
#include "../../cmd/tools/mail/message.h"
#include "../../cmd/tools/mail/recipients.h"

static const struct {
	const char *text, *aloud;
} texts[] = {
	{ "", "" },
	{ "Hello\r\nyou\r\n", "Hello you" },
	{ "One\n\n\nTwo\nthree", "One\nTwo three" },
	{ "> old\n>> older\nnew", "new" },
	{ "Yes.\n\nOn Monday, Ben <ben@example.com> wrote:\n> no\n\nBen", "Yes.\nBen" },
	{ "Hi\n-- \nBen Miller\n+1555", "Hi" },
	{ "Hi\n-----Original Message-----\nFrom: x", "Hi" },
	{ "Hi\n____________________\nFrom: x", "Hi" },
	{ "see https://example.com/a?b=c, and <http://x.example>.", "see a link and <a link>." },
	{ "a\tb \x01 c", "a b c" },
	{ "-", "-" },
	{ "--", "" },
	{ ">", "" },
};

static void texts_are_made_for_the_ear(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char *said = aloud_text(texts[i].text);

		assert_string_equal(said, texts[i].aloud);
		free(said);
	}
}

/* Together they are the whole, and each ends where one can stop. */
static void portions_are_whole(void **state)
{
	char text[20000] = "";

	(void)state;
	for (int i = 0; strlen(text) < 15000; i++)
		sprintf(text + strlen(text), i % 7 ? "Sentence %d is here. " : "Straße %d\n", i);
	for (int n = 1; n <= aloud_portions(text); n++) {
		const char *begin = aloud_begin(text, n);
		size_t length = aloud_portion(begin);

		assert_true(length > 0 && length <= ALOUD_PORTION_BYTES);
		assert_non_null(strchr(". \n", begin[length - 1]));
	}
	assert_null(aloud_begin(text, aloud_portions(text) + 1));
	assert_null(aloud_begin("", 1));
	memset(text, 'x', 5000);
	text[5000] = 0;
	assert_int_equal(aloud_portions(text), 6);
}

static const struct {
	const char *page, *text;
} pages[] = {
	{ "<p>Hello <b>you</b></p><div>Bye &amp; thanks</div>", "Hello you Bye & thanks" },
	{ "<head><title>T</title></head><style>x</style><script>y</script>Text", "Text" },
	{ "a<br>b", "a b" },
	{ "<ul><li>one<li>two</ul>", "one two" },
	{ "", "" },
	{ "<<<>>>", NULL },
	{ "<p", NULL },
	{ "&#0;&#xffffff;&nosuch;", NULL },
};

static void pages_become_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		char *text = htmltext(pages[i].page, strlen(pages[i].page)), *said;

		assert_non_null(text);
		said = aloud_text(text);
		for (char *p = said; *p; p++)
			*p = *p == '\n' ? ' ' : *p;
		if (pages[i].text)
			assert_string_equal(said, pages[i].text);
		free(text);
		free(said);
	}
}

static const struct {
	const char *lines;
	long total;
	unsigned long highest, second;
} searches[] = {
	{ "* SEARCH\r\nA3 OK\r\n", 0, 0, 0 },
	{ "* 12 EXISTS\r\n* SEARCH 4 15 6\r\nA3 OK 99\r\n", 3, 15, 6 },
	{ "* SEARCH 4\r\n* SEARCH 5 6\r\n", 3, 6, 5 },
	{ "* search 7\n", 1, 7, 0 },
	{ "* SEARCH 99999999999999999999 0 5", 1, 5, 0 },
	{ "garbage", 0, 0, 0 },
	{ "", 0, 0, 0 },
};

static void searches_are_read(void **state)
{
	unsigned long uids[2], max = 0;
	long count = -1;

	(void)state;
	for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++) {
		long total;
		size_t n;

		uids[0] = uids[1] = 0;
		n = imapreply_search(searches[i].lines, strlen(searches[i].lines), uids, 2, &total);
		assert_int_equal(total, searches[i].total);
		assert_int_equal(n, total < 2 ? total : 2);
		assert_int_equal(uids[0], searches[i].highest);
		assert_int_equal(uids[1], searches[i].second);
	}
	assert_true(imapreply_count("* ESEARCH (TAG \"A3\") UID COUNT 10000 MAX 10014\r\n", 48, &count, &max));
	assert_true(count == 10000 && max == 10014);
	assert_true(imapreply_count("* ESEARCH (TAG \"A3\") UID COUNT 0\r\n", 34, &count, &max));
	assert_int_equal(count, 0);
	assert_false(imapreply_count("* SEARCH 1\r\n", 12, &count, &max));
}

/* What stands in a literal is no reply, whatever it looks like. */
static void literals_are_counted(void **state)
{
	static const char lines[] = "* OK hello\r\n* 1 FETCH (UID 5 FLAGS (\\Seen) BODY[HEADER]<0> {31}\r\n"
				    "* 2 FETCH (UID 6 X {3}\r\nA: b\r\n\r\n)\r\n"
				    "* 2 FETCH (FLAGS () BODY[HEADER] {4}\r\na: b UID 7)\r\nA4 OK\r\n"
				    "* 3 FETCH (UID 8 BODY[] {99}\r\nshort";
	struct imapreply_head h;
	size_t at = 0;

	(void)state;
	assert_true(imapreply_head(lines, sizeof lines - 1, &at, &h));
	assert_true(h.uid == 5 && h.seen && h.n == 31);
	assert_true(imapreply_head(lines, sizeof lines - 1, &at, &h));
	assert_true(h.uid == 7 && !h.seen && h.n == 4 && memcmp(h.bytes, "a: b", 4) == 0);
	assert_false(imapreply_head(lines, sizeof lines - 1, &at, &h));
	at = 0;
	assert_false(imapreply_head("* 1 FETCH (UID 5 {99999999999}\r\n", 32, &at, &h));
}

static const struct {
	const char *to, *first; /* NULL: refused */
	int count;
} wanted[] = {
	{ "Ben", "ben@example.com", 1 },
	{ "ben", "ben@example.com", 1 },
	{ " Carol Ann ;Ben", "carol@example.com", 2 },
	{ "me", "ben@example.com", 1 },
	{ "BEN@example.com", "BEN@example.com", 1 },
	{ "x@example.org", "x@example.org", 1 },
	{ "dora@example.net", "dora@example.net", 1 },
	{ "dora@example.net.evil.example", NULL, 0 },
	{ "x@evil-example.org", NULL, 0 },
	{ "x@sub.example.org", NULL, 0 },
	{ "Eve", NULL, 0 },
	{ "", NULL, 0 },
	{ ",,;", NULL, 0 },
	{ "Ben, Eve", NULL, 0 },
	{ "a@b@example.org", NULL, 0 },
	{ "\"x\"@example.org", NULL, 0 },
	{ "x@example.org\nRCPT TO:<y@z>", NULL, 0 },
};

static void only_some_are_written_to(void **state)
{
	char why[RECIPIENTS_WHY_BYTES], list[RECIPIENTS_LIST_BYTES];
	struct recipients r;

	(void)state;
	setenv("RINGDOWN_CALLER", "+15557654321", 1);
	setenv("RINGDOWN_CONTACTS", "Ben=+15557654321\nCarol Ann=+15557654322", 1);
	setenv("RINGDOWN_MAIL_CONTACTS", "Ben=ben@example.com\nCarol Ann=carol@example.com", 1);
	setenv("RINGDOWN_SETTING_ALLOW", "dora@example.net, @example.org", 1);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		int failed = recipients_read(&r, wanted[i].to, why);

		if ((failed == 0) != (wanted[i].first != NULL) ||
		    (!failed && (strcmp(r.address[0], wanted[i].first) != 0 || r.count != wanted[i].count)))
			fail_msg("%s: %d %s", wanted[i].to, failed, why);
	}
	assert_true(recipients_list(list, sizeof list));
	assert_string_equal(list, "Ben, Carol Ann, me, dora@example.net, anybody at example.org");
	unsetenv("RINGDOWN_MAIL_CONTACTS");
	unsetenv("RINGDOWN_SETTING_ALLOW");
	assert_false(recipients_list(list, sizeof list));
	assert_int_equal(recipients_read(&r, "me", why), -1);
	assert_string_equal(why, "I do not know your own address.");
}

static void made_mails_read_back(void **state)
{
	const char *const to[] = { "ben@example.com", "carol@example.com", NULL };
	struct message_draft d = { .from = "Änne Smith <anna@example.com>",
				   .to = to,
				   .subject = "Grüße\r\nBcc: eve@example.net\r\n\r\nx",
				   .text = "Zürich €5\n.\nFrom here\n",
				   .id = "key@example.com",
				   .at = 1795267800 };
	struct message m;
	size_t n;
	char *mail = message_make(&d, &n);

	(void)state;
	assert_non_null(mail);
	assert_int_equal(strlen(mail), n);
	assert_null(strstr(mail, "\nBcc:"));
	for (const char *p = mail; (p = strchr(p, '\n')); p++)
		assert_true(p > mail && p[-1] == '\r');
	assert_int_equal(message_read(&m, mail, n, true), 0);
	assert_string_equal(m.name, "Änne Smith");
	assert_string_equal(m.address, "anna@example.com");
	assert_string_equal(m.id, "key@example.com");
	assert_non_null(strstr(m.subject, "Grüße"));
	assert_non_null(strstr(m.text, "Zürich €5"));
	assert_int_equal(m.at, d.at);
	message_close(&m);
	free(mail);
	d.from = "nobody";
	assert_null(message_make(&d, &n));
	d.from = "a@example.com, b@example.com";
	assert_null(message_make(&d, &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_made_for_the_ear), cmocka_unit_test(portions_are_whole),
		cmocka_unit_test(pages_become_texts),	      cmocka_unit_test(searches_are_read),
		cmocka_unit_test(literals_are_counted),	      cmocka_unit_test(only_some_are_written_to),
		cmocka_unit_test(made_mails_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
