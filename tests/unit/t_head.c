#include "../../cmd/rd-webhook/head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define HOST "Host: phone.example.com\r\n"
#define TOKEN "00112233445566778899aabbccddeeff"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define UPGRADE "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" KEY
#define GET_MEDIA "GET /media/" TOKEN " HTTP/1.1\r\n" HOST

/* As Twilio's media client sends it (twilio.md 2.4), names in lower case. */
static const char twilio_upgrade[] =
	"GET /media/" TOKEN " HTTP/1.1\r\nhost: phone.example.com\r\nuser-agent: Twilio.TmeWs/1.0\r\n"
	"connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
	"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	"x-twilio-signature: rKSAC4qp5z6WpGNI24yfC6SYyWE=\r\n\r\n";

/* Parsed at each length from 0, each time in memory of exactly that length. */
static enum head_state read_byte_by_byte(struct head *h, char **bytes, const char *text, size_t n)
{
	enum head_state state = HEAD_MORE;

	*bytes = NULL;
	for (size_t i = 0; i <= n && state == HEAD_MORE; i++) {
		free(*bytes);
		*bytes = malloc(i ? i : 1);
		memcpy(*bytes, text, i);
		state = head_read(h, *bytes, i);
	}
	return state;
}

static void head_reads_a_twilio_upgrade(void **state)
{
	char *bytes, token[TOKEN_CHARS + 1], signature[32];
	struct head h;

	(void)state;
	assert_int_equal(read_byte_by_byte(&h, &bytes, twilio_upgrade, strlen(twilio_upgrade)), HEAD_WHOLE);
	assert_int_equal(h.bytes, strlen(twilio_upgrade));
	assert_true(head_equal(h.method, "GET"));
	assert_true(head_equal(h.target, "/media/" TOKEN));
	assert_int_equal(h.minor, 1);
	assert_int_equal(h.count, 7);
	assert_int_equal(head_upgrade(&h), 1);
	assert_true(head_media_token(&h, token));
	assert_string_equal(token, TOKEN);
	assert_int_equal(head_text(&h, "X-Twilio-Signature", signature, sizeof signature), 0);
	assert_string_equal(signature, "rKSAC4qp5z6WpGNI24yfC6SYyWE=");
	assert_int_equal(head_text(&h, "X-Twilio-Signature", signature, 28), -1);
	assert_string_equal(signature, "");
	free(bytes);
}

static void head_leaves_the_body_alone(void **state)
{
	static const char text[] =
		"POST /twiml?tenant=7 HTTP/1.1\r\n" HOST "Content-Length:  11 \r\nX-Empty:\r\n\r\nCallSid=CA1";
	struct head h;

	(void)state;
	assert_int_equal(head_read(&h, text, strlen(text)), HEAD_WHOLE);
	assert_string_equal(text + h.bytes, "CallSid=CA1");
	assert_int_equal(h.content_length, 11);
	assert_true(head_equal(head_path(&h), "/twiml"));
	assert_true(head_equal(head_query(&h), "tenant=7"));
	assert_true(head_equal(*head_get(&h, "x-empty"), ""));
	assert_null(head_get(&h, "x-absent"));
	assert_int_equal(head_upgrade(&h), 0);
}

static const struct {
	const char *text;
	int status; /* 0: whole */
} cases[] = {
	{ "GET / HTTP/1.1\r\n" HOST "\r\n", 0 },
	{ "GET / HTTP/1.0\r\n\r\n", 0 },
	{ "GET /? HTTP/1.1\r\n" HOST "\r\n", 0 },
	{ "M-SEARCH /a%20b HTTP/1.1\r\n" HOST "\r\n", 0 },
	{ "GET / HTTP/1.1\r\n" HOST "X: caf\xc3\xa9\tau lait\r\n\r\n", 0 },
	/* lines */
	{ "\r\n\r\n", 400 },
	{ "\r\nGET / HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET / HTTP/1.1\nHost: a\n\n", 400 },
	{ "GET / HTTP/1.1\r\n" HOST "A: b\rC: d\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\n" HOST "A: b\n\r\n", 400 },
	{ "\x16\x03\x01", 400 }, /* TLS on a clear port */
	{ "GET / HTTP/1.1\r\n" HOST "A: \x7f\r\n\r\n", 400 },
	/* request lines */
	{ "GET /\r\n\r\n", 400 },
	{ "GET\r\n\r\n", 400 },
	{ "GET  / HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET / HTTP/1.1 \r\n" HOST "\r\n", 400 },
	{ "GET /a b HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ " GET / HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "G(T / HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET * HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET http://phone.example.com/ HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /#a HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET /\xc3\xbc HTTP/1.1\r\n" HOST "\r\n", 400 },
	{ "GET / http/1.1\r\n" HOST "\r\n", 400 },
	{ "GET / HTTP/2.0\r\n" HOST "\r\n", 505 },
	{ "GET / HTTP/1.2\r\n" HOST "\r\n", 505 },
	{ "PRI * HTTP/2.0\r\n\r\n", 505 },
	/* headers */
	{ "GET / HTTP/1.1\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\n" HOST HOST "\r\n", 400 },
	{ "GET / HTTP/1.1\r\n" HOST "A : b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\n" HOST ": b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\n" HOST "A\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\n" HOST "A: b\r\n\tc: d\r\n\r\n", 400 },
	/* bodies */
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 0 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 999999999\r\n\r\n", 0 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 1234567890\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 1, 1\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\ncontent-length: 1\r\n\r\n", 400 },
	{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", 411 },
	{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
};

static void head_refuses_what_is_ambiguous(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t n = strlen(cases[i].text);
		char *bytes;
		struct head h = { 0 };

		for (int slowly = 0; slowly <= 1; slowly++) {
			enum head_state got;

			bytes = NULL;
			got = slowly ? read_byte_by_byte(&h, &bytes, cases[i].text, n)
			             : head_read(&h, cases[i].text, n);
			if (got != (cases[i].status ? HEAD_BAD : HEAD_WHOLE))
				fail_msg("%d for: %s", got, cases[i].text);
			if (cases[i].status)
				assert_int_equal(h.status, cases[i].status);
			free(bytes);
		}
	}
}

static void head_is_bounded(void **state)
{
	static const char start[] = "GET / HTTP/1.1\r\n" HOST "A: ";
	static char text[HEAD_BYTES + 8];
	struct head h;

	(void)state;
	memset(text, 'a', sizeof text);
	memcpy(text, start, strlen(start));
	assert_int_equal(head_read(&h, text, HEAD_BYTES - 1), HEAD_MORE);
	assert_int_equal(head_read(&h, text, HEAD_BYTES), HEAD_BAD);
	assert_int_equal(h.status, 431);
	memcpy(text + HEAD_BYTES - 4, "\r\n\r\n", 4);
	assert_int_equal(head_read(&h, text, sizeof text), HEAD_WHOLE);
	assert_int_equal(h.bytes, HEAD_BYTES);
	memcpy(text + HEAD_BYTES - 4, "a\r\n\r\n", 5);
	assert_int_equal(head_read(&h, text, sizeof text), HEAD_BAD);
	assert_int_equal(h.status, 431);
}

static void head_bounds_the_headers(void **state)
{
	char text[1024] = "GET / HTTP/1.1\r\n" HOST;
	struct head h;

	(void)state;
	for (size_t i = 1; i < HEAD_FIELDS; i++)
		memcpy(text + strlen(text), "A: b\r\n", 7);
	memcpy(text + strlen(text), "\r\n", 3);
	assert_int_equal(head_read(&h, text, strlen(text)), HEAD_WHOLE);
	assert_int_equal(h.count, HEAD_FIELDS);
	assert_null(head_get(&h, "a"));
	memcpy(text + strlen(text) - 2, "A: b\r\n\r\n", 9);
	assert_int_equal(head_read(&h, text, strlen(text)), HEAD_BAD);
	assert_int_equal(h.status, 431);
}

static void head_tells_upgrades(void **state)
{
	static const struct {
		const char *text;
		int upgrade;
	} upgrades[] = {
		{ GET_MEDIA UPGRADE "\r\n", 1 },
		{ GET_MEDIA "\r\n", 0 },
		{ GET_MEDIA
		  "CONNECTION: keep-alive , upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n" KEY "\r\n",
		  1 },
		{ GET_MEDIA "Connection: keep-alive\r\n" UPGRADE "\r\n", 1 },
		{ GET_MEDIA "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", 0 },
		{ GET_MEDIA "Connection: close\r\nUpgrade: websocket\r\n\r\n", 0 },
		{ "POST / HTTP/1.1\r\n" HOST UPGRADE "\r\n", -1 },
		{ "GET / HTTP/1.0\r\n" UPGRADE "\r\n", -1 },
		{ GET_MEDIA UPGRADE "Content-Length: 1\r\n\r\n", -1 },
		{ GET_MEDIA UPGRADE KEY "\r\n", -1 },
		{ GET_MEDIA "Connection: Upgrade\r\nUpgrade: websocket\r\n" KEY "\r\n", -1 },
		{ GET_MEDIA "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n" KEY "\r\n",
		  -1 },
		{ GET_MEDIA "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
		            "Sec-WebSocket-Key: short==\r\n\r\n",
		  -1 },
	};
	struct head h;

	(void)state;
	for (size_t i = 0; i < sizeof upgrades / sizeof upgrades[0]; i++) {
		assert_int_equal(head_read(&h, upgrades[i].text, strlen(upgrades[i].text)), HEAD_WHOLE);
		if (head_upgrade(&h) != upgrades[i].upgrade)
			fail_msg("%d for: %s", head_upgrade(&h), upgrades[i].text);
	}
}

static void head_finds_the_token(void **state)
{
	static const struct {
		const char *target;
		bool token;
	} targets[] = {
		{ "/media/" TOKEN, true },      { "/media/" TOKEN "/", false }, { "/media/" TOKEN "?a=b", false },
		{ "/media/" TOKEN "0", false }, { "/media/0011", false },       { "/Media/" TOKEN, false },
		{ "/medias" TOKEN, false },     { "/" TOKEN, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
		char text[256], token[TOKEN_CHARS + 1] = "";
		struct head h;

		snprintf(text, sizeof text, "GET %s HTTP/1.1\r\n" HOST "\r\n", targets[i].target);
		assert_int_equal(head_read(&h, text, strlen(text)), HEAD_WHOLE);
		assert_int_equal(head_media_token(&h, token), targets[i].token);
		assert_string_equal(token, targets[i].token ? TOKEN : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head_reads_a_twilio_upgrade),    cmocka_unit_test(head_leaves_the_body_alone),
		cmocka_unit_test(head_refuses_what_is_ambiguous), cmocka_unit_test(head_is_bounded),
		cmocka_unit_test(head_bounds_the_headers),        cmocka_unit_test(head_tells_upgrades),
		cmocka_unit_test(head_finds_the_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
