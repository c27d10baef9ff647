#include "http.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

#define BODY_LIMIT_US (10 * SECOND)
#define REPLY_LIMIT_US (10 * SECOND)
#define LINGER_US (2 * SECOND) /* closed with bytes unread, TCP would throw our answer away */

enum http_state { READING, ASKED, REPLYING, LINGERING, LOST };

struct http {
	struct loop *loop;
	const struct http_calls *calls;
	void *ctx;
	int fd;
	enum http_state state;
	struct watch watch;
	struct timer timer; /* begins it from the loop, then the limit of what it does */
	char *head;	    /* the request line in pieces, then the header lines */
	struct http_request request;
	char *body;
	size_t body_bytes, body_length;
	int refusal; /* the status of a request that is not even asked, or 0 */
	char *reply;
	size_t reply_bytes, reply_sent;
};

static const struct {
	int status;
	const char *word;
} words[] = {
	{ 200, "OK" },
	{ 204, "No Content" },
	{ 400, "Bad Request" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },
	{ 411, "Length Required" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 429, "Too Many Requests" },
	{ 500, "Internal Server Error" },
	{ 503, "Service Unavailable" },
};

static const char *word_of(int status)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (words[i].status == status)
			return words[i].word;
	return "Status";
}

static void over(struct http *h)
{
	loop_unwatch(h->loop, &h->watch);
	timer_stop(h->loop, &h->timer);
	if (h->calls->on_over)
		h->calls->on_over(h, h->ctx);
	close(h->fd);
	free(h->head);
	free(h->body);
	free(h->reply);
	free(h);
}

static void on_limit(void *ctx)
{
	over(ctx);
}

static void set_limit(struct http *h, const char *name, void (*on)(void *h), uint64_t us)
{
	h->timer.name = name;
	h->timer.on = on;
	timer_after(h->loop, &h->timer, us);
}

/* Cuts the request line into method, target and version. */
static int read_request_line(struct http *h)
{
	char *end = strstr(h->head, "\r\n");
	char *target = strchr(h->head, ' '), *version = target ? strchr(target + 1, ' ') : NULL;

	if (!end || !version || version > end)
		return -1;
	*target = *version = '\0';
	h->request.method = h->head;
	h->request.target = target + 1;
	return 0;
}

static const char *header_lines(const struct http *h)
{
	const char *version = h->request.target + strlen(h->request.target) + 1;

	return strstr(version, "\r\n") + 2;
}

int http_header(const struct http *h, const char *name, char *out, size_t size)
{
	size_t n = strlen(name);
	const char *end;
	bool found = false;

	out[0] = '\0';
	for (const char *line = header_lines(h); (end = strstr(line, "\r\n")) && end != line; line = end + 2) {
		const char *value = line + n + 1, *stop = end;

		if (strncasecmp(line, name, n) != 0 || line[n] != ':')
			continue;
		value += strspn(value, " \t");
		while (stop > value && (stop[-1] == ' ' || stop[-1] == '\t'))
			stop--;
		if (found || (size_t)(stop - value) >= size)
			return out[0] = '\0', -1;
		snprintf(out, size, "%.*s", (int)(stop - value), value);
		found = true;
	}
	return found ? 0 : -1;
}

/* What the head promises of a body: its length, or the status that refuses it, negative. */
static long promised(const struct http *h, size_t limit)
{
	char text[24], *end;
	long n;

	if (http_header(h, "Transfer-Encoding", text, sizeof text) == 0)
		return -411;
	if (http_header(h, "Content-Length", text, sizeof text) < 0)
		return strcmp(h->request.method, "POST") == 0 ? -411 : 0;
	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9')
		return -400;
	return (size_t)n > limit ? -413 : n;
}

static void linger(struct http *h)
{
	h->state = LINGERING;
	(void)shutdown(h->fd, SHUT_WR); /* fails only where the other side is gone, which the watch tells */
	set_limit(h, "linger", on_limit, LINGER_US);
	if (loop_watch(h->loop, &h->watch, h->fd, EPOLLIN) < 0)
		timer_after(h->loop, &h->timer, 0);
}

/* 0, or -1: lost. */
static int send_on(struct http *h)
{
	while (h->reply_sent < h->reply_bytes) {
		ssize_t n = send(h->fd, h->reply + h->reply_sent, h->reply_bytes - h->reply_sent,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? loop_watch(h->loop, &h->watch, h->fd, EPOLLOUT) : -1;
		h->reply_sent += (size_t)n;
	}
	linger(h);
	return 0;
}

/* From on_request or later, so never frees: what is lost ends by the timer. */
static int reply(struct http *h, int status, const char *type, const void *body, size_t n)
{
	char head[320];
	int k = snprintf(head, sizeof head,
			 "HTTP/1.1 %d %s\r\n%s%.100s%sContent-Length: %zu\r\nCache-Control: no-store\r\n"
			 "Connection: close\r\n\r\n",
			 status, word_of(status), type ? "Content-Type: " : "", type ? type : "", type ? "\r\n" : "",
			 n);

	h->reply = malloc((size_t)k + n);
	if (!h->reply)
		return -1;
	memcpy(h->reply, head, (size_t)k);
	if (n)
		memcpy(h->reply + k, body, n);
	h->reply_bytes = (size_t)k + n;
	h->state = REPLYING;
	set_limit(h, "reply", on_limit, REPLY_LIMIT_US);
	if (send_on(h) < 0)
		http_abort(h);
	return 0;
}

int http_reply(struct http *h, int status, const char *type, const void *body, size_t n)
{
	return h->state == ASKED ? reply(h, status, type, body, n) : -1;
}

void http_abort(struct http *h)
{
	h->state = LOST;
	set_limit(h, "abort", on_limit, 0);
}

bool http_waits(const struct http *h)
{
	return h->state != ASKED;
}

void http_drop(struct http *h)
{
	over(h);
}

static void ask(struct http *h)
{
	h->state = ASKED;
	h->body[h->body_bytes] = '\0';
	h->request.body = h->body;
	h->request.body_bytes = h->body_bytes;
	timer_stop(h->loop, &h->timer);
	if (loop_watch(h->loop, &h->watch, h->fd, 0) < 0) /* only its end is of interest now */
		http_abort(h);
	else
		h->calls->on_request(h, h->ctx, &h->request);
}

/* > 0, or -1: the end, or nothing yet with errno EAGAIN. */
static ssize_t take(int fd, void *out, size_t size)
{
	ssize_t n = recv(fd, out, size, MSG_DONTWAIT);

	if (n == 0)
		errno = 0;
	return n > 0 ? n : -1;
}

static void say_refused(struct http *h, int status)
{
	if (h->calls->on_refused)
		h->calls->on_refused(h, h->ctx, &h->request, status);
}

static void on_ready(void *ctx, uint32_t events)
{
	struct http *h = ctx;
	char rest[4096];
	ssize_t n;

	switch (h->state) {
	case READING:
		n = take(h->fd, h->body + h->body_bytes, h->body_length - h->body_bytes);
		h->body_bytes += n > 0 ? (size_t)n : 0;
		if (h->body_bytes == h->body_length) {
			ask(h);
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			say_refused(h, 0);
			over(h);
		}
		break;
	case REPLYING:
		if (send_on(h) < 0)
			over(h);
		break;
	case LINGERING:
		if (take(h->fd, rest, sizeof rest) < 0 && errno != EAGAIN && errno != EINTR)
			over(h);
		break;
	case ASKED:
	case LOST:
		if (events & (EPOLLHUP | EPOLLERR))
			over(h);
		break;
	}
}

static void refuse(struct http *h, int status)
{
	say_refused(h, status);
	if (reply(h, status, NULL, NULL, 0) < 0)
		over(h);
}

static void on_body_limit(void *ctx)
{
	refuse(ctx, 408);
}

/* The first step, from the loop. */
static void on_begin(void *ctx)
{
	struct http *h = ctx;

	if (h->refusal) {
		refuse(h, h->refusal);
	} else if (h->body_bytes == h->body_length) {
		ask(h);
	} else {
		set_limit(h, "body", on_body_limit, BODY_LIMIT_US);
		if (loop_watch(h->loop, &h->watch, h->fd, EPOLLIN) < 0)
			over(h);
	}
}

/* Keeps the head, and the part of the body that came with it. What follows the body is nobody's: one request, one
 * reply. */
static int keep(struct http *h, const char *bytes, size_t n, size_t body_limit)
{
	const char *end = memmem(bytes, n, "\r\n\r\n", 4);
	size_t head = end ? (size_t)(end - bytes) + 4 : 0;
	long length;

	if (!end || memchr(bytes, '\0', head))
		return errno = EINVAL, -1;
	h->head = strndup(bytes, head);
	if (!h->head)
		return -1;
	if (read_request_line(h) < 0)
		return errno = EINVAL, -1;
	length = promised(h, body_limit);
	h->refusal = length < 0 ? (int)-length : 0;
	h->body_length = length < 0 ? 0 : (size_t)length;
	h->body_bytes = n - head < h->body_length ? n - head : h->body_length;
	h->body = malloc(h->body_length + 1);
	if (!h->body)
		return -1;
	memcpy(h->body, bytes + head, h->body_bytes);
	return 0;
}

struct http *http_adopt(struct loop *l, int fd, const void *bytes, size_t n, size_t body_limit,
			const struct http_calls *calls, void *ctx)
{
	struct http *h = calloc(1, sizeof *h);
	int saved;

	if (h && keep(h, bytes, n, body_limit) == 0) {
		h->loop = l;
		h->calls = calls;
		h->ctx = ctx;
		h->fd = fd;
		h->watch = (struct watch){ .name = "http", .on = on_ready, .ctx = h };
		h->timer = (struct timer){ .name = "http", .on = on_begin, .ctx = h };
		timer_after(l, &h->timer, 0);
		return h;
	}
	saved = errno;
	if (h) {
		free(h->head);
		free(h->body);
		free(h);
	}
	close(fd);
	errno = saved;
	return NULL;
}
