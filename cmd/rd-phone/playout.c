#include "playout.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "g711.h"

#define BYTES_PER_MS 8
#define HOLE_MIN_US (60 * MS)
#define HOLE_MAX_US SECOND /* a longer one is a new utterance */
#define RUN_HOLE_US (500 * MS)
#define TAIL_BYTES 320 /* 40 ms */
#define QUIET 200      /* mean of the absolute samples */

int playout_open(struct playout *p, const struct playout_calls *calls, void *ctx)
{
	*p = (struct playout){ .calls = calls, .ctx = ctx };
	p->bytes = malloc(PLAYOUT_BYTES);
	p->marks = malloc(PLAYOUT_MARKS * sizeof *p->marks);
	if (!p->bytes || !p->marks) {
		playout_close(p);
		return -1;
	}
	return 0;
}

void playout_close(struct playout *p)
{
	free(p->bytes);
	free(p->marks);
	p->bytes = NULL;
	p->marks = NULL;
}

bool playout_empty(const struct playout *p)
{
	return p->in == p->out;
}

static const struct playout_mark *first_mark(const struct playout *p)
{
	return p->mark_count ? &p->marks[p->mark_first] : NULL;
}

static void reach_mark(struct playout *p)
{
	const struct playout_mark *m = first_mark(p);

	p->mark_first = (p->mark_first + 1) % PLAYOUT_MARKS;
	p->mark_count--;
	p->calls->on_mark(p->ctx, m->name);
}

/* When byte `at` begins to sound. */
static uint64_t time_of(const struct playout *p, uint64_t at)
{
	return p->begun_us + (at - p->begun_at) * 1000 / BYTES_PER_MS;
}

/* Plays up to byte `to`, in pieces where the ring turns. */
static void play(struct playout *p, uint64_t to)
{
	while (p->out < to) {
		size_t at = (size_t)(p->out % PLAYOUT_BYTES), n = PLAYOUT_BYTES - at;

		if (n > to - p->out)
			n = (size_t)(to - p->out);
		p->calls->on_heard(p->ctx, p->bytes + at, n, time_of(p, p->out));
		p->out += n;
	}
}

static bool quiet_tail(const struct playout *p)
{
	uint64_t n = p->out < TAIL_BYTES ? p->out : TAIL_BYTES, sum = 0;

	for (uint64_t i = p->out - n; i < p->out; i++)
		sum += (uint64_t)abs(g711_mulaw[p->bytes[i % PLAYOUT_BYTES]]);
	return sum < n * QUIET;
}

void playout_advance(struct playout *p, uint64_t now_us)
{
	uint64_t due = p->out, last_mark = UINT64_MAX;
	const struct playout_mark *m;

	if (playout_empty(p))
		return;
	if (now_us > p->begun_us)
		due = p->begun_at + (now_us - p->begun_us) * BYTES_PER_MS / 1000;
	if (due > p->in)
		due = p->in;
	while ((m = first_mark(p)) && m->at <= due) {
		last_mark = m->at;
		play(p, m->at);
		reach_mark(p);
	}
	play(p, due);
	if (playout_empty(p)) {
		p->dry_us = time_of(p, p->in);
		p->ended = last_mark == p->in && quiet_tail(p);
	}
}

uint64_t playout_due(const struct playout *p)
{
	const struct playout_mark *m = first_mark(p);

	return m ? time_of(p, m->at) : 0;
}

/* The queue was empty: what comes now begins to sound at once. Was it a hole? */
static void begin(struct playout *p, uint64_t now_us)
{
	uint64_t hole = p->dry_us && now_us > p->dry_us ? now_us - p->dry_us : 0;

	if (hole > HOLE_MIN_US && hole < HOLE_MAX_US && !p->ended) {
		if (p->gap_count < PLAYOUT_GAPS)
			p->gap_ms[p->gap_count] = (unsigned)(hole / MS);
		p->gap_count++;
	}
	if (!p->dry_us || hole > RUN_HOLE_US)
		p->run_at = p->in;
	p->dry_us = 0;
	p->begun_us = now_us;
	p->begun_at = p->in;
}

int playout_audio(struct playout *p, const uint8_t *mulaw, size_t n, uint64_t now_us)
{
	playout_advance(p, now_us);
	if (n > PLAYOUT_BYTES - (p->in - p->out))
		return -1;
	if (n && playout_empty(p))
		begin(p, now_us);
	while (n) {
		size_t at = (size_t)(p->in % PLAYOUT_BYTES), part = PLAYOUT_BYTES - at < n ? PLAYOUT_BYTES - at : n;

		memcpy(p->bytes + at, mulaw, part);
		p->in += part;
		mulaw += part;
		n -= part;
	}
	return 0;
}

int playout_mark(struct playout *p, const char *name, uint64_t now_us)
{
	size_t size = strlen(name) + 1;
	struct playout_mark *m;

	playout_advance(p, now_us);
	if (p->mark_count == PLAYOUT_MARKS || size > PLAYOUT_NAME)
		return -1;
	m = &p->marks[(p->mark_first + p->mark_count) % PLAYOUT_MARKS];
	m->at = p->in;
	memcpy(m->name, name, size);
	p->mark_count++;
	if (playout_empty(p)) {
		p->ended = p->ended || quiet_tail(p);
		reach_mark(p);
	}
	return 0;
}

void playout_clear(struct playout *p, uint64_t now_us)
{
	playout_advance(p, now_us);
	p->out = p->in; /* what was dropped is not heard */
	while (p->mark_count)
		reach_mark(p);
	p->dry_us = 0;
	p->run_at = p->in;
}

unsigned playout_run_ms(const struct playout *p)
{
	return (unsigned)((p->out - p->run_at) / BYTES_PER_MS);
}
