#include "patience.h"

#include <stdio.h>

#include "bridge.h"
#include "clock.h"

#define RINGING_US (10 * SECOND) /* until a connection runs while nobody hears its silence: in which nobody speaks */
#define REFUSALS 4		 /* tries that failed at once, the last one a second ago: the next will, too */
#define REFUSED_US (1300 * MS)

static uint64_t sooner(uint64_t a_us, uint64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

/* What is being played when a connection is lost covers its absence. */
static uint64_t covered_us(const struct bridge *b, uint64_t most_us)
{
	uint64_t heard_by_us = items_heard_by_us(&b->items);

	return sooner(heard_by_us, most_us);
}

/* When it must run, or somebody else is to speak: soon, once the caller hears the silence. */
static uint64_t deadline_us(const struct bridge *b)
{
	const struct session *s = &b->session;
	bool heard = !b->stage.in_ring || (b->known.started && !b->known.lost);
	uint64_t since_us = s->lost_us > b->known.started_us ? s->lost_us : b->known.started_us;
	uint64_t waits_us = alive_waits_us(b), wait_us, covered;

	if (!heard || (s->ran && !waits_us))
		return since_us + RINGING_US;
	if (waits_us > since_us)
		since_us = waits_us;
	covered = covered_us(b, since_us + RINGING_US);
	wait_us = s->state == SESSION_WAITING && s->attempts > REFUSALS ? REFUSED_US : ALIVE_WAIT_US;
	return covered > since_us + wait_us ? covered : since_us + wait_us;
}

/* Nobody runs. */
static void on_patience(void *ctx)
{
	struct bridge *b = ctx;
	struct session *s = &b->session;
	bool connected = s->state == SESSION_OPEN || s->state == SESSION_CONFIGURING;
	char text[320];

	if (clock_us() < deadline_us(b)) {
		patience_begin(b);
		return;
	}
	snprintf(text, sizeof text, "cannot reach the model at %s: %s", s->host,
		 connected		       ? "no answer to session.update"
		 : s->state == SESSION_WAITING ? s->why
					       : "no answer in time");
	session_fail(b, connected ? "silent" : s->throttled ? "refused" : "unreachable", text);
}

void patience_open(struct bridge *b)
{
	b->session.patience = (struct timer){ .name = "patience", .on = on_patience, .ctx = b };
}

void patience_begin(struct bridge *b)
{
	if (b->session.state != SESSION_OVER && b->session.lost_us)
		timer_set(&b->stage.loop, &b->session.patience, deadline_us(b));
}

void patience_end(struct bridge *b)
{
	timer_stop(&b->stage.loop, &b->session.patience);
}
