#include "standby.h"

#include <stdlib.h>
#include <string.h>

#include "bridge.h"
#include "clock.h"
#include "log.h"
#include "realtime.h"
#include "settings.h"
#include "ws.h"

#define MAKE_US (5 * SECOND)  /* to connect and to be configured */
#define AGAIN_US (3 * SECOND) /* after one that failed; twice as long after each of the next four */
#define DOUBLED_MAX 4
#define LOOK_US (50 * MS) /* so often, when it is ready, we look whether the moment is good */

static void on_timer(void *ctx);

void standby_open(struct bridge *b)
{
	b->standby.timer = (struct timer){ .name = "standby", .on = on_timer, .ctx = b };
}

static void forget(struct bridge *b)
{
	timer_stop(&b->stage.loop, &b->standby.timer);
	b->standby.ws = NULL;
	b->standby.state = STANDBY_NONE;
}

static void cut(struct bridge *b)
{
	struct ws *w = b->standby.ws;

	forget(b);
	if (w)
		ws_close(w, 1000, NULL);
}

void standby_drop(struct bridge *b)
{
	b->standby.failures = 0;
	cut(b);
}

/* The one that runs goes on: it is better than none, and ends when the service ends it. */
static void fail(struct bridge *b, const char *why)
{
	struct standby *y = &b->standby;
	uint64_t pause_us = AGAIN_US << (y->failures < DOUBLED_MAX ? y->failures : DOUBLED_MAX);

	log_info("no next connection to the model yet: %s; again in %llu s", why,
		 (unsigned long long)(pause_us / SECOND));
	y->failures++;
	y->not_before = clock_us() + pause_us;
	cut(b);
}

void standby_begin(struct bridge *b)
{
	struct standby *y = &b->standby;

	if (y->state != STANDBY_NONE || clock_us() < y->not_before)
		return;
	y->expires_at = 0;
	y->ws = session_connect(b);
	if (!y->ws) {
		fail(b, "it cannot be made");
		return;
	}
	y->state = STANDBY_CONNECTING;
	timer_after(&b->stage.loop, &y->timer, MAKE_US);
}

struct ws *standby_take(struct bridge *b, double *expires_at)
{
	struct ws *w = b->standby.ws;

	if (b->standby.state != STANDBY_READY)
		return NULL;
	*expires_at = b->standby.expires_at;
	b->standby.failures = 0;
	forget(b);
	return w;
}

/* Not in a silence, but so that nothing is lost: what the assistant says is all here, or the caller's words can be told
 * the next one from their beginning. */
static bool is_harmless(const struct bridge *b)
{
	return !b->turn.waiting && (b->turn.speaking || responses_idle(&b->responses)) && !calls_pending(b) &&
	       !b->interrupt.clear[0];
}

/* It takes over if this is a good moment, or the last. */
static void change_over(struct bridge *b)
{
	const struct term *t = &b->session.term;
	uint64_t now_us = clock_us();
	bool quiet = turn_quiet(b) && !untold_any(&b->backlog.map->untold), last = term_last(t, now_us);

	if (session_running(b) && (quiet || (term_late(t, now_us) && is_harmless(b)) || last))
		session_hand_over(b, last ? "its time was over" : "its time was nearly over");
}

static void on_timer(void *ctx)
{
	struct bridge *b = ctx;

	if (b->standby.state != STANDBY_READY) {
		fail(b, "no answer in time");
		return;
	}
	timer_after(&b->stage.loop, &b->standby.timer, LOOK_US);
	change_over(b);
}

/* --- the connection's word */

static void configure(struct bridge *b)
{
	char id[SENDER_ID_BYTES], *text;

	sender_id(b, "session", id);
	text = settings_message(b, id);
	if (!text || ws_send(b->standby.ws, text, strlen(text)) < 0)
		fail(b, "its settings cannot be sent");
	else
		b->standby.state = STANDBY_CONFIGURING;
	free(text);
}

bool standby_on_open(struct bridge *b, const struct ws *w)
{
	if (w != b->standby.ws)
		return false;
	configure(b);
	return true;
}

static void act(struct bridge *b, const struct realtime_event *e)
{
	struct standby *y = &b->standby;

	switch (e->type) {
	case REALTIME_SESSION_CREATED: y->expires_at = e->session.expires_at; break;
	case REALTIME_SESSION_UPDATED:
		if (y->state != STANDBY_CONFIGURING)
			break;
		y->state = STANDBY_READY;
		log_debug("next connection to the model is ready");
		timer_after(&b->stage.loop, &y->timer, LOOK_US);
		break;
	case REALTIME_ERROR: fail(b, *e->error.code ? e->error.code : "it reports an error"); break;
	default: break;
	}
}

bool standby_on_text(struct bridge *b, const struct ws *w, char *text, size_t n)
{
	struct realtime_event e;
	const char *why;

	if (w != b->standby.ws)
		return false;
	if (realtime_read(&e, text, n, &why) < 0) {
		b->session.strange++;
		return true;
	}
	act(b, &e);
	realtime_free(&e);
	return true;
}

bool standby_on_close(struct bridge *b, const struct ws *w, const char *why)
{
	if (w != b->standby.ws)
		return false;
	b->standby.ws = NULL;
	fail(b, why);
	return true;
}
