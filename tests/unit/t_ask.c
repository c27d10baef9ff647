#include "ask.h"

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api.h"
#include "clock.h"

/* A server in a thread: so many connections, on each one request is read and the words are its answer. */
struct server {
	int fd, port;
	const char *const *answers; /* NULL behind the last */
	char asked[8][600];
	pthread_t thread;
};

static void *serve(void *ctx)
{
	struct server *s = ctx;

	for (int i = 0; s->answers[i] && i < 8; i++) {
		int fd = accept(s->fd, NULL, NULL);
		size_t have = 0;
		ssize_t n = 1;

		if (fd < 0)
			break;
		while (n > 0 && have < sizeof s->asked[i] - 1 && !strstr(s->asked[i], "\r\n\r\n")) {
			n = read(fd, s->asked[i] + have, sizeof s->asked[i] - 1 - have);
			have += n > 0 ? (size_t)n : 0;
			s->asked[i][have] = 0;
		}
		(void)!write(fd, s->answers[i], strlen(s->answers[i]));
		close(fd);
	}
	return NULL;
}

static void open_server(struct server *s, const char *const *answers)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof a;

	*s = (struct server){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .answers = answers };
	assert_int_equal(bind(s->fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(s->fd, 8), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&a, &size), 0);
	s->port = ntohs(a.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void close_server(struct server *s)
{
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	close(s->fd);
}

#define HEAD "HTTP/1.1 200 OK\r\nConnection: close\r\n"

static void answers_are_copied(void **state)
{
	static const char *const answers[] = { HEAD "ETag: \"7\"\r\nContent-Type: text/x\r\nContent-Length: 5\r\n\r\nhello",
					       "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
					       NULL };
	struct server s;
	struct ask session;
	struct ask_answer a;
	char url[64], next[64];
	struct fetch_request r = { .url = url, .connect_ms = 5000, .total_ms = 20000, .limit_bytes = 1000 };

	(void)state;
	open_server(&s, answers);
	snprintf(url, sizeof url, "http://127.0.0.1:%d/a", s.port);
	snprintf(next, sizeof next, "http://127.0.0.1:%d/b", s.port);
	assert_int_equal(ask_open(&session), 0);
	ask_for(&session, &a, &r, NULL);
	assert_int_equal(a.status, 200);
	assert_int_equal(a.outcome, FETCH_DONE);
	assert_string_equal(a.body, "hello");
	assert_string_equal(a.etag, "\"7\"");
	assert_string_equal(a.type, "text/x");
	assert_null(a.location);
	ask_answer_close(&a);
	ask_for(&session, &a, &r, NULL);
	assert_int_equal(a.status, 302);
	assert_string_equal(a.location, next);
	assert_string_equal(a.body, "");
	ask_answer_close(&a);
	session.until_us = clock_us(); /* over */
	ask_for(&session, &a, &r, NULL);
	assert_int_equal(a.status, 0);
	assert_int_equal(a.outcome, FETCH_NOT_DONE);
	assert_string_equal(a.why, "there is no time left");
	ask_answer_close(&a);
	ask_close(&session);
	ask_close(&session);
	close_server(&s);
}

static void words_are_escaped(void **state)
{
	char out[40], small[8];

	(void)state;
	assert_string_equal(ask_escape("a b&c=\xc3\xa9~-._/?#%\n", out, sizeof out), "a%20b%26c%3D%C3%A9~-._%2F%3F%23%25%0A");
	assert_string_equal(ask_escape("abcdefghij", small, sizeof small), "abcde");
	assert_string_equal(ask_escape("", out, sizeof out), "");
}

static void what_only_reads_is_repeated(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
		HEAD "Content-Length: 7\r\n\r\n{\"a\":1}",
		"HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 429 No\r\nConnection: close\r\nRetry-After: 3600\r\nContent-Length: 2\r\n\r\n{}",
		NULL,
	};
	struct server s;
	struct api api;
	struct api_reply r;
	struct trouble t;
	char base[64];

	(void)state;
	open_server(&s, answers);
	snprintf(base, sizeof base, "http://127.0.0.1:%d/v1/", s.port);
	assert_int_equal(api_open(&api, base, 30), 0);
	api.bearer = "key";
	api_call(&api, "GET", "/x", NULL, NULL, &r); /* 503, then it is there */
	assert_int_equal(r.answer.status, 200);
	assert_non_null(r.json);
	api_reply_close(&r);
	api_call(&api, "POST", "/y", "id1", NULL, &r); /* what changes something is not repeated */
	assert_int_equal(r.answer.status, 503);
	assert_int_equal(api_trouble(&t, &api, "It", "/y", &r), -1);
	assert_string_equal(t.text, "It has trouble of its own right now.");
	api_reply_close(&r);
	api_call(&api, "GET", "/z", NULL, NULL, &r); /* nobody waits for an hour */
	assert_int_equal(r.answer.status, 429);
	assert_int_equal(r.answer.retry_after_s, 3600);
	api_reply_close(&r);
	api_close(&api);
	close_server(&s);
	assert_non_null(strstr(s.asked[0], "GET /v1/x HTTP/1.1\r\n"));
	assert_non_null(strstr(s.asked[0], "Authorization: Bearer key\r\n"));
	assert_non_null(strstr(s.asked[2], "X-Request-Id: id1\r\n"));
}

static void keys_go_to_safe_places(void **state)
{
	struct api api;

	(void)state;
	assert_true(api_is_safe("https://example.com/v1"));
	assert_true(api_is_safe("http://127.0.0.1:8080"));
	assert_true(api_is_safe("http://localhost/x"));
	assert_false(api_is_safe("http://example.com"));
	assert_false(api_is_safe("http://127.0.0.1.example.com"));
	assert_false(api_is_safe("ws://localhost"));
	assert_false(api_is_safe("example.com"));
	assert_int_equal(api_open(&api, "not an address", 5), -1);
	api_close(&api);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_copied),
		cmocka_unit_test(words_are_escaped),
		cmocka_unit_test(what_only_reads_is_repeated),
		cmocka_unit_test(keys_go_to_safe_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
