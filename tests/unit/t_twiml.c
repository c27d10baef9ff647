#include "../../cmd/rd-webhook/twiml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define OPEN "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response>"
#define CLOSE "</Response>\n"
#define URL "wss://phone.example.com/media/00112233445566778899aabbccddeeff"

static void assert_document(const struct twiml *t, const char *inner)
{
	char wanted[1024];

	snprintf(wanted, sizeof wanted, OPEN "%s" CLOSE, inner);
	assert_int_equal(t->n, strlen(wanted));
	assert_memory_equal(t->text, wanted, t->n);
}

static void twiml_writes_the_documents(void **state)
{
	static struct twiml t;

	(void)state;
	assert_int_equal(twiml_stream(&t, NULL, URL, "/next/1"), 0);
	assert_document(&t, "<Connect><Stream url=\"" URL "\"/></Connect><Redirect method=\"POST\">/next/1</Redirect>");
	assert_int_equal(twiml_stream(&t, "ww12#*", URL, "/next/2"), 0);
	assert_document(&t, "<Play digits=\"ww12#*\"/><Connect><Stream url=\"" URL
	                    "\"/></Connect><Redirect method=\"POST\">/next/2</Redirect>");
	assert_int_equal(twiml_hangup(&t), 0);
	assert_document(&t, "<Hangup/>");
	assert_int_equal(twiml_say(&t, "Sorry. Please call again."), 0);
	assert_document(&t, "<Say>Sorry. Please call again.</Say><Hangup/>");
	assert_int_equal(twiml_reject(&t, true), 0);
	assert_document(&t, "<Reject reason=\"busy\"/>");
	assert_int_equal(twiml_reject(&t, false), 0);
	assert_document(&t, "<Reject/>");
	assert_int_equal(twiml_dial(&t, "+15551234567", "/next/3"), 0);
	assert_document(&t, "<Dial method=\"POST\" action=\"/next/3\"><Number>+15551234567</Number></Dial>");
	assert_int_equal(twiml_again(&t, "/next/3"), 0);
	assert_document(&t, "<Pause length=\"1\"/><Redirect method=\"POST\">/next/3</Redirect>");
}

static void twiml_escapes(void **state)
{
	static const struct {
		const char *text, *escaped;
	} cases[] = {
		{ "a & b < c > d \"e\" 'f'", "a &amp; b &lt; c &gt; d &quot;e&quot; &apos;f&apos;" },
		{ "</Say><Dial>+15550100000</Dial>", "&lt;/Say&gt;&lt;Dial&gt;+15550100000&lt;/Dial&gt;" },
		{ "Z\xc3\xbcrich \xe4\xbd\xa0 \xf0\x9f\x91\x8d", "Z\xc3\xbcrich \xe4\xbd\xa0 \xf0\x9f\x91\x8d" },
		{ "tab\tline\nbell\a", "tab\tline\nbell?" },
		{ "latin \xfc.", "latin ?." },
		{ "overlong \xc0\xaf \xe0\x80\xaf", "overlong ?? ???" },
		{ "surrogate \xed\xa0\x80", "surrogate ???" },
		{ "no character \xef\xbf\xbf \xf4\x90\x80\x80", "no character ??? ????" },
		{ "cut \xe4\xbd", "cut ??" },
		{ "\xef\xbb\xbf"
		  "bom",
		  "\xef\xbb\xbf"
		  "bom" },
		{ "", "" },
	};
	static struct twiml t;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char inner[256];

		assert_int_equal(twiml_say(&t, cases[i].text), 0);
		snprintf(inner, sizeof inner, "<Say>%s</Say><Hangup/>", cases[i].escaped);
		assert_document(&t, inner);
	}
}

static void twiml_refuses_what_must_not_be_sent(void **state)
{
	static char text[TWIML_BYTES];
	static struct twiml t;

	(void)state;
	assert_int_equal(twiml_stream(&t, NULL, URL "?token=1", "/next/1"), -1);
	assert_int_equal(twiml_stream(&t, NULL, URL "#ct=1", "/next/1"), -1);
	assert_int_equal(twiml_stream(&t, "12x", URL, "/next/1"), -1);
	memset(text, '&', sizeof text - 1);
	assert_int_equal(twiml_say(&t, text), -1);
	assert_true(t.n <= TWIML_BYTES);
	assert_int_equal(twiml_hangup(&t), 0);
	assert_document(&t, "<Hangup/>");
}

static void twiml_fits_to_the_byte(void **state)
{
	const size_t room = TWIML_BYTES - strlen(OPEN "<Say></Say><Hangup/>" CLOSE);
	static char text[TWIML_BYTES];
	static struct twiml t;

	(void)state;
	memset(text, 'a', room + 1);
	assert_int_equal(twiml_say(&t, text), -1);
	text[room] = '\0';
	assert_int_equal(twiml_say(&t, text), 0);
	assert_int_equal(t.n, TWIML_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(twiml_writes_the_documents),
		cmocka_unit_test(twiml_escapes),
		cmocka_unit_test(twiml_refuses_what_must_not_be_sent),
		cmocka_unit_test(twiml_fits_to_the_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
