#include "fetch.h"

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "http.h"

/* Against a server by http.h in the same loop. */

static struct loop loop;
static struct watch door, conversation;
static struct timer limit;
static char url[64], asked[2000], got[70000];
static size_t answer_bytes;
static struct fetch_answer answer;
static int answers;
static bool silent;	     /* the server says nothing */
static struct http *waiting; /* whom it said nothing to */
static int exchanges;
static bool closing;

static void on_request(struct http *h, void *ctx, const struct http_request *r)
{
	static char body[70000];
	char header[32];

	(void)ctx;
	(void)http_header(h, "X-Test", header, sizeof header);
	snprintf(asked, sizeof asked, "%s %s %s %s", r->method, r->target, header, r->body);
	memset(body, 'x', sizeof body);
	if (silent)
		waiting = h;
	else
		assert_int_equal(http_reply(h, 200, "text/plain", body, answer_bytes), 0);
}

static void on_over(struct http *h, void *ctx)
{
	(void)ctx;
	if (h == waiting)
		waiting = NULL;
	if (--exchanges == 0 && closing)
		loop_stop(&loop);
}

static const struct http_calls calls = { .on_request = on_request, .on_over = on_over };

/* A small request comes in one piece over loopback. */
static void on_readable(void *ctx, uint32_t events)
{
	char bytes[2048];
	ssize_t n = recv(conversation.fd, bytes, sizeof bytes, MSG_DONTWAIT);

	(void)ctx;
	(void)events;
	loop_unwatch(&loop, &conversation);
	if (n <= 0) { /* cancelled before, it is none */
		close(conversation.fd);
		return;
	}
	assert_non_null(http_adopt(&loop, conversation.fd, bytes, (size_t)n, 1000, &calls, NULL));
	exchanges++;
}

static void on_caller(void *ctx, uint32_t events)
{
	(void)ctx;
	(void)events;
	conversation = (struct watch){ .name = "conversation", .on = on_readable };
	assert_int_equal(loop_watch(&loop, &conversation, accept(door.fd, NULL, NULL), EPOLLIN), 0);
}

static void on_answer(void *ctx, const struct fetch_answer *a)
{
	(void)ctx;
	answers++;
	answer = *a;
	snprintf(got, sizeof got, "%s", a->why ? a->why : a->body);
	loop_stop(&loop);
}

static void on_limit(void *ctx)
{
	(void)ctx;
	loop_stop(&loop);
}

static void run(void)
{
	loop.stopped = false;
	timer_after(&loop, &limit, 5 * SECOND);
	assert_int_equal(loop_run(&loop), 0);
	timer_stop(&loop, &limit);
}

static int open_all(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t size = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (loop_open(&loop) < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 4) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &size) < 0)
		return -1;
	snprintf(url, sizeof url, "http://127.0.0.1:%d/path?q=1", ntohs(a.sin_port));
	door = (struct watch){ .name = "door", .on = on_caller };
	limit = (struct timer){ .name = "limit", .on = on_limit };
	answers = 0;
	silent = closing = false;
	answer_bytes = 5;
	return loop_watch(&loop, &door, fd, EPOLLIN);
}

static int close_all(void **state)
{
	(void)state;
	closing = true;
	if (waiting)
		http_abort(waiting);
	if (exchanges)
		run();
	assert_int_equal(exchanges, 0);
	loop_unwatch(&loop, &door);
	close(door.fd);
	loop_close(&loop);
	return 0;
}

static void requests_are_answered(void **state)
{
	static const char *const headers[] = { "X-Test: yes", NULL };
	struct fetch_request r = {
		.url = url, .headers = headers, .connect_ms = 1000, .total_ms = 4000, .limit_bytes = 65536
	};

	(void)state;
	assert_non_null(fetch_start(&loop, &r, on_answer, NULL));
	assert_int_equal(answers, 0);
	run();
	assert_int_equal(answers, 1);
	assert_int_equal(answer.status, 200);
	assert_string_equal(got, "xxxxx");
	assert_string_equal(asked, "GET /path?q=1 yes ");
	r.body = "a=b";
	r.body_bytes = 3;
	answer_bytes = 65536;
	assert_non_null(fetch_start(&loop, &r, on_answer, NULL));
	run();
	assert_string_equal(asked, "POST /path?q=1 yes a=b");
	assert_int_equal(answer.body_bytes, 65536);
}

static void failures_say_why(void **state)
{
	struct fetch_request r = { .url = url, .connect_ms = 1000, .total_ms = 300, .limit_bytes = 65536 };

	(void)state;
	answer_bytes = 65537;
	assert_non_null(fetch_start(&loop, &r, on_answer, NULL));
	run();
	assert_int_equal(answer.status, 0);
	assert_string_equal(got, "the answer is too long");
	silent = true;
	assert_non_null(fetch_start(&loop, &r, on_answer, NULL));
	run();
	assert_int_equal(answer.status, 0);
	assert_non_null(strstr(got, "timed out"));
	r.url = "http://127.0.0.1:1/";
	assert_non_null(fetch_start(&loop, &r, on_answer, NULL));
	run();
	assert_int_equal(answers, 3);
	assert_int_equal(answer.status, 0);
	r.url = "file:///etc/passwd";
	assert_non_null(fetch_start(&loop, &r, on_answer, NULL));
	run();
	assert_int_equal(answers, 4);
	assert_int_equal(answer.status, 0);
}

static void what_is_cancelled_does_not_answer(void **state)
{
	struct fetch_request r = { .url = url, .connect_ms = 1000, .total_ms = 4000, .limit_bytes = 10 };
	struct fetch *f;

	(void)state;
	f = fetch_start(&loop, &r, on_answer, NULL);
	assert_non_null(f);
	assert_int_equal(loop_step(&loop, 100), 0);
	fetch_cancel(f);
	loop.stopped = false;
	timer_after(&loop, &limit, 50 * MS);
	assert_int_equal(loop_run(&loop), 0);
	assert_int_equal(answers, 0);
}

/* --- against a server that says what it was told to say */

struct plain_case {
	const char *name;
	struct fetch_request r;
	const char *says; /* NULL: nothing; then the connection is closed if hangs_up */
	bool hangs_up;
	const char *asks; /* stands in the request */
	int status;
	enum fetch_outcome outcome;
	const char *gets; /* stands in the body, or in why */
};

static const char *says;
static bool hangs_up, refuses, cuts_short, stops;
static unsigned callers;
static char head_line[200], streamed[200];

static void on_plain_readable(void *ctx, uint32_t events)
{
	ssize_t n = recv(conversation.fd, asked, sizeof asked - 1, MSG_DONTWAIT);

	(void)ctx;
	(void)events;
	if (n > 0) {
		asked[n] = 0;
		if (says)
			assert_int_equal(write(conversation.fd, says, strlen(says)), (ssize_t)strlen(says));
	}
	if (n <= 0 || hangs_up) {
		loop_unwatch(&loop, &conversation);
		close(conversation.fd);
	}
}

static void on_plain_caller(void *ctx, uint32_t events)
{
	(void)ctx;
	(void)events;
	callers++;
	if (conversation.watched) {
		loop_unwatch(&loop, &conversation);
		close(conversation.fd);
	}
	conversation = (struct watch){ .name = "conversation", .on = on_plain_readable };
	assert_int_equal(loop_watch(&loop, &conversation, accept(door.fd, NULL, NULL), EPOLLIN), 0);
}

static bool may_connect(void *ctx, const struct sockaddr *a, socklen_t n)
{
	(void)ctx;
	assert_int_equal(a->sa_family, AF_INET);
	assert_int_equal(n, sizeof(struct sockaddr_in));
	return !refuses;
}

static void check_plain(const struct plain_case *c)
{
	struct fetch_request r = c->r;

	says = c->says;
	hangs_up = c->hangs_up;
	asked[0] = 0;
	r.url = r.url ? r.url : url;
	r.connect_ms = 1000;
	r.limit_bytes = 10;
	assert_non_null(fetch_start(&loop, &r, on_answer, NULL));
	run();
	if (!strstr(asked, c->asks) || !strstr(got, c->gets))
		fail_msg("%s: asked %s got %s", c->name, asked, got);
	assert_int_equal(answer.status, c->status);
	assert_int_equal(answer.outcome, c->outcome);
	assert_int_equal(answer.cut, r.cut && strlen(got) == 10);
	if (!conversation.watched)
		return;
	loop_unwatch(&loop, &conversation);
	close(conversation.fd);
}

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static void each_request_is_sent_as_ordered_and_its_end_told(void **state)
{
	static const char *const xml[] = { "Content-Type: application/xml", "Depth: 1", NULL };
	static const struct plain_case cases[] = {
		{ "method",
		  { .method = "PROPFIND", .body = "<a/>", .body_bytes = 4, .headers = xml },
		  OK,
		  false,
		  "PROPFIND /path?q=1 HTTP/1.1\r\n",
		  200,
		  FETCH_DONE,
		  "ok" },
		{ "its headers",
		  { .method = "PUT", .body = "<a/>", .body_bytes = 4, .headers = xml },
		  OK,
		  false,
		  "Content-Type: application/xml\r\nDepth: 1\r\n",
		  200,
		  FETCH_DONE,
		  "ok" },
		{ "its body",
		  { .method = "PUT", .body = "<a/>", .body_bytes = 4 },
		  OK,
		  false,
		  "\r\n\r\n<a/>",
		  200,
		  FETCH_DONE,
		  "ok" },
		{ "nothing to post",
		  { .method = "POST" },
		  OK,
		  false,
		  "POST /path?q=1 HTTP/1.1\r\n",
		  200,
		  FETCH_DONE,
		  "ok" },
		{ "delete",
		  { .method = "DELETE" },
		  "HTTP/1.1 204 Gone\r\n\r\n",
		  false,
		  "DELETE /path",
		  204,
		  FETCH_DONE,
		  "" },
		{ "user",
		  { .user = "anna:se:cret" },
		  OK,
		  false,
		  "Authorization: Basic YW5uYTpzZTpjcmV0\r\n",
		  200,
		  FETCH_DONE,
		  "ok" },
		{ "bearer",
		  { .bearer = "T0KEN" },
		  OK,
		  false,
		  "Authorization: Bearer T0KEN\r\n",
		  200,
		  FETCH_DONE,
		  "ok" },
		{ "who asks", { .method = NULL }, OK, false, "User-Agent: ringdown/", 200, FETCH_DONE, "ok" },
		{ "refused",
		  { .body = "x", .body_bytes = 1 },
		  "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
		  false,
		  "POST",
		  404,
		  FETCH_NOT_DONE,
		  "" },
		{ "broken there",
		  { .body = "x", .body_bytes = 1 },
		  "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
		  false,
		  "POST",
		  500,
		  FETCH_UNKNOWN,
		  "" },
		{ "broken there, only read",
		  { .method = "GET" },
		  "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
		  false,
		  "GET",
		  500,
		  FETCH_NOT_DONE,
		  "" },
		{ "hung up", { .body = "x", .body_bytes = 1 }, NULL, true, "POST", 0, FETCH_UNKNOWN, "" },
		{ "hung up, only read", { .method = "GET" }, NULL, true, "GET", 0, FETCH_NOT_DONE, "" },
		{ "broken off",
		  { .method = "PUT", .body = "x", .body_bytes = 1 },
		  "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",
		  true,
		  "PUT",
		  0,
		  FETCH_UNKNOWN,
		  "" },
		{ "nobody there",
		  { .url = "http://127.0.0.1:1/", .body = "x", .body_bytes = 1 },
		  OK,
		  false,
		  "",
		  0,
		  FETCH_NOT_DONE,
		  "connect" },
		{ "too long",
		  { .method = "GET" },
		  "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890",
		  false,
		  "GET",
		  0,
		  FETCH_NOT_DONE,
		  "too long" },
		{ "cut",
		  { .cut = true },
		  "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890",
		  false,
		  "GET",
		  200,
		  FETCH_DONE,
		  "0123456789" },
		{ "idle",
		  { .idle_ms = 50 },
		  "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n0",
		  false,
		  "GET",
		  0,
		  FETCH_NOT_DONE,
		  "nothing came for 50 ms" },
		{ "allowed", { .may_connect = may_connect }, OK, false, "GET", 200, FETCH_DONE, "ok" },
		{ "no mail where pages are read",
		  { .url = "smtp://127.0.0.1:1/", .may_connect = may_connect },
		  OK,
		  false,
		  "",
		  0,
		  FETCH_NOT_DONE,
		  "not supported" },
	};
	const struct fetch_request refused = { .method = "GET", .may_connect = may_connect };

	(void)state;
	door.on = on_plain_caller;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_plain(&cases[i]);
	refuses = true;
	callers = 0;
	check_plain(&(struct plain_case){ "not allowed", refused, OK, false, "", 0, FETCH_NOT_DONE, "not allowed" });
	assert_int_equal(callers, 0);
	refuses = false;
}

static struct fetch *streaming;

static void on_head(void *ctx, const struct fetch_answer *a)
{
	(void)ctx;
	snprintf(head_line, sizeof head_line, "%d %s %s", a->status, a->type, fetch_header(a, "mcp-session-id"));
	assert_null(fetch_header(a, "Not-There"));
	if (cuts_short)
		fetch_cancel(streaming);
	if (cuts_short)
		loop_stop(&loop);
}

static void on_bytes(void *ctx, const char *bytes, size_t n)
{
	size_t at = strlen(streamed);

	(void)ctx;
	snprintf(streamed + at, sizeof streamed - at, "%.*s", (int)n, bytes);
	if (stops) {
		fetch_cancel(streaming);
		loop_stop(&loop);
	}
}

static void a_stream_is_told_as_it_comes(void **state)
{
	struct fetch_request r = { .url = url, .connect_ms = 1000, .on_head = on_head, .on_bytes = on_bytes };

	(void)state;
	door.on = on_plain_caller;
	hangs_up = false;
	says = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nMcp-Session-Id: abc\r\n"
	       "Content-Length: 26\r\n\r\nabcdefghijklmnopqrstuvwxyz";
	streamed[0] = 0;
	assert_non_null(streaming = fetch_start(&loop, &r, on_answer, NULL));
	run();
	assert_string_equal(head_line, "200 text/event-stream abc");
	assert_string_equal(streamed, "abcdefghijklmnopqrstuvwxyz");
	assert_int_equal(answer.body_bytes, 0);
	assert_int_equal(answers, 1);
	cuts_short = true; /* and then nothing more is heard of it */
	streamed[0] = 0;
	assert_non_null(streaming = fetch_start(&loop, &r, on_answer, NULL));
	run();
	assert_string_equal(streamed, "");
	cuts_short = false;
	stops = true;
	assert_non_null(streaming = fetch_start(&loop, &r, on_answer, NULL));
	run();
	assert_int_equal(answers, 1);
	stops = false;
	loop_unwatch(&loop, &conversation);
	close(conversation.fd);
}

static void a_pool_keeps_connections_open(void **state)
{
	struct fetch_request r = { .url = url, .connect_ms = 1000, .limit_bytes = 10 };

	(void)state;
	door.on = on_plain_caller;
	says = OK;
	hangs_up = false;
	callers = 0;
	assert_non_null(r.pool = fetch_pool_open(&loop));
	for (int i = 0; i < 3; i++) {
		assert_non_null(fetch_start(&loop, &r, on_answer, NULL));
		run();
		assert_int_equal(answer.status, 200);
	}
	assert_int_equal(callers, 1);
	says = NULL; /* one that waits ends with the pool, without a word */
	assert_non_null(fetch_start(&loop, &r, on_answer, NULL));
	assert_int_equal(loop_step(&loop, 100), 0);
	fetch_pool_close(r.pool);
	assert_int_equal(answers, 3);
	loop_unwatch(&loop, &conversation);
	close(conversation.fd);
}

/* What changes something is not sent again by libcurl when a connection that was kept open breaks. */
static void nothing_is_sent_twice(void **state)
{
	struct fetch_request r = { .url = url, .connect_ms = 1000, .limit_bytes = 10, .body = "x", .body_bytes = 1 };

	(void)state;
	door.on = on_plain_caller;
	says = OK;
	hangs_up = false;
	callers = 0;
	assert_non_null(r.pool = fetch_pool_open(&loop));
	assert_non_null(fetch_start(&loop, &r, on_answer, NULL));
	run();
	says = NULL;
	hangs_up = true;
	assert_non_null(fetch_start(&loop, &r, on_answer, NULL));
	run();
	assert_int_equal(answer.status, 0);
	assert_int_equal(answer.outcome, FETCH_UNKNOWN);
	assert_string_equal(got, "the connection broke before there was an answer");
	fetch_pool_close(r.pool);
	if (conversation.watched) {
		loop_unwatch(&loop, &conversation);
		close(conversation.fd);
	}
}

static void this_machine_is_known_by_its_names(void **state)
{
	static const struct {
		const char *url;
		bool is;
	} cases[] = {
		{ "http://localhost/", true },
		{ "http://127.0.0.1:8080/x", true },
		{ "smtp://127.3.2.1/", true },
		{ "http://[::1]:9/", true },
		{ "http://example.com/", false },
		{ "http://127.0.0.1.example.com/", false },
		{ "http://localhost@example.com/", false },
		{ "not a url", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(fetch_is_loopback(cases[i].url), cases[i].is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(requests_are_answered, open_all, close_all),
		cmocka_unit_test_setup_teardown(failures_say_why, open_all, close_all),
		cmocka_unit_test_setup_teardown(what_is_cancelled_does_not_answer, open_all, close_all),
		cmocka_unit_test_setup_teardown(each_request_is_sent_as_ordered_and_its_end_told, open_all, close_all),
		cmocka_unit_test_setup_teardown(a_stream_is_told_as_it_comes, open_all, close_all),
		cmocka_unit_test_setup_teardown(a_pool_keeps_connections_open, open_all, close_all),
		cmocka_unit_test_setup_teardown(nothing_is_sent_twice, open_all, close_all),
		cmocka_unit_test(this_machine_is_known_by_its_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
