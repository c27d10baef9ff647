#include "ws.h"

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "http.h"

/* Server and client in one loop over loopback; a raw socket where the peer must misbehave. */

#define MESSAGE_MAX 65536
#define UPGRADE                                                                                                        \
	"GET /media/x HTTP/1.1\r\nhost: phone.example.com\r\nuser-agent: Twilio.TmeWs/1.0\r\nconnection: Upgrade\r\n"  \
	"upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

struct side { /* what one end saw */
	struct ws *w;
	int opens, texts, binaries, closes, status;
	size_t bytes, last_bytes;
	char last[MESSAGE_MAX + 1], why[160];
	bool echo;
	int stop_after_texts;
};

static struct loop loop;
static struct timer limit;
static bool late;
static struct side server, client;
static struct watch door; /* who comes there is served as a WebSocket */
static int port;

static void on_open(struct ws *w, void *ctx)
{
	struct side *s = ctx;

	s->w = w;
	s->opens++;
}

static void on_text(struct ws *w, void *ctx, char *text, size_t n)
{
	struct side *s = ctx;

	assert_int_equal(text[n], '\0');
	s->texts++;
	s->bytes += n;
	s->last_bytes = n;
	memcpy(s->last, text, n + 1);
	if (s->echo)
		assert_int_equal(ws_send(w, text, n), 0);
	if (s->texts == s->stop_after_texts)
		loop_stop(&loop);
}

static void on_binary(struct ws *w, void *ctx, size_t n)
{
	struct side *s = ctx;

	(void)w;
	(void)n;
	s->binaries++;
}

static void on_close(struct ws *w, void *ctx, int status, const char *why)
{
	struct side *s = ctx;

	(void)w;
	s->w = NULL;
	s->closes++;
	s->status = status;
	snprintf(s->why, sizeof s->why, "%s", why);
	loop_stop(&loop);
}

static const struct ws_calls calls = { on_open, on_text, on_binary, on_close };
static struct ws_limits limits;

static void on_limit(void *ctx)
{
	(void)ctx;
	late = true;
	loop_stop(&loop);
}

/* Runs until a handler stops the loop; false: 20 seconds passed instead. */
static bool run(void)
{
	loop.stopped = late = false;
	limit.on = on_limit;
	timer_after(&loop, &limit, 20 * SECOND);
	assert_int_equal(loop_run(&loop), 0);
	timer_stop(&loop, &limit);
	return !late;
}

static void on_caller(void *ctx, uint32_t events)
{
	(void)ctx;
	(void)events;
	assert_non_null(ws_adopt(accept(door.fd, NULL, NULL), NULL, 0, &calls, &limits, &server));
}

/* A listening socket on a port that is put into port. */
static int listener(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t size = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a) | listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	port = ntohs(a.sin_port);
	return fd;
}

static int open_all(void **state)
{
	(void)state;
	limits = (struct ws_limits){ .message_bytes = MESSAGE_MAX, .queue_bytes = 1 << 20 };
	memset(&server, 0, sizeof server);
	memset(&client, 0, sizeof client);
	door = (struct watch){ .name = "door", .on = on_caller };
	if (loop_open(&loop) < 0 || ws_open(&loop, false) < 0)
		return -1;
	return loop_watch(&loop, &door, listener(), EPOLLIN);
}

static int close_all(void **state)
{
	(void)state;
	loop_unwatch(&loop, &door);
	close(door.fd);
	ws_close_all(&loop);
	loop_close(&loop);
	return 0;
}

static void connect_client(void)
{
	char url[64];

	snprintf(url, sizeof url, "ws://127.0.0.1:%d/media/x", port);
	client.w = ws_connect(url, "X-Twilio-Signature: abc\r\n", NULL, &calls, &limits, &client);
	assert_non_null(client.w);
}

/* A socket connected to what listens on `to`. */
static int raw_connect(int to)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)to) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

static void raw_write(int fd, const void *bytes, size_t n)
{
	assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
}

/* A masked frame of a client; head is FIN and opcode. At most 65535 bytes. */
static size_t frame_of(unsigned char *out, unsigned head, const char *text, size_t n)
{
	static const unsigned char mask[4] = { 1, 2, 3, 4 };
	size_t k = 0;

	out[k++] = (unsigned char)head;
	if (n < 126) {
		out[k++] = (unsigned char)(0x80 | n);
	} else {
		out[k++] = 0x80 | 126;
		out[k++] = (unsigned char)(n >> 8);
		out[k++] = (unsigned char)n;
	}
	memcpy(out + k, mask, 4);
	k += 4;
	for (size_t i = 0; i < n; i++)
		out[k++] = (unsigned char)(text[i] ^ mask[i & 3]);
	return k;
}

static void raw_frame(int fd, unsigned head, const char *text, size_t n)
{
	unsigned char *out = malloc(n + 16);

	raw_write(fd, out, frame_of(out, head, text, n));
	free(out);
}

/* Waits in the loop until fd has bytes (or its end), then reads: > 0, or 0 at the end. */
static void on_readable(void *ctx, uint32_t events)
{
	(void)ctx;
	(void)events;
	loop_stop(&loop);
}

static size_t raw_read(int fd, char *out, size_t size)
{
	struct watch w = { .name = "raw", .on = on_readable };
	ssize_t n;

	assert_int_equal(loop_watch(&loop, &w, fd, EPOLLIN), 0);
	assert_true(run());
	loop_unwatch(&loop, &w);
	n = recv(fd, out, size - 1, MSG_DONTWAIT);
	if (n < 0)
		assert_int_equal(errno, ECONNRESET);
	out[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

static int raw_open(char *answer, size_t size)
{
	int fd = raw_connect(port);

	raw_write(fd, UPGRADE "\r\n", strlen(UPGRADE "\r\n"));
	raw_read(fd, answer, size);
	return fd;
}

static void messages_come_back_whole(void **state)
{
	static const size_t sizes[] = { 1, 125, 126, 3000, 65000, 65536 };
	static char text[MESSAGE_MAX];

	(void)state;
	memset(text, 'x', sizeof text);
	server.echo = true;
	connect_client();
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		text[0] = (char)('a' + i);
		assert_int_equal(ws_send(client.w, text, sizes[i]), 0); /* the first waits until it is open */
		client.stop_after_texts = client.texts + 1;
		assert_true(run());
		assert_int_equal(client.last_bytes, sizes[i]);
		assert_memory_equal(client.last, text, sizes[i]);
	}
	assert_int_equal(client.opens, 1);
	assert_int_equal(server.opens, 1);
}

static void many_messages_keep_their_order(void **state)
{
	(void)state;
	server.echo = true;
	client.stop_after_texts = 500;
	connect_client();
	for (int i = 0; i < 500; i++) {
		char text[700];
		int n = snprintf(text, sizeof text, "%d %0600d", i, 0);

		assert_int_equal(ws_send(client.w, text, (size_t)n), 0);
	}
	assert_true(run());
	assert_int_equal(strtol(client.last, NULL, 10), 499);
}

static void fragments_become_one_message(void **state)
{
	char answer[1024];
	int fd;

	(void)state;
	server.stop_after_texts = 1;
	fd = raw_open(answer, sizeof answer);
	raw_frame(fd, 0x01, "one \xc3", 5); /* cut inside a character */
	raw_frame(fd, 0x89, "ping", 4);
	raw_frame(fd, 0x00, "\xa9 two", 5);
	raw_frame(fd, 0x80, " three", 6);
	assert_true(run());
	assert_string_equal(server.last, "one \xc3\xa9 two three");
	assert_int_equal(server.texts, 1);
	close(fd);
}

static void the_answer_names_no_protocol_and_no_extension(void **state)
{
	char answer[1024];
	int fd = raw_open(answer, sizeof answer);

	(void)state;
	assert_non_null(strstr(answer, "101 Switching Protocols\r\n"));
	assert_non_null(strstr(answer, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
	assert_null(strcasestr(answer, "Sec-WebSocket-Protocol"));
	assert_null(strcasestr(answer, "Sec-WebSocket-Extensions"));
	close(fd);
}

static void a_long_message_is_refused_with_1009(void **state)
{
	static char text[MESSAGE_MAX + 1];

	(void)state;
	memset(text, 'x', sizeof text);
	connect_client();
	assert_int_equal(ws_send(client.w, text, sizeof text), 0);
	while (!client.closes || !server.closes)
		assert_true(run());
	assert_int_equal(server.texts, 0);
	assert_int_equal(server.status, 1009);
	assert_int_equal(client.status, 1009);
	assert_string_equal(client.why, "message too long");
}

static void what_is_no_utf8_ends_the_connection(void **state)
{
	char answer[1024];
	int fd;

	(void)state;
	fd = raw_open(answer, sizeof answer);
	raw_frame(fd, 0x81, "\xff\xfe", 2);
	assert_int_not_equal(raw_read(fd, answer, sizeof answer), 0);
	assert_int_equal((unsigned char)answer[0], 0x88);
	assert_int_equal((unsigned char)answer[2] << 8 | (unsigned char)answer[3], 1007);
	assert_int_equal(server.texts, 0);
	close(fd);
}

static void binary_messages_are_told_and_dropped(void **state)
{
	char answer[1024];
	int fd;

	(void)state;
	server.stop_after_texts = 1;
	fd = raw_open(answer, sizeof answer);
	raw_frame(fd, 0x82, "bin", 3);
	raw_frame(fd, 0x81, "text", 4);
	assert_true(run());
	assert_int_equal(server.binaries, 1);
	assert_string_equal(server.last, "text");
	close(fd);
}

static void a_close_comes_after_what_waited(void **state)
{
	(void)state;
	connect_client();
	for (int i = 0; i < 50; i++)
		assert_int_equal(ws_send(client.w, "0123456789", 10), 0);
	while (!server.opens || !client.opens) {
		server.stop_after_texts = 1;
		assert_true(run());
	}
	ws_close(client.w, 4001, "enough");
	assert_int_equal(ws_send(client.w, "late", 4), -1);
	assert_int_equal(errno, ENOTCONN);
	while (!client.closes || !server.closes)
		assert_true(run());
	assert_int_equal(server.texts, 50);
	assert_int_equal(server.status, 4001);
	assert_string_equal(server.why, "enough");
	assert_int_equal(client.status, 4001);
}

static void an_abort_is_a_lost_connection_to_the_peer(void **state)
{
	(void)state;
	server.stop_after_texts = 1;
	connect_client();
	ws_send(client.w, "x", 1);
	assert_true(run());
	ws_abort(client.w);
	while (!client.closes || !server.closes)
		assert_true(run());
	assert_int_equal(server.status, 0);
	assert_string_equal(server.why, "connection lost");
	assert_string_equal(client.why, "cut by us");
}

static void aborted_before_it_began_it_still_closes(void **state)
{
	(void)state;
	connect_client();
	ws_abort(client.w);
	assert_true(run());
	assert_int_equal(client.closes, 1);
	assert_int_equal(client.opens, 0);
}

static void the_queue_is_bounded_and_drains(void **state)
{
	static char text[10000], answer[65536];
	size_t sent = 0, got = 0;
	int fd;

	(void)state;
	limits.queue_bytes = 100000;
	fd = raw_open(answer, sizeof answer);
	memset(text, 'q', sizeof text);
	while (ws_send(server.w, text, sizeof text) == 0)
		sent += sizeof text;
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(sent, 100000);
	assert_int_equal(ws_queued(server.w), 100000);
	while (got < sent)
		got += raw_read(fd, answer, sizeof answer);
	assert_int_equal(ws_queued(server.w), 0);
	assert_int_equal(ws_send(server.w, text, sizeof text), 0);
	close(fd);
}

static void an_adopted_head_may_be_long_and_bring_the_first_frame(void **state)
{
	static char head[9000];
	size_t n = (size_t)snprintf(head, sizeof head, UPGRADE "x-long: ");
	int pair[2];
	struct ws *w;

	(void)state;
	memset(head + n, 'y', 7900 - n);
	n = 7900;
	n += (size_t)snprintf(head + n, sizeof head - n, "\r\n\r\n");
	n += frame_of((unsigned char *)head + n, 0x81, "first", 5);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	server.stop_after_texts = 1;
	w = ws_adopt(pair[0], head, n, &calls, &limits, &server);
	assert_non_null(w);
	assert_int_equal(server.opens, 0); /* never inside the call */
	assert_true(run());
	assert_ptr_equal(server.w, w);
	assert_string_equal(server.last, "first");
	close(pair[1]);
}

/* Frames right behind the head, in the same packet: by the first `read` bytes that somebody else has read, and by what
 * libwebsockets would find in the socket (its handshake is written over what it has read there). */
static void what_comes_behind_the_head_is_heard(void **state)
{
	static const size_t frames[] = { 5, 300, 4000, 30000 };
	static const size_t reads[] = { 0,    1,    60, sizeof UPGRADE + 1 /* all of the head */, sizeof UPGRADE + 4,
					5000, 60000 };
	static char bytes[65536], text[30000];
	size_t n = sizeof UPGRADE + 1;

	(void)state;
	memset(text, 'm', sizeof text);
	memcpy(bytes, UPGRADE "\r\n", n);
	for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
		n += frame_of((unsigned char *)bytes + n, 0x81, text, frames[i]);
	for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) {
		size_t read = reads[i] < n ? reads[i] : n;
		int pair[2];

		memset(&server, 0, sizeof server);
		server.stop_after_texts = sizeof frames / sizeof frames[0];
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		raw_write(pair[1], bytes + read, n - read);
		assert_non_null(ws_adopt(pair[0], bytes, read, &calls, &limits, &server));
		assert_true(run());
		assert_int_equal(server.texts, 4);
		assert_int_equal(server.last_bytes, 30000);
		assert_memory_equal(server.last, text, 30000);
		close(pair[1]);
		while (!server.closes)
			assert_true(run());
	}
}

static void what_is_no_upgrade_closes(void **state)
{
	static const char *const heads[] = { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\x16\x03\x01 junk\r\n\r\n" };
	char answer[1024];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int fd = raw_connect(port);

		raw_write(fd, heads[i], strlen(heads[i]));
		while (raw_read(fd, answer, sizeof answer))
			;
		close(fd);
		while (server.closes <= (int)i)
			assert_true(run());
		assert_int_equal(server.opens, 0);
	}
}

static void a_peer_that_answers_no_ping_is_given_up(void **state)
{
	char answer[1024];
	int fd;

	(void)state;
	limits.ping_s = 1;
	fd = raw_open(answer, sizeof answer);
	assert_int_equal(raw_read(fd, answer, sizeof answer), 2);
	assert_int_equal((unsigned char)answer[0], 0x89);
	assert_true(run());
	assert_string_equal(server.why, "no answer to a ping");
	close(fd);
}

/* --- a server that refuses, as plain HTTP */

struct refusal {
	struct watch watch;
	const char *answer;
	int fd;
};

static void on_refuse(void *ctx, uint32_t events)
{
	struct refusal *r = ctx;
	int fd = accept(r->watch.fd, NULL, NULL);

	(void)events;
	raw_write(fd, r->answer, strlen(r->answer));
	shutdown(fd, SHUT_WR);
	r->fd = fd;
}

static void a_refused_handshake_tells_its_status(void **state)
{
	static const struct {
		const char *answer;
		int status;
	} cases[] = {
		{ "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno", 401 },
		{ "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n", 429 },
		{ "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 503 },
		{ "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302 },
		{ "", 0 },
	};
	int fd = listener();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct refusal r = { .watch = { .name = "refuse", .on = on_refuse, .ctx = &r },
				     .answer = cases[i].answer };

		assert_int_equal(loop_watch(&loop, &r.watch, fd, EPOLLIN), 0);
		client.closes = 0;
		connect_client();
		assert_true(run());
		assert_int_equal(client.closes, 1);
		assert_int_equal(client.status, cases[i].status);
		loop_unwatch(&loop, &r.watch);
		close(r.fd);
	}
	assert_int_equal(client.opens, 0);
	close(fd);
	client.closes = 0;
	connect_client(); /* nobody listens any more */
	assert_true(run());
	assert_int_equal(client.closes, 1);
	assert_int_equal(client.status, 0);
	assert_string_equal(client.why, "Unable to connect");
}

static void a_bad_url_is_refused_at_once(void **state)
{
	static const char *const urls[] = { "http://127.0.0.1/",
					    "ws://",
					    "ws:///x",
					    "ws://h:0/",
					    "ws://h/a b",
					    "ws://u@h/",
					    "wss://127.0.0.1/ (no TLS was opened)",
					    "" };

	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		errno = 0;
		assert_null(ws_connect(urls[i], NULL, NULL, &calls, &limits, &client));
		assert_int_equal(errno, EINVAL);
	}
}

/* --- http.h: a door that reads what is there and adopts */

static struct {
	struct watch watch;
	char method[16], target[64], header[64], body[70000];
	size_t body_bytes;
	int requests, overs, refused;
	struct http *later;
	bool wait;
} web;

static void on_request(struct http *h, void *ctx, const struct http_request *r)
{
	(void)ctx;
	web.requests++;
	snprintf(web.method, sizeof web.method, "%s", r->method);
	snprintf(web.target, sizeof web.target, "%s", r->target);
	if (http_header(h, "x-twilio-signature", web.header, sizeof web.header) < 0)
		snprintf(web.header, sizeof web.header, "none");
	web.body_bytes = r->body_bytes;
	memcpy(web.body, r->body, r->body_bytes + 1);
	web.later = h;
	if (web.wait)
		loop_stop(&loop);
	else
		assert_int_equal(http_reply(h, 200, "text/xml", "<Response/>", 11), 0);
}

static void on_over(struct http *h, void *ctx)
{
	(void)ctx;
	assert_true(!web.later || h == web.later);
	web.overs++;
	loop_stop(&loop);
}

static void on_refused(struct http *h, void *ctx, const struct http_request *r, int status)
{
	(void)h;
	(void)ctx;
	assert_true(r->method && r->target && !r->body);
	web.refused = status;
}

static const struct http_calls web_calls = { .on_request = on_request, .on_refused = on_refused, .on_over = on_over };

/* Sends a request of which the first `first` bytes are read before adoption; the whole answer into out. */
static void ask(const char *head, size_t body, size_t first, char *out, size_t size)
{
	size_t head_n = strlen(head), n = head_n + body, got = 0;
	char *bytes = malloc(n + 1);
	int pair[2];

	memcpy(bytes, head, head_n);
	memset(bytes + head_n, 'b', body);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	web.later = NULL;
	web.overs = 0;
	if (first > n)
		first = n;
	assert_non_null(http_adopt(&loop, pair[0], bytes, first, 60000, &web_calls, NULL));
	raw_write(pair[1], bytes + first, n - first);
	free(bytes);
	if (web.wait) {
		assert_true(run());
		assert_int_equal(http_reply(web.later, 204, NULL, NULL, 0), 0);
		assert_int_equal(http_reply(web.later, 500, NULL, NULL, 0), -1);
	}
	while (got < size - 1) {
		size_t k = raw_read(pair[1], out + got, size - got);

		got += k;
		if (!k)
			break;
	}
	close(pair[1]);
	while (!web.overs)
		assert_true(run());
}

static void http_requests_come_whole_and_are_answered(void **state)
{
	static const struct {
		const char *head;
		size_t body, first;
		const char *answer; /* begins so */
		int requests;
		const char *target;
		const char *header;
	} cases[] = {
		{ "GET /healthz?a=%2F HTTP/1.1\r\nHost: a\r\n\r\n", 0, 9999, "HTTP/1.1 200 OK\r\n", 1, "/healthz?a=%2F",
		  "none" },
		{ "GET //a/../b%20c HTTP/1.1\r\nHost: a\r\nX-Twilio-Signature:  abc= \r\n\r\n", 0, 9999,
		  "HTTP/1.1 200 OK\r\n", 1, "//a/../b%20c", "abc=" },
		{ "POST /twiml HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n", 10, 9999, "HTTP/1.1 200 OK\r\n", 1,
		  "/twiml", "none" },
		{ "POST /t HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n", 60000, 60, "HTTP/1.1 200 OK\r\n", 1,
		  "/t", "none" },
		{ "POST /t HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 0, 9999, "HTTP/1.1 200 OK\r\n", 1, "/t",
		  "none" },
		{ "POST /t HTTP/1.1\r\nHost: a\r\nContent-Length: 60001\r\n\r\n", 60001, 60, "HTTP/1.1 413 ", 0, "",
		  "" },
		{ "POST /t HTTP/1.1\r\nHost: a\r\n\r\n", 0, 9999, "HTTP/1.1 411 ", 0, "", "" },
		{ "POST /t HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 0, 9999, "HTTP/1.1 411 ", 0, "",
		  "" },
		{ "POST /t HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 2, 9999,
		  "HTTP/1.1 411 ", 0, "", "" },
		{ "POST /t HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n", 2, 9999, "HTTP/1.1 400 ", 0, "", "" },
	};
	static char answer[4096];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		memset(&web, 0, sizeof web);
		ask(cases[i].head, cases[i].body, cases[i].first, answer, sizeof answer);
		assert_int_equal(strncmp(answer, cases[i].answer, strlen(cases[i].answer)), 0);
		assert_int_equal(web.requests, cases[i].requests);
		assert_int_equal(web.refused, web.requests ? 0 : strtol(answer + 9, NULL, 10));
		assert_string_equal(web.target, cases[i].target);
		assert_string_equal(web.header, cases[i].header);
		assert_int_equal(web.body_bytes, web.requests ? cases[i].body : 0);
		if (web.requests)
			assert_non_null(strstr(answer, "\r\nContent-Type: text/xml\r\nContent-Length: 11\r\n"));
	}
}

static void http_may_be_answered_later(void **state)
{
	static char answer[4096];

	(void)state;
	memset(&web, 0, sizeof web);
	web.wait = true;
	ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0, 9999, answer, sizeof answer);
	assert_int_equal(strncmp(answer, "HTTP/1.1 204 No Content\r\n", 25), 0);
}

static void http_that_waits_may_be_dropped(void **state)
{
	static const char head[] = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nbody";
	char answer[16];
	struct http *h;
	int pair[2];

	(void)state;
	memset(&web, 0, sizeof web);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	h = http_adopt(&loop, pair[0], head, sizeof head - 1, 60000, &web_calls, NULL);
	assert_non_null(h);
	assert_true(http_waits(h));
	http_drop(h);
	assert_int_equal(web.overs, 1);
	assert_int_equal(raw_read(pair[1], answer, sizeof answer), 0);
	close(pair[1]);
}

static void http_lost_in_its_body_is_told(void **state)
{
	static const char head[] = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nbody";
	int pair[2];

	(void)state;
	memset(&web, 0, sizeof web);
	web.refused = -1;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_non_null(http_adopt(&loop, pair[0], head, sizeof head - 1, 60000, &web_calls, NULL));
	close(pair[1]);
	while (!web.overs)
		assert_true(run());
	assert_int_equal(web.refused, 0);
	assert_int_equal(web.requests, 0);
}

static void http_wants_a_whole_head(void **state)
{
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_null(http_adopt(&loop, pair[0], "GET / HTTP/1.1\r\nHo", 18, 10, &web_calls, NULL));
	assert_int_equal(errno, EINVAL);
	close(pair[1]);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_come_back_whole),
		TEST(many_messages_keep_their_order),
		TEST(fragments_become_one_message),
		TEST(the_answer_names_no_protocol_and_no_extension),
		TEST(a_long_message_is_refused_with_1009),
		TEST(what_is_no_utf8_ends_the_connection),
		TEST(binary_messages_are_told_and_dropped),
		TEST(a_close_comes_after_what_waited),
		TEST(an_abort_is_a_lost_connection_to_the_peer),
		TEST(aborted_before_it_began_it_still_closes),
		TEST(the_queue_is_bounded_and_drains),
		TEST(an_adopted_head_may_be_long_and_bring_the_first_frame),
		TEST(what_comes_behind_the_head_is_heard),
		TEST(what_is_no_upgrade_closes),
		TEST(a_peer_that_answers_no_ping_is_given_up),
		TEST(a_refused_handshake_tells_its_status),
		TEST(a_bad_url_is_refused_at_once),
		TEST(http_requests_come_whole_and_are_answered),
		TEST(http_may_be_answered_later),
		TEST(http_wants_a_whole_head),
		TEST(http_that_waits_may_be_dropped),
		TEST(http_lost_in_its_body_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
