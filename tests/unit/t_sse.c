#include "sse.h"

#include <cmocka.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *stream, *events; /* name=data; each */
	const char *last_id;
	long retry_ms;
} cases[] = {
	{ "data: a\n\n", "message=a;", "", 0 },
	{ "data:a\r\n\r\n", "message=a;", "", 0 },
	{ "data: a\r\rdata: b\r\r", "message=a;message=b;", "", 0 },
	{ "data: a\r\n\r\ndata: b\r\n\r\n", "message=a;message=b;", "", 0 },
	{ "data:  a\n\n", "message= a;", "", 0 },
	{ "data: a\ndata: b\ndata\ndata: c\n\n", "message=a\nb\n\nc;", "", 0 },
	{ "event: endpoint\ndata: /x\n\ndata: y\n\n", "endpoint=/x;message=y;", "", 0 },
	{ ": hello\n:\ndata: a\n: more\ndata: b\n\n", "message=a\nb;", "", 0 },
	{ "id: 7\ndata:\n\n", "message=;", "7", 0 },
	{ "id: 7\ndata\n\n", "message=;", "7", 0 },
	{ "id: 7\n\ndata: a\n\n", "message=a;", "7", 0 },
	{ "id: 7\ndata: a\n\nid\ndata: b\n\n", "message=a;message=b;", "", 0 },
	{ "id: 7\ndata: a\n\nid: 8\ndata: half", "message=a;", "7", 0 },
	{ "retry: 500\nid: x\ndata: a\n\n", "message=a;", "x", 500 },
	{ "retry: 5s\nretry:\nretry: -1\nretry: 99999999999\n\n", "", "", 0 },
	{ "other: x\nda ta: y\ndata : z\n\n", "", "", 0 },
	{ "\xef\xbb\xbf"
	  "data: a\n\n",
	  "message=a;", "", 0 },
	{ "\n\n\ndata: a\n\n\n\n", "message=a;", "", 0 },
	{ "data: \xc3\xa4\n\n", "message=\xc3\xa4;", "", 0 },
	{ "", "", "", 0 },
};

static char told[400];
static int stop_after;

static bool on_event(struct sse *s, const struct sse_event *e)
{
	size_t n = strlen(told);

	assert_int_equal(e->data[e->data_bytes], 0);
	snprintf(told + n, sizeof told - n, "%s=%s;", e->name, e->data);
	if (--stop_after != 0)
		return true;
	sse_close(s);
	memset(s, 0xee, sizeof *s);
	return false;
}

/* Whole, and in pieces of every size. */
static void streams_are_read_however_they_are_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t piece = 1, n = strlen(cases[i].stream); piece <= n + 1; piece++) {
			struct sse s = { .limit = 100, .on_event = on_event };

			told[0] = 0;
			for (size_t at = 0; at < n; at += piece)
				assert_int_equal(sse_feed(&s, cases[i].stream + at, n - at < piece ? n - at : piece),
						 0);
			assert_string_equal(told, cases[i].events);
			assert_string_equal(s.last_id, cases[i].last_id);
			assert_int_equal(s.retry_ms, cases[i].retry_ms);
			sse_close(&s);
		}
}

static void what_is_too_long_is_refused(void **state)
{
	struct sse s = { .limit = 10, .on_event = on_event };
	char id[SSE_ID_BYTES + 10];

	(void)state;
	told[0] = 0;
	assert_int_equal(sse_feed(&s, "data:0123456789", 15), -1);
	assert_int_equal(errno, EMSGSIZE);
	sse_begin(&s);
	assert_int_equal(sse_feed(&s, "data: 1234\ndata: 1234\ndata: 12\n\n", 32), -1);
	assert_int_equal(errno, EMSGSIZE);
	sse_begin(&s);
	assert_int_equal(sse_feed(&s, "data: 12\n\n", 10), 0);
	assert_string_equal(told, "message=12;");
	s.limit = 1000;
	memset(id, 'x', sizeof id);
	assert_int_equal(sse_feed(&s, "id:", 3), 0);
	assert_int_equal(sse_feed(&s, id, sizeof id), 0);
	assert_int_equal(sse_feed(&s, "\nid: a\0b\n\n", 10), 0);
	assert_string_equal(s.last_id, "");
	sse_close(&s);
}

static void a_new_stream_begins_anew_behind_the_last_id(void **state)
{
	struct sse s = { .limit = 100, .on_event = on_event };

	(void)state;
	told[0] = 0;
	assert_int_equal(sse_feed(&s, "id: 7\ndata: a\n\nid: 8\nevent: x\ndata: lost", 41), 0);
	sse_begin(&s);
	assert_int_equal(sse_feed(&s, "data: b\n\n", 9), 0);
	assert_string_equal(told, "message=a;message=b;");
	assert_string_equal(s.last_id, "7");
	sse_close(&s);
}

static void who_has_enough_may_free_it(void **state)
{
	struct sse s = { .limit = 100, .on_event = on_event };

	(void)state;
	told[0] = 0;
	stop_after = 1;
	assert_int_equal(sse_feed(&s, "data: a\n\ndata: b\n\n", 18), 0);
	assert_string_equal(told, "message=a;");
	stop_after = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_are_read_however_they_are_cut),
		cmocka_unit_test(what_is_too_long_is_refused),
		cmocka_unit_test(a_new_stream_begins_anew_behind_the_last_id),
		cmocka_unit_test(who_has_enough_may_free_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
