#include "ws.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libwebsockets.h>

#include "clock.h"
#include "hub.h"
#include "outbox.h"
#include "resolve.h"
#include "url.h"

#define CLOSE_LIMIT_US (5 * SECOND) /* from ws_close until a peer that takes nothing is cut */
#define REASON_BYTES 123	    /* what a close frame holds beside the code */
#define IN_FIRST 4096
_Static_assert(OUTBOX_HEADROOM >= LWS_PRE, "room for libwebsockets' header");

struct ws {
	struct hub_peer peer; /* first: hub.c knows this one */
	const struct ws_calls *calls;
	struct ws_limits limits;
	void *ctx;
	struct url *url; /* a client's; NULL for a server's */
	struct resolve resolve;
	char address[RESOLVE_ADDRESS_BYTES]; /* of its host */
	char *headers, *protocol;
	char *in; /* a message that comes in several pieces */
	size_t in_bytes, in_size;
	bool in_message, in_is_binary;
	struct outbox out;
	bool open, closing, ping;
	uint64_t heard_us;
	int code; /* of our close */
	char reason[REASON_BYTES + 1];
	int status; /* for on_close */
	char why[128];
};

/* A name with several addresses: the next one when this one did not answer. */
static unsigned address_turn;

/* The first reason is the true one; what follows are its consequences. */
__attribute__((format(printf, 3, 4))) static void set_end(struct ws *w, int status, const char *why, ...)
{
	va_list args;

	if (w->why[0])
		return;
	w->status = status;
	va_start(args, why);
	vsnprintf(w->why, sizeof w->why, why, args);
	va_end(args);
}

static void on_silence(void *peer)
{
	struct ws *w = peer;
	uint64_t silent = clock_us() - w->heard_us, limit = w->limits.ping_s * SECOND;

	if (silent >= 2 * limit) {
		set_end(w, 0, "no answer to a ping");
		hub_cut(&w->peer);
		return;
	}
	if (silent >= limit) {
		w->ping = true;
		hub_writable(&w->peer);
	}
	hub_timer(&w->peer, "ping", on_silence, (silent >= limit ? 2 : 1) * limit - silent);
}

static void on_close_limit(void *peer)
{
	hub_cut(peer);
}

static int opened(struct ws *w)
{
	w->open = true;
	w->heard_us = clock_us();
	if (w->limits.ping_s && !w->closing)
		hub_timer(&w->peer, "ping", on_silence, w->limits.ping_s * SECOND);
	hub_writable(&w->peer);
	if (w->calls->on_open && !w->closing)
		w->calls->on_open(w, w->ctx);
	return 0;
}

/* One message, or a ping, or at the end the close frame, each time the socket takes it. Pings of lws make it writable,
 * too: an empty outbox is nothing odd. */
static int write_next(struct ws *w)
{
	unsigned char ping[LWS_PRE + 1], *text;
	size_t n;

	if (w->closing && !w->code) /* cut: no word more */
		return 0;
	if (w->ping) {
		w->ping = false;
		return lws_write(w->peer.wsi, ping + LWS_PRE, 0, LWS_WRITE_PING) < 0 ? -1 : 0;
	}
	if (outbox_empty(&w->out)) {
		if (!w->closing)
			return 0;
		lws_close_reason(w->peer.wsi, (enum lws_close_status)w->code, (unsigned char *)w->reason,
				 strlen(w->reason));
		return -1;
	}
	text = outbox_first(&w->out, &n);
	if (lws_write(w->peer.wsi, text, n, LWS_WRITE_TEXT) < 0)
		return -1;
	outbox_pop(&w->out); /* a client's text was masked in its place: it is used up */
	if (!outbox_empty(&w->out) || w->closing)
		hub_writable(&w->peer);
	return 0;
}

/* Room for n more bytes and the NUL. */
static int in_room(struct ws *w, size_t n)
{
	size_t size = w->in_size ? w->in_size : IN_FIRST;
	char *in;

	while (size < w->in_bytes + n + 1)
		size *= 2;
	if (size == w->in_size)
		return 0;
	in = realloc(w->in, size);
	if (!in)
		return -1;
	w->in = in;
	w->in_size = size;
	return 0;
}

static int refuse_message(struct ws *w, int code, char *why)
{
	set_end(w, code, "%s", why);
	lws_close_reason(w->peer.wsi, (enum lws_close_status)code, (unsigned char *)why, strlen(why));
	return -1;
}

/* Keeps a piece of a message that is still coming in. */
static int keep_piece(struct ws *w, const void *piece, size_t n)
{
	if (in_room(w, n) < 0)
		return -1;
	if (n)
		memcpy(w->in + w->in_bytes, piece, n);
	w->in_bytes += n;
	w->in[w->in_bytes] = '\0';
	return 0;
}

/* Messages come in pieces: frames of the peer, and at most CHUNK_BYTES of one at a time. One that comes to a client in
 * one piece is used where it lies: it is libwebsockets' copy for us, with a NUL behind it. A server's lies in its read
 * buffer, and the next frame behind it. */
static int receive(struct ws *w, void *in, size_t n)
{
	static char too_long[] = "message too long", no_memory[] = "no memory";
	bool last = lws_is_final_fragment(w->peer.wsi) && !lws_remaining_packet_payload(w->peer.wsi);
	char *text = in;

	w->heard_us = clock_us();
	if (w->closing)
		return 0;
	if (!w->in_message) {
		w->in_is_binary = lws_frame_is_binary(w->peer.wsi);
		w->in_bytes = 0;
	}
	if (n + lws_remaining_packet_payload(w->peer.wsi) > w->limits.message_bytes - w->in_bytes)
		return refuse_message(w, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, too_long);
	if (w->in_message || !last || !w->url) {
		if (keep_piece(w, in, n) < 0)
			return refuse_message(w, LWS_CLOSE_STATUS_UNEXPECTED_CONDITION, no_memory);
		text = w->in;
		n = w->in_bytes;
	}
	w->in_message = !last;
	if (!last)
		return 0;
	if (w->in_is_binary && w->calls->on_binary)
		w->calls->on_binary(w, w->ctx, n);
	else
		w->calls->on_text(w, w->ctx, text, n);
	return 0;
}

static void peer_closed(struct ws *w, const char *in, size_t n)
{
	int code = n >= 2 ? (in[0] & 0xff) << 8 | (in[1] & 0xff) : 1005; /* RFC 6455: no code was given */

	if (n > 2)
		set_end(w, code, "%.*s", (int)(n - 2), in + 2);
	else
		set_end(w, code, "closed by the peer");
}

/* libwebsockets has closed it for what came, and says so in its close frame alone (whose payload a late ping may have
 * overwritten). */
static void closed(struct ws *w)
{
	if (!w->closing && lws_get_close_length(w->peer.wsi) > 0)
		set_end(w, 1002, "what came breaks the WebSocket protocol");
}

static int append_headers(struct ws *w, char **at, size_t room)
{
	size_t n = w->headers ? strlen(w->headers) : 0;

	if (n > room)
		return -1;
	if (n)
		memcpy(*at, w->headers, n);
	*at += n;
	return 0;
}

static void refused(struct ws *w, const char *why, size_t n)
{
	int status = (int)lws_http_client_http_response(w->peer.wsi);

	address_turn += status == 0;
	if (status && status != 101)
		set_end(w, status, "handshake refused with HTTP %d", status);
	else if (why && !hub_reason())
		set_end(w, 0, "%.*s", (int)n, why);
}

static int on_event(struct hub_peer *p, int reason, void *in, size_t n)
{
	struct ws *w = (struct ws *)p;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
	case LWS_CALLBACK_CLIENT_ESTABLISHED: return opened(w);
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_CLIENT_RECEIVE: return receive(w, in, n);
	case LWS_CALLBACK_RECEIVE_PONG:
	case LWS_CALLBACK_CLIENT_RECEIVE_PONG: w->heard_us = clock_us(); return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_CLIENT_WRITEABLE: return write_next(w);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: peer_closed(w, in, n); return 0;
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_CLIENT_CLOSED: closed(w); return 0;
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: return append_headers(w, in, n);
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR: refused(w, in, n); return 0;
	case LWS_CALLBACK_HTTP: /* a request that is no upgrade */
		set_end(w, 0, "no WebSocket upgrade");
		(void)lws_return_http_status(p->wsi, 426, NULL);
		return -1;
	default: return 0;
	}
}

static struct lws *connect_out(struct hub_peer *p)
{
	struct ws *w = (struct ws *)p;
	struct lws_client_connect_info info = { .protocol = w->protocol };
	char host[160];

	info.address = w->address; /* a number: libwebsockets would stand still for a name */
	info.port = w->url->port;
	info.path = w->url->target;
	info.host = url_authority(w->url, host, sizeof host); /* without its port: the name the certificate must bear */
	info.ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT; /* our headers hold keys: they go to nobody else */
	if (w->url->tls)
		info.ssl_connection |= LCCSCF_USE_SSL;
	return hub_connect(p, &info);
}

static void on_resolved(void *ctx, const struct resolve_answer *answer)
{
	struct ws *w = ctx;

	if (answer->count == 0) {
		set_end(w, 0, "cannot find the address of %s: %s", w->url->host, answer->why);
		hub_cut(&w->peer);
		return;
	}
	snprintf(w->address, sizeof w->address, "%s", answer->addresses[address_turn % answer->count]);
	hub_start(&w->peer);
}

static int find_address(struct ws *w)
{
	struct in6_addr number;

	w->resolve.on = on_resolved;
	w->resolve.ctx = w;
	if (inet_pton(AF_INET, w->url->host, &number) != 1 && inet_pton(AF_INET6, w->url->host, &number) != 1)
		return resolve_start(&w->resolve, hub_loop(), w->url->host);
	inet_ntop(strchr(w->url->host, ':') ? AF_INET6 : AF_INET, &number, w->address, sizeof w->address);
	hub_start(&w->peer);
	return 0;
}

static void unmake(struct ws *w)
{
	int saved = errno;

	resolve_stop(&w->resolve);
	free(w->url);
	free(w->headers);
	free(w->protocol);
	free(w->in);
	outbox_close(&w->out);
	free(w);
	errno = saved;
}

static void on_over(struct hub_peer *p)
{
	struct ws *w = (struct ws *)p;

	if (w->closing)
		set_end(w, w->open ? w->code : 0, "closed by us");
	if (hub_reason() && !w->open && w->url)
		set_end(w, 0, "%s", hub_reason());
	set_end(w, 0, "%s", w->open ? "connection lost" : w->url ? "cannot connect" : "no WebSocket upgrade");
	w->calls->on_close(w, w->ctx, w->status, w->why);
	unmake(w);
}

static struct ws *make(const struct ws_calls *calls, const struct ws_limits *limits, void *ctx)
{
	struct ws *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	w->peer.on_event = on_event;
	w->peer.on_over = on_over;
	w->calls = calls;
	w->limits = *limits;
	w->ctx = ctx;
	return w;
}

int ws_open(struct loop *l, bool tls)
{
	return hub_open(l, tls);
}

int ws_warm(bool tls)
{
	return hub_warm(tls);
}

void ws_close_all(struct loop *l)
{
	hub_close(l);
}

struct ws *ws_adopt(int fd, const void *bytes, size_t n, const struct ws_calls *calls, const struct ws_limits *limits,
		    void *ctx)
{
	struct ws *w = make(calls, limits, ctx);

	if (!w) {
		close(fd);
		return NULL;
	}
	if (hub_adopt(&w->peer, fd, bytes, n) == 0)
		return w;
	unmake(w);
	return NULL;
}

struct ws *ws_connect(const char *url, const char *headers, const char *protocol, const struct ws_calls *calls,
		      const struct ws_limits *limits, void *ctx)
{
	struct ws *w;

	w = make(calls, limits, ctx);
	if (!w)
		return NULL;
	w->peer.on_start = connect_out;
	w->url = malloc(sizeof *w->url);
	w->headers = headers ? strdup(headers) : NULL;
	w->protocol = protocol ? strdup(protocol) : NULL;
	if (!w->url || (headers && !w->headers) || (protocol && !w->protocol))
		errno = ENOMEM;
	else if (url_read(w->url, url) < 0 || w->url->scheme[0] != 'w' || (w->url->tls && !hub_has_tls()))
		errno = EINVAL;
	else if (hub_join(&w->peer) == 0) {
		if (find_address(w) < 0) {
			set_end(w, 0, "cannot look up %s: %s", w->url->host, strerror(errno));
			hub_cut(&w->peer);
		}
		return w;
	}
	unmake(w);
	return NULL;
}

int ws_send(struct ws *w, const char *text, size_t n)
{
	if (w->closing || w->peer.over)
		return errno = ENOTCONN, -1;
	if (n > w->limits.queue_bytes - w->out.text_bytes || outbox_push(&w->out, text, n) < 0)
		return errno = ENOBUFS, -1;
	if (w->open)
		hub_writable(&w->peer);
	return 0;
}

size_t ws_queued(const struct ws *w)
{
	return w->out.text_bytes;
}

void ws_close(struct ws *w, int code, const char *reason)
{
	if (w->closing || w->peer.over)
		return;
	w->closing = true;
	w->code = code;
	snprintf(w->reason, sizeof w->reason, "%s", reason ? reason : "");
	if (!w->open) {
		hub_cut(&w->peer);
		return;
	}
	hub_timer(&w->peer, "close", on_close_limit, CLOSE_LIMIT_US);
	hub_writable(&w->peer);
}

void ws_abort(struct ws *w)
{
	w->closing = true;
	w->code = 0;
	set_end(w, 0, "cut by us");
	hub_cut(&w->peer);
}
