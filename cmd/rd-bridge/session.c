#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "bridge.h"
#include "clock.h"
#include "conf.h"
#include "log.h"
#include "opening.h"
#include "patience.h"
#include "receive.h"
#include "request.h"
#include "secret.h"
#include "settings.h"
#include "ws.h"

#define CONNECT_US (5 * SECOND)
#define CONFIGURE_US (3 * SECOND)
#define STEADY_US (10 * SECOND) /* who runs for so long is connected again at once */
#define TICK_US (1 * SECOND)
#define WAITS_TICK_US (100 * MS) /* while the caller waits, or would if the answer broke off */
#define ATTEMPTS_MAX 8		 /* connections in a row of which none ran for so long: it answers, and is of no use */
#define QUEUE_BYTES ((size_t)5 << 20) /* a minute of voice at 24 kHz is told again, and all that goes with it */
#define PING_S 5		      /* a dead line is noticed in twice that, also when nobody speaks */

static const unsigned pauses_ms[] = { 0, 50, 200, 1000, 5000 };

static void on_timer(void *ctx);
static void on_tick(void *ctx);

const char *session_open(struct bridge *b, const char *key, long most_s, char *error, size_t size)
{
	struct session *s = &b->session;

	s->timer = (struct timer){ .name = "session", .on = on_timer, .ctx = b };
	s->tick = (struct timer){ .name = "tick", .on = on_tick, .ctx = b };
	patience_open(b);
	standby_open(b);
	s->term.most_s = most_s;
	return settings_read(b, key, error, size);
}

void session_close(struct bridge *b)
{
	secret_wipe(b->session.headers, sizeof b->session.headers);
}

bool session_running(const struct bridge *b)
{
	return b->session.state == SESSION_RUNNING;
}

/* --- connecting */

static void configure(struct bridge *b)
{
	char id[SENDER_ID_BYTES];

	b->session.state = SESSION_CONFIGURING;
	sender_id(b, "session", id);
	sender_send(b, settings_message(b, id));
	timer_after(&b->stage.loop, &b->session.timer, CONFIGURE_US);
}

void session_ready(struct bridge *b)
{
	if (b->session.state == SESSION_OPEN)
		configure(b);
}

static void on_open(struct ws *w, void *ctx)
{
	struct bridge *b = ctx;
	struct session *s = &b->session;

	if (standby_on_open(b, w) || w != s->ws)
		return;
	s->state = SESSION_OPEN;
	s->heard_us = clock_us();
	timer_stop(&b->stage.loop, &s->timer);
	log_debug("connected host=%s connection=%u ms=%llu", s->host, s->number,
		  (unsigned long long)((s->heard_us - s->lost_us) / MS));
	if (b->known.ready)
		configure(b);
}

static void on_text(struct ws *w, void *ctx, char *text, size_t n)
{
	struct bridge *b = ctx;

	if (standby_on_text(b, w, text, n) || w != b->session.ws || b->session.state == SESSION_OVER)
		return;
	alive_heard(b);
	receive_text(b, text, n);
}

/* There is none that runs. When the next is made, or that there is no sense in it. */
static void wait_or_fail(struct bridge *b, const char *why)
{
	struct session *s = &b->session;
	size_t last = sizeof pauses_ms / sizeof pauses_ms[0] - 1;
	uint64_t pause_us;
	char text[320];

	snprintf(s->why, sizeof s->why, "%s", why);
	if (s->attempts >= ATTEMPTS_MAX) {
		snprintf(text, sizeof text, "cannot reach the model at %s: %s", s->host, why);
		session_fail(b, "unreachable", text);
		return;
	}
	pause_us = pauses_ms[s->attempts < last ? s->attempts : last] * MS;
	if (s->state == SESSION_RUNNING || s->attempts == 0)
		log_warn("model lost at %s: %s; connecting again in %llu ms", s->host, why,
			 (unsigned long long)(pause_us / MS));
	else
		log_debug("no connection attempt=%u: %s; again in %llu ms", s->attempts, why,
			  (unsigned long long)(pause_us / MS));
	s->attempts++;
	s->state = SESSION_WAITING;
	timer_after(&b->stage.loop, &s->timer, pause_us);
	patience_begin(b);
}

/* What only lived on the connection is over, too. */
static void settle_lost(struct bridge *b)
{
	struct session *s = &b->session;

	timer_stop(&b->stage.loop, &s->timer);
	timer_stop(&b->stage.loop, &s->tick);
	b->sender.unacknowledged = 0;
	if (s->state != SESSION_RUNNING)
		return;
	s->lost_us = clock_us();
	if (!turn_quiet(b))
		alive_owe(b);
	if (s->lost_us > s->running_us + STEADY_US)
		s->attempts = 0;
	answer_lost(b);
	turn_restart(b);
}

/* From now on this connection carries the call. */
static void run(struct bridge *b)
{
	struct session *s = &b->session;
	uint64_t now_us = clock_us();

	s->state = SESSION_RUNNING;
	term_begin(&s->term, now_us, (double)clock_unix_s());
	s->ran = true;
	s->running_us = s->heard_us = now_us;
	b->alive.heard_us = now_us;
	b->alive.asked_us = 0;
	timer_after(&b->stage.loop, &s->tick, TICK_US);
	timer_stop(&b->stage.loop, &s->timer);
	patience_end(b);
	opening_begin(b);
	s->broken = false;
}

/* The one before was closed, or is lost. false: none is ready. */
static bool adopt(struct bridge *b, const char *why)
{
	struct session *s = &b->session;
	struct ws *next = standby_take(b, &s->term.expires_at);

	if (!next) {
		standby_drop(b); /* one is made all the same, and quicker than this one's turn may come */
		return false;
	}
	s->ws = next;
	s->number++;
	log_info("model connection replaced connection=%u: %s", s->number, why);
	run(b);
	return true;
}

void session_hand_over(struct bridge *b, const char *why)
{
	struct session *s = &b->session;

	if (!turn_quiet(b)) { /* somebody is in the middle of something */
		s->broken = true;
		answer_lost(b);
		turn_restart(b);
	}
	b->sender.unacknowledged = 0;
	ws_close(s->ws, 1000, NULL);
	(void)adopt(b, why);
}

static void on_close(struct ws *w, void *ctx, int status, const char *why)
{
	struct bridge *b = ctx;
	struct session *s = &b->session;
	enum fault fault = fault_of_close(status, why);
	char text[320];

	if (standby_on_close(b, w, why) || w != s->ws)
		return;
	s->ws = NULL;
	s->throttled = status == 429; /* too many requests: it may be over in a moment */
	if (s->state == SESSION_OVER)
		return;
	s->broken = s->broken || s->state == SESSION_RUNNING;
	settle_lost(b);
	if (adopt(b, why))
		return;
	if (!fault_why(fault)) {
		wait_or_fail(b, why);
		return;
	}
	snprintf(text, sizeof text, "model at %s refuses us: status=%d reason=%s", s->host, status, fault_why(fault));
	session_fail(b, fault_why(fault), text);
}

struct ws *session_connect(struct bridge *b)
{
	static const struct ws_calls calls = { .on_open = on_open, .on_text = on_text, .on_close = on_close };
	static const struct ws_limits limits = { .message_bytes = REALTIME_MESSAGE_MAX,
						 .queue_bytes = QUEUE_BYTES,
						 .ping_s = PING_S };

	return ws_connect(b->session.url, b->session.headers, NULL, &calls, &limits, b);
}

static void connect_now(struct bridge *b)
{
	struct session *s = &b->session;

	s->number++;
	s->state = SESSION_CONNECTING;
	s->term.expires_at = 0;
	s->ws = session_connect(b);
	if (!s->ws) {
		session_fail(b, "unreachable",
			     errno == EINVAL ? "cannot connect to the model: TLS is not to be had"
					     : "cannot connect to the model: no memory");
		return;
	}
	timer_after(&b->stage.loop, &s->timer, CONNECT_US);
	patience_begin(b);
}

void session_begin(struct bridge *b)
{
	b->session.lost_us = clock_us();
	connect_now(b);
}

void session_lost(struct bridge *b, const char *why)
{
	struct session *s = &b->session;
	struct ws *w = s->ws;

	if (s->state == SESSION_OVER)
		return;
	s->ws = NULL;
	if (w)
		ws_abort(w);
	s->broken = s->broken || s->state == SESSION_RUNNING;
	settle_lost(b);
	if (!adopt(b, why))
		wait_or_fail(b, why);
}

static void on_timer(void *ctx)
{
	struct bridge *b = ctx;

	switch (b->session.state) {
	case SESSION_WAITING: connect_now(b); break;
	case SESSION_CONNECTING: session_lost(b, "no answer in time"); break;
	case SESSION_CONFIGURING: session_lost(b, "no answer to session.update"); break;
	default: break;
	}
}

/* --- running */

void session_waited_for(struct bridge *b)
{
	if (session_running(b))
		timer_after(&b->stage.loop, &b->session.tick, WAITS_TICK_US);
	else
		patience_begin(b);
}

void session_expires(struct bridge *b, double unix_s)
{
	b->session.term.expires_at = unix_s;
}

void session_updated(struct bridge *b, const struct realtime_event *e)
{
	struct session *s = &b->session;

	if (s->state != SESSION_CONFIGURING)
		return;
	if ((*e->session.output_format && strcmp(e->session.output_format, b->output.name) != 0) ||
	    (*e->session.input_format && strcmp(e->session.input_format, b->input.name) != 0)) {
		session_fail(b, "refused", "model does not take the audio format that it was asked for");
		return;
	}
	log_info("model ready host=%s model=%s connection=%u ms=%llu", s->host, s->model, s->number,
		 (unsigned long long)((clock_us() - s->lost_us) / MS));
	s->broken = s->broken || !s->ran;
	run(b);
}

void session_tools(struct bridge *b)
{
	char id[SENDER_ID_BYTES], *prompt;

	if (b->session.state != SESSION_CONFIGURING && b->session.state != SESSION_RUNNING)
		return;
	standby_drop(b); /* it was told otherwise */
	prompt = known_prompt(b);
	sender_id(b, "tools", id);
	sender_send(b, request_tools(id, prompt, offer_functions(&b->offer)));
	free(prompt);
}

void session_switch(struct bridge *b, const char *model, const char *voice, const char *language)
{
	const char *const values[][2] = { { "model", model }, { "voice", voice }, { "language", language } };
	char error[256];

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
		if (values[i][1] && conf_set(b->stage.conf, "agent", b->stage.agent, values[i][0], values[i][1], error,
					     sizeof error) < 0)
			log_warn("cannot switch: %s", error);
	if (settings_address(b, error, sizeof error)) {
		log_warn("cannot switch: %s", error);
		return;
	}
	standby_drop(b);
	term_cut(&b->session.term, clock_us());
}

static void on_tick(void *ctx)
{
	struct bridge *b = ctx;
	struct session *s = &b->session;
	uint64_t now_us = clock_us(), due_us = s->tick.at_us;

	if (s->state != SESSION_RUNNING)
		return;
	timer_after(&b->stage.loop, &s->tick,
		    alive_waits_us(b) || b->responses.state != RESPONSES_FREE ? WAITS_TICK_US : TICK_US);
	turn_tick(b);
	alive_check(b, now_us, due_us);
	if (s->state == SESSION_RUNNING && term_over(&s->term, now_us))
		standby_begin(b);
}

void session_refused(struct bridge *b, const char *code, const char *param)
{
	char text[200];

	if (!b->session.bare) {
		b->session.bare = true;
		log_warn("model refuses a setting code=%.60s param=%.60s; trying without what not all know", code,
			 param);
		configure(b);
		return;
	}
	snprintf(text, sizeof text, "model refuses its settings: code=%.60s param=%.60s", code, param);
	session_fail(b, "refused", text);
}

void session_fail(struct bridge *b, const char *why, const char *text)
{
	if (b->session.state == SESSION_OVER)
		return;
	session_over(b);
	(void)stage_say(&b->stage, EVENT_BRAIN_FAILED, "why:s text:s", why, text);
	if (strcmp(why, "key") == 0) /* which of them: its name, never itself */
		log_error("%s; the key is the secret \"%s\" (agent.key)", text, settings_of(b, "key"));
	else
		log_error("%s", text);
	stage_end(&b->stage, 100);
}

void session_over(struct bridge *b)
{
	struct session *s = &b->session;

	timer_stop(&b->stage.loop, &s->timer);
	timer_stop(&b->stage.loop, &s->tick);
	patience_end(b);
	if (s->state == SESSION_OVER)
		return;
	s->state = SESSION_OVER;
	standby_drop(b);
	if (s->ws)
		ws_close(s->ws, 1000, NULL);
	if (s->ran)
		log_info("model session over connections=%u voice_lost_ms=%llu not_taken=%lu unreadable=%lu", s->number,
			 (unsigned long long)(b->backlog.lost / b->input.bytes_per_ms), b->sender.dropped, s->strange);
}
