#include "stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "ws.h"

#define START_US (5 * SECOND) /* upgrade to start message */
#define CLOSE_US (1 * SECOND) /* close frame to the end; then it is cut */
#define QUEUE_BYTES ((size_t)256 << 10)
#define CLOSE_REFUSED 1008

static const struct ws_limits limits = { .message_bytes = TWILIO_MESSAGE_BYTES, .queue_bytes = QUEUE_BYTES };

static void on_close_limit(void *ctx)
{
	struct stream *s = ctx;

	ws_abort(s->ws);
}

static void on_no_start(void *ctx)
{
	stream_close(ctx, CLOSE_REFUSED, "no start message");
}

static void set_timer(struct stream *s, const char *name, void (*on)(void *ctx), uint64_t us)
{
	timer_stop(s->loop, &s->timer);
	s->timer.name = name;
	s->timer.on = on;
	s->timer.ctx = s;
	timer_after(s->loop, &s->timer, us);
}

void stream_close(struct stream *s, int code, const char *reason)
{
	if (s->closing)
		return;
	s->closing = true;
	set_timer(s, "close", on_close_limit, CLOSE_US);
	ws_close(s->ws, code, reason);
}

/* What Twilio never sends: said once a stream, counted for its end. */
static void complain(unsigned long *count, const char *what, const char *why)
{
	if ((*count)++ == 0)
		log_warn("dropped %s: %s", what, why);
}

static void start(struct stream *s, const struct twilio_message *m)
{
	if (s->phase != STREAM_NEW) {
		complain(&s->counts.bad, "a message", "a second start");
		return;
	}
	if (*m->format) {
		log_error("cannot take the stream: audio/x-mulaw/8000/1 expected, %s found", m->format);
		stream_close(s, CLOSE_REFUSED, "audio format");
		return;
	}
	timer_stop(s->loop, &s->timer);
	memcpy(s->sid, m->stream, sizeof s->sid);
	s->phase = STREAM_STARTED; /* on_start may send */
	if (s->calls->on_start(s->ctx, s, m))
		return;
	s->phase = STREAM_NEW;
	stream_close(s, CLOSE_REFUSED, "not this call");
}

static void take(struct stream *s, struct twilio_message *m)
{
	switch (m->kind) {
	case TWILIO_CONNECTED: return;
	case TWILIO_OTHER: s->counts.unknown++; return;
	case TWILIO_START: start(s, m); return;
	default: break;
	}
	if (s->phase != STREAM_STARTED)
		complain(&s->counts.early, "a message", s->phase == STREAM_NEW ? "before start" : "behind stop");
	else if (*m->stream && strcmp(m->stream, s->sid) != 0)
		complain(&s->counts.foreign, "a message", "of another streamSid");
	else
		s->calls->on_message(s->ctx, s, m);
}

static void on_text(struct ws *w, void *ctx, char *text, size_t n)
{
	static uint8_t audio[TWILIO_AUDIO_BYTES];
	struct stream *s = ctx;
	struct twilio_message m;
	const char *why;

	(void)w;
	if (s->closing)
		return;
	s->last_us = clock_us();
	trace(TRACE_JSON, "in bytes=%zu %.200s", n, text);
	why = twilio_read(&m, text, n, audio);
	if (why)
		complain(&s->counts.bad, "a message", why);
	else
		take(s, &m);
}

static void on_binary(struct ws *w, void *ctx, size_t n)
{
	struct stream *s = ctx;

	(void)w;
	(void)n;
	complain(&s->counts.binary, "a message", "binary");
}

static void on_close(struct ws *w, void *ctx, int status, const char *why)
{
	struct stream *s = ctx;

	(void)w;
	(void)status;
	timer_stop(s->loop, &s->timer);
	s->closing = true;
	s->ws = NULL;
	s->calls->on_gone(s->ctx, s, why);
	free(s);
}

static const struct ws_calls ws_calls = { .on_text = on_text, .on_binary = on_binary, .on_close = on_close };

struct stream *stream_adopt(struct loop *l, int fd, const void *bytes, size_t n, unsigned step,
			    const struct stream_calls *calls, void *ctx)
{
	struct stream *s = calloc(1, sizeof *s);
	int on = 1;

	/* libwebsockets does not do it for adopted sockets: a mark right behind its media would wait for an ACK. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (!s) {
		close(fd);
		return NULL;
	}
	s->calls = calls;
	s->ctx = ctx;
	s->loop = l;
	s->step = step;
	s->last_us = clock_us();
	s->ws = ws_adopt(fd, bytes, n, &ws_calls, &limits, s);
	if (!s->ws) {
		int saved = errno;

		free(s);
		return errno = saved, NULL;
	}
	set_timer(s, "start", on_no_start, START_US);
	return s;
}

/* A message of ours, n bytes, 0 if it could not be built. */
static int send_text(struct stream *s, const char *text, size_t n)
{
	if (!n || s->phase != STREAM_STARTED || s->closing)
		return -1;
	trace(TRACE_JSON, "out bytes=%zu %.200s", n, text);
	if (ws_send(s->ws, text, n) == 0)
		return 0;
	s->counts.unsent++;
	return -1;
}

int stream_media(struct stream *s, const uint8_t *audio, size_t n)
{
	char text[TWILIO_OUT_BYTES(STREAM_AUDIO_BYTES)];

	return send_text(s, text, n <= STREAM_AUDIO_BYTES ? twilio_media(text, sizeof text, s->sid, audio, n) : 0);
}

int stream_mark(struct stream *s, const char *name)
{
	char text[TWILIO_OUT_BYTES(0)];

	return send_text(s, text, twilio_mark(text, sizeof text, s->sid, name));
}

int stream_clear(struct stream *s)
{
	char text[TWILIO_OUT_BYTES(0)];

	return send_text(s, text, twilio_clear(text, sizeof text, s->sid));
}
