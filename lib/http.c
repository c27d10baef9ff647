#include "http.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <libwebsockets.h>

#include "clock.h"
#include "hub.h"

#define REPLY_LIMIT_US (20 * SECOND) /* who does not take the answer is cut */

struct http {
	struct hub_peer peer; /* first: hub.c knows this one */
	const struct http_calls *calls;
	void *ctx;
	int fd; /* to be adopted, then -1 */
	char *bytes; /* what was read before: for libwebsockets */
	size_t bytes_n;
	char *head; /* its head again, for us: request line in pieces, then the header lines */
	struct http_request request;
	char *body;
	size_t body_limit;
	unsigned char *reply; /* LWS_PRE bytes, then reply_bytes */
	size_t reply_bytes;
	bool asked, sent;
};

static const struct {
	int status;
	const char *word;
} words[] = {
	{ 200, "OK" },		       { 204, "No Content" },	       { 400, "Bad Request" },
	{ 403, "Forbidden" },	       { 404, "Not Found" },	       { 405, "Method Not Allowed" },
	{ 411, "Length Required" },    { 413, "Content Too Large" },   { 415, "Unsupported Media Type" },
	{ 429, "Too Many Requests" },  { 500, "Internal Server Error" }, { 503, "Service Unavailable" },
};

static const char *word_of(int status)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (words[i].status == status)
			return words[i].word;
	return "Status";
}

/* Cuts the request line into method, target and version. */
static int read_request_line(struct http *h)
{
	char *target = strchr(h->head, ' '), *version = target ? strchr(target + 1, ' ') : NULL;
	char *end = strstr(h->head, "\r\n");

	if (!version || !end || version > end)
		return -1;
	*target = *version = '\0';
	h->request.method = h->head;
	h->request.target = target + 1;
	return 0;
}

/* Where the header lines begin in h->head: behind the version. */
static const char *lines_of(const struct http *h)
{
	const char *version = h->request.target + strlen(h->request.target) + 1;

	return strstr(version, "\r\n") + 2;
}

int http_header(const struct http *h, const char *name, char *out, size_t size)
{
	size_t n = strlen(name);
	bool found = false;

	out[0] = '\0';
	for (const char *line = lines_of(h), *end; (end = strstr(line, "\r\n")) && end != line; line = end + 2) {
		const char *value = line + n + 1;

		if (strncasecmp(line, name, n) != 0 || line[n] != ':')
			continue;
		value += strspn(value, " \t");
		while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
			end--;
		if (found || (size_t)(end - value) >= size)
			return out[0] = '\0', -1;
		snprintf(out, size, "%.*s", (int)(end - value), value);
		found = true;
		end = strstr(end, "\r\n");
	}
	return found ? 0 : -1;
}

/* What the head promises of a body: its length, or the status that refuses it, negative. */
static long body_length(const struct http *h)
{
	char text[24], *end;
	long n;

	if (http_header(h, "Transfer-Encoding", text, sizeof text) == 0 || text[0])
		return -411;
	if (http_header(h, "Content-Length", text, sizeof text) < 0)
		return strcmp(h->request.method, "POST") == 0 ? -411 : 0;
	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || *end || end == text || n < 0)
		return -400;
	return (size_t)n > h->body_limit ? -413 : n;
}

static int ask(struct http *h)
{
	h->asked = true;
	if (!h->reply) {
		h->body[h->request.body_bytes] = '\0';
		h->request.body = h->body;
		h->calls->on_request(h, h->ctx, &h->request);
	}
	return 0;
}

static int on_head(struct http *h)
{
	long n = body_length(h);

	if (n < 0)
		return http_reply(h, (int)-n, NULL, NULL, 0);
	h->body = malloc((size_t)n + 1);
	if (!h->body)
		return -1;
	h->body_limit = (size_t)n;
	return n == 0 && strcmp(h->request.method, "POST") != 0 ? ask(h) : 0; /* an empty POST completes, too */
}

static int on_body(struct http *h, const void *in, size_t n)
{
	if (!h->body || n > h->body_limit - h->request.body_bytes)
		return h->reply ? 0 : -1; /* refused already: what comes is nobody's */
	if (n)
		memcpy(h->body + h->request.body_bytes, in, n);
	h->request.body_bytes += n;
	return 0;
}

/* -1 also after success: the connection ends, once libwebsockets has sent what the socket did not take. */
static int send_reply(struct http *h)
{
	if (!h->reply || h->sent)
		return 0;
	h->sent = true;
	(void)lws_write(h->peer.wsi, h->reply + LWS_PRE, h->reply_bytes, LWS_WRITE_HTTP);
	return -1;
}

static int on_event(struct hub_peer *p, int reason, void *in, size_t n)
{
	struct http *h = (struct http *)p;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		return on_head(h);
	case LWS_CALLBACK_HTTP_BODY:
		return on_body(h, in, n);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return h->asked || !h->body ? 0 : ask(h);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return send_reply(h);
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION: /* an upgrade: not at this door */
		return -1;
	default:
		return 0;
	}
}

static struct lws *adopt(struct hub_peer *p)
{
	struct http *h = (struct http *)p;
	int fd = h->fd;

	h->fd = -1;
	return hub_adopt(p, fd, h->bytes, h->bytes_n);
}

static void unmake(struct http *h)
{
	int saved = errno;

	if (h->fd >= 0)
		close(h->fd);
	free(h->bytes);
	free(h->head);
	free(h->body);
	free(h->reply);
	free(h);
	errno = saved;
}

static void on_over(struct hub_peer *p)
{
	struct http *h = (struct http *)p;

	if (h->calls->on_over)
		h->calls->on_over(h, h->ctx);
	unmake(h);
}

/* Keeps the bytes, and their head for ourselves. -1: errno. */
static int keep(struct http *h, const void *bytes, size_t n)
{
	const char *end = memmem(bytes, n, "\r\n\r\n", 4);
	size_t head = end ? (size_t)(end - (const char *)bytes) + 4 : 0;

	if (!end || memchr(bytes, '\0', head))
		return errno = EINVAL, -1;
	h->bytes = malloc(n);
	h->head = strndup(bytes, head);
	if (!h->bytes || !h->head)
		return -1;
	memcpy(h->bytes, bytes, n);
	h->bytes_n = n;
	return read_request_line(h) < 0 ? (errno = EINVAL, -1) : 0;
}

struct http *http_adopt(int fd, const void *bytes, size_t n, size_t body_limit, const struct http_calls *calls, void *ctx)
{
	struct http *h = calloc(1, sizeof *h);

	if (!h) {
		close(fd);
		return NULL;
	}
	h->peer.on_event = on_event;
	h->peer.on_start = adopt;
	h->peer.on_over = on_over;
	h->calls = calls;
	h->ctx = ctx;
	h->fd = fd;
	h->body_limit = body_limit;
	if (keep(h, bytes, n) == 0 && hub_start(&h->peer) == 0)
		return h;
	unmake(h);
	return NULL;
}

static void on_reply_limit(void *peer)
{
	hub_cut(peer);
}

int http_reply(struct http *h, int status, const char *type, const void *body, size_t n)
{
	char head[256];
	int k = snprintf(head, sizeof head,
			 "HTTP/1.1 %d %s\r\n%s%.100s%sContent-Length: %zu\r\nCache-Control: no-store\r\n"
			 "Connection: close\r\n\r\n",
			 status, word_of(status), type ? "Content-Type: " : "", type ? type : "", type ? "\r\n" : "", n);

	if (h->reply || !h->peer.wsi || k < 0 || (size_t)k >= sizeof head)
		return -1;
	h->reply = malloc(LWS_PRE + (size_t)k + n);
	if (!h->reply)
		return -1;
	memcpy(h->reply + LWS_PRE, head, (size_t)k);
	if (n)
		memcpy(h->reply + LWS_PRE + k, body, n);
	h->reply_bytes = (size_t)k + n;
	hub_timer(&h->peer, "reply", on_reply_limit, REPLY_LIMIT_US);
	hub_writable(&h->peer);
	return 0;
}
