#include "played.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"

#define US_PER_BYTE (MS / PLAYED_BYTES_PER_MS)
#define BEYOND_MARK_US (400 * MS) /* how far the clock runs beyond a mark whose echo is late */
/* A delay that all late echoes share is a hole in the play-out, not jitter of the way back. */
#define SLIP_US (30 * MS)
#define LOST_US (2 * SECOND)

void played_begin(struct played *p, uint32_t generation)
{
	uint64_t way_us = p->way_us;
	bool by_time = p->by_time;

	*p = (struct played){ .generation = generation, .way_us = way_us, .by_time = by_time, .next_mark = 1 };
}

/* Where the run has got to, were there no end of what was sent. */
static uint64_t run_position(const struct played *p, uint64_t now_us)
{
	return p->run_from + (now_us > p->run_at_us ? (now_us - p->run_at_us) / US_PER_BYTE : 0);
}

static uint64_t run_time(const struct played *p, uint64_t position)
{
	return p->run_at_us + (position - p->run_from) * US_PER_BYTE;
}

static void begin_run(struct played *p, uint64_t position, uint64_t now_us)
{
	p->run_from = position;
	p->run_at_us = now_us;
	p->lag_count = 0;
	p->least_lag_us = 0;
	p->slipped_us = 0;
}

void played_send(struct played *p, size_t bytes, uint64_t now_us)
{
	if (run_position(p, now_us) >= p->sent)
		begin_run(p, p->sent, now_us);
	p->sent += bytes;
}

uint32_t played_mark(struct played *p, uint64_t now_us)
{
	if (p->count == PLAYED_MARKS)
		return 0;
	p->marks[(p->first + p->count++) % PLAYED_MARKS] = (struct played_mark){ p->sent, now_us };
	return p->next_mark++;
}

char *played_name(uint32_t generation, uint32_t mark, char out[24])
{
	snprintf(out, 24, "g%lu-%lu", (unsigned long)generation, (unsigned long)mark);
	return out;
}

int played_parse(const char *name, uint32_t *generation, uint32_t *mark)
{
	char again[24];

	if (sscanf(name, "g%10u-%10u", generation, mark) != 2)
		return -1;
	return strcmp(played_name(*generation, *mark, again), name) == 0 ? 0 : -1;
}

static uint64_t least_of(const uint64_t *lags, unsigned n)
{
	uint64_t least = lags[0];

	for (unsigned i = 1; i < n; i++)
		if (lags[i] < least)
			least = lags[i];
	return least;
}

/* The run is held up by so much: what it plays now it began to play later. */
static void slip(struct played *p, uint64_t us)
{
	p->run_at_us += us;
	p->slipped_us += us;
	for (unsigned i = 0; i < PLAYED_LAGS; i++)
		p->lags_us[i] -= us < p->lags_us[i] ? us : p->lags_us[i];
}

/* An echo that comes earlier than any before it in this run: a slip that was none is taken back, the rest is the way.
 */
static void earlier(struct played *p, uint64_t lag_us)
{
	uint64_t back = p->least_lag_us - lag_us;

	if (back > p->slipped_us)
		back = p->slipped_us;
	p->run_at_us -= back;
	p->slipped_us -= back;
	p->least_lag_us = lag_us + back;
}

/* What an echo of this run tells of the way and of holes. */
static void learn(struct played *p, uint64_t lag_us)
{
	p->lags_us[p->lag_count++ % PLAYED_LAGS] = lag_us;
	if (p->lag_count == 1) /* later than any way is long: the first audio of this run was held up */
		p->least_lag_us = lag_us > p->way_us + BEYOND_MARK_US ? p->way_us : lag_us;
	if (lag_us < p->least_lag_us)
		earlier(p, lag_us);
	else if (lag_us > p->least_lag_us + BEYOND_MARK_US)
		slip(p, lag_us - p->least_lag_us);
	else if (p->lag_count >= PLAYED_LAGS && least_of(p->lags_us, PLAYED_LAGS) > p->least_lag_us + SLIP_US)
		slip(p, least_of(p->lags_us, PLAYED_LAGS) - p->least_lag_us);
	p->way_us = p->least_lag_us;
}

static void compare(struct played *p, const struct played_mark *m, uint64_t now_us)
{
	uint64_t due_us;

	if (m->position <= p->run_from) /* of an earlier run, or a question to an idle line */
		return;
	due_us = run_time(p, m->position);
	if (now_us < due_us) {
		begin_run(p, m->position, now_us);
		return;
	}
	if (m->sent_us <= due_us)
		learn(p, now_us - due_us);
}

bool played_echo(struct played *p, uint32_t generation, uint32_t mark, uint64_t now_us)
{
	uint32_t oldest = p->next_mark - p->count;
	const struct played_mark *m;
	unsigned passed;

	if (generation != p->generation || mark < oldest || mark >= p->next_mark)
		return false;
	passed = mark - oldest;
	m = &p->marks[(p->first + passed) % PLAYED_MARKS];
	p->first = (p->first + passed + 1) % PLAYED_MARKS;
	p->count -= passed + 1;
	p->by_time = false;
	p->confirmed = m->position;
	compare(p, m, now_us);
	return true;
}

/* The last byte that may be called heard before a mark comes back. */
static uint64_t most(const struct played *p)
{
	uint64_t beyond;

	if (!p->count || p->by_time)
		return p->sent;
	beyond = p->marks[p->first].position + (p->way_us + BEYOND_MARK_US) / US_PER_BYTE;
	return beyond < p->sent ? beyond : p->sent;
}

uint64_t played_heard(struct played *p, uint64_t now_us)
{
	uint64_t heard = run_position(p, now_us), limit = most(p);

	if (heard > limit)
		heard = limit;
	if (heard < p->confirmed)
		heard = p->confirmed;
	if (heard < p->least)
		heard = p->least;
	p->least = heard;
	return heard;
}

uint64_t played_proven(const struct played *p)
{
	if (p->count && !p->by_time && p->marks[p->first].position < p->least)
		return p->marks[p->first].position;
	return p->least;
}

uint64_t played_when(const struct played *p, uint64_t position)
{
	if (position > most(p))
		return 0;
	if (position <= p->least || position <= p->run_from)
		return 1;
	return run_time(p, position);
}

uint64_t played_overdue_at(const struct played *p)
{
	const struct played_mark *m = &p->marks[p->first];
	uint64_t due_us;

	if (!p->count)
		return 0;
	due_us = m->position > p->run_from ? run_time(p, m->position) : p->run_at_us;
	return (due_us > m->sent_us ? due_us : m->sent_us) + p->way_us + LOST_US;
}

void played_give_up(struct played *p)
{
	if (!p->count)
		return;
	p->by_time = true;
	p->first = (p->first + 1) % PLAYED_MARKS;
	p->count--;
}
