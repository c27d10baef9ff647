#include "pulse.h"

#include <string.h>
#include <sys/socket.h>

#include "call.h"
#include "clock.h"
#include "super.h"

#define BEAT_US (400 * MS)
#define WAITS_MOST 3	      /* beats that a frame may wait: stages read eagerly (rd-frames(7)) */
#define START_US (5 * SECOND) /* before that a stage may still be about to begin: an interpreter on a busy machine */
#define SERVICE_BEATS 5
#define AWAY_US SECOND /* so late a beat, and it was we who did not run: nobody's silence counts */
#define PING "{\"do\":\"ping\"}"

/* Whether the message that waits in front is the one that waited there at the last beat. The supervisor holds the
 * input's end, too, so it can see what the stage sees. */
static bool same_waits(int in, struct ring_look *look)
{
	unsigned char front[sizeof look->front];
	ssize_t n = recv(in, front, sizeof front, MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC);
	size_t kept = n < 0 ? 0 : (size_t)n < sizeof front ? (size_t)n : sizeof front;
	bool same = n > 0 && n == look->bytes && memcmp(front, look->front, kept) == 0;

	look->bytes = n;
	memcpy(look->front, front, kept);
	return same;
}

static void look_at(struct ring *r, size_t i)
{
	struct ring_stage *stage = r->stages[i];
	struct ring_look *look = &stage->look;

	if (look->life != stage->child.life)
		*look = (struct ring_look){ .life = stage->child.life };
	look->waits = same_waits(stage->in, look) ? look->waits + 1 : 0;
	if (look->waits < WAITS_MOST || clock_us() - stage->child.started_us <= START_US)
		return;
	look->waits = 0; /* one that the kernel holds does not die at once: said once in a while, not at each beat */
	child_hung(&stage->child, "does not read its input");
}

static void look_at_ring(struct ring *r)
{
	for (size_t i = 0; i < r->count && r->state == RING_OPEN; i++)
		if (r->stages[i]->child.pid > 0 && !r->stages[i]->child.late.set)
			look_at(r, i);
}

/* Every fifth beat; the answer stands in child.heard_us like anything else that it says. */
static void ping_service(struct child *c)
{
	uint64_t since = c->heard_us > c->started_us ? c->heard_us : c->started_us;

	if (c->pid == 0 || c->late.set)
		return;
	if (clock_us() - since > c->patience_us)
		child_hung(c, c->ready ? "does not answer" : "does not become ready");
	else if (c->ready)
		(void)child_send(c, PING, NULL, 0, -1); /* full: it lags, and its silence will tell */
}

/* Stopped and continued, we have read nobody's answers. */
static void forgive_silence(struct super *s)
{
	uint64_t now = clock_us();

	for (int i = 0; s->beat_timer.at_us && now > s->beat_timer.at_us + AWAY_US && i < SUPER_SERVICES; i++)
		s->services[i].heard_us = now;
}

static void on_beat(void *ctx)
{
	struct super *s = ctx;

	forgive_silence(s);
	for (struct call *c = s->calls; c; c = c->next)
		if (c->has_ring)
			look_at_ring(&c->ring);
	for (int i = 0; s->beats % SERVICE_BEATS == 0 && i < SUPER_SERVICES; i++)
		ping_service(&s->services[i]);
	/* without a call nobody needs to wake up but for the services */
	s->beats = s->calls ? s->beats + 1 : 0;
	timer_after(&s->loop, &s->beat_timer, s->calls ? BEAT_US : SERVICE_BEATS * BEAT_US);
}

void pulse_start(struct super *s)
{
	s->beat_timer = (struct timer){ .name = "beat", .on = on_beat, .ctx = s };
	on_beat(s);
}
