#include "url.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

static void urls_are_taken_to_pieces(void **state)
{
	static const struct {
		const char *text, *host, *target, *authority, *again;
		int port;
		bool tls;
	} cases[] = {
		{ "https://phone.example.com/twiml", "phone.example.com", "/twiml", "phone.example.com",
		  "https://phone.example.com/twiml", 443, true },
		{ "http://127.0.0.1:8080", "127.0.0.1", "/", "127.0.0.1:8080", "http://127.0.0.1:8080/", 8080, false },
		{ "wss://a:443/media/x?y=%2F&z", "a", "/media/x?y=%2F&z", "a", "wss://a:443/media/x?y=%2F&z", 443,
		  true },
		{ "ws://[::1]:80/x#ct=2000", "::1", "/x", "[::1]", "ws://[::1]:80/x", 80, false },
		{ "https://a?q=1", "a", "/?q=1", "a", "https://a/?q=1", 443, true },
	};
	char text[URL_BYTES];
	struct url u;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(url_read(&u, cases[i].text), 0);
		assert_string_equal(u.host, cases[i].host);
		assert_string_equal(u.target, cases[i].target);
		assert_int_equal(u.port, cases[i].port);
		assert_int_equal(u.tls, cases[i].tls);
		assert_string_equal(url_authority(&u, text, sizeof text), cases[i].authority);
		assert_string_equal(url_print(&u, text, sizeof text), cases[i].again);
	}
}

static void what_is_no_url_is_refused(void **state)
{
	static const char *const texts[] = { "",
					     "phone.example.com",
					     "ftp://a/",
					     "http://",
					     "http:///x",
					     "http://a:/",
					     "http://a:0/",
					     "http://a:65536/",
					     "http://a:1x/",
					     "http://u:p@a/",
					     "http://a/b c",
					     "http://a/\r\nX: y",
					     "HTTP://a/",
					     "http://[::1/",
					     "http://[::1]x/" };
	static char text[URL_BYTES + 16] = "http://a/";
	struct url u;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_int_equal(url_read(&u, texts[i]), -1);
	memset(text + 9, 'x', URL_BYTES - 9 - 1);
	assert_int_equal(url_read(&u, text), 0);
	text[URL_BYTES - 1] = 'x';
	assert_int_equal(url_read(&u, text), -1);
}

static void relative_urls_are_resolved(void **state)
{
	static const struct {
		const char *base, *text, *whole;
	} cases[] = {
		{ "https://a.example.com:8443/tw/iml?x=1", "/next/1", "https://a.example.com:8443/next/1" },
		{ "https://a.example.com/tw/iml?x=1", "next", "https://a.example.com/tw/next" },
		{ "https://a.example.com/tw/iml?x=1", "?y=2", "https://a.example.com/tw/iml?y=2" },
		{ "https://a.example.com/tw/iml?x=1", "", "https://a.example.com/tw/" },
		{ "https://a.example.com/", "wss://b.example.com/m", "wss://b.example.com/m" },
		{ "https://a.example.com/", "/next?to=https://b.example.com/",
		  "https://a.example.com/next?to=https://b.example.com/" },
	};
	char text[URL_BYTES];
	struct url base, u;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(url_read(&base, cases[i].base), 0);
		assert_int_equal(url_resolve(&u, &base, cases[i].text), 0);
		assert_string_equal(url_print(&u, text, sizeof text), cases[i].whole);
	}
	assert_int_equal(url_resolve(&u, &base, "//b.example.com/ x"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_are_taken_to_pieces),
		cmocka_unit_test(what_is_no_url_is_refused),
		cmocka_unit_test(relative_urls_are_resolved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
