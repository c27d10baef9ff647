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
static char url[64], asked[200], got[70000];
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
	assert_string_equal(got, "Timeout was reached");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(requests_are_answered, open_all, close_all),
		cmocka_unit_test_setup_teardown(failures_say_why, open_all, close_all),
		cmocka_unit_test_setup_teardown(what_is_cancelled_does_not_answer, open_all, close_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
