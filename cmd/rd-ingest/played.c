#include "played.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"

#define US_PER_BYTE (MS / PLAYED_BYTES_PER_MS)
#define BEYOND_MARK_US (600 * MS) /* how far the clock runs beyond a mark whose echo is late */
#define SLIP_US (12 * MS)	  /* less is no hole */
#define DRIFT_US (4 * MS)	  /* so little from one mark to the next is a clock that goes faster */
#define SURE_US (20 * MS)	  /* the news that somebody is gone may be so old when we read it, beside their way */
#define OVERDUE_US (100 * MS)
#define LOST_US (1 * SECOND)

/* Echoes that are late by chance are late each by another time. A delay that PLAYED_LAGS of them share, and that is so
 * many times larger than the differences between them, is a hole in the play-out: of lags that are spread evenly, one
 * window in two thousand looks like that. */
#define SHARED_BY 4

/* What looked like holes may as well have been the way, which has become longer. The next run shows it with its first
 * echo: a way that was thought too long comes down at once. */
static uint64_t next_way(const struct played *p)
{
	return p->way_us + (p->slipped_us < BEYOND_MARK_US ? p->slipped_us : BEYOND_MARK_US);
}

void played_begin(struct played *p, uint32_t generation)
{
	*p = (struct played){ .generation = generation, .way_us = next_way(p), .echoes = p->echoes, .next_mark = 1 };
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
	p->way_us = next_way(p);
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

/* The run is held up by so much: what it plays now it began to play later. */
static void slip(struct played *p, uint64_t us)
{
	p->run_at_us += us;
	p->slipped_us += us;
	p->lag_count = 0;
}

/* An echo comes so much earlier than any before it: a slip that was none is taken back; the rest is a clock that goes
 * faster than ours, if it is little, else the way. */
static void earlier(struct played *p, uint64_t us)
{
	uint64_t back = us < p->slipped_us ? us : p->slipped_us;

	p->slipped_us -= back;
	us -= back;
	if (us <= DRIFT_US)
		back += us;
	else
		p->way_us -= us < p->way_us ? us : p->way_us;
	p->run_at_us -= back;
}

/* What the last echoes share beyond the way, if it is a hole; else 0. */
static uint64_t shared(const struct played *p)
{
	uint64_t least = p->lags_us[0], most = least;

	if (p->lag_count < PLAYED_LAGS)
		return 0;
	for (unsigned i = 1; i < PLAYED_LAGS; i++) {
		least = p->lags_us[i] < least ? p->lags_us[i] : least;
		most = p->lags_us[i] > most ? p->lags_us[i] : most;
	}
	return least >= SLIP_US && least >= (most - least) * SHARED_BY ? least : 0;
}

/* An echo that comes so much later than the way takes. */
static void later(struct played *p, uint64_t us)
{
	p->lags_us[p->lag_count++ % PLAYED_LAGS] = us;
	if (us <= BEYOND_MARK_US)
		us = shared(p);
	if (us)
		slip(p, us);
}

/* What an echo tells of the run, the way and holes. */
static void compare(struct played *p, const struct played_mark *m, uint64_t now_us)
{
	uint64_t due_us;

	if (m->position <= p->run_from) /* of an earlier run */
		return;
	due_us = run_time(p, m->position);
	if (m->sent_us > due_us) /* a question to an idle line */
		return;
	if (!p->way_us && now_us > due_us)
		p->way_us = now_us - due_us;
	due_us += p->way_us;
	if (now_us < due_us)
		earlier(p, due_us - now_us);
	else
		later(p, now_us - due_us);
	if (now_us < run_time(p, m->position)) /* played although it is not due: as if the run began there */
		begin_run(p, m->position, now_us);
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
	p->echoes = true;
	p->confirmed = m->position;
	compare(p, m, now_us);
	return true;
}

/* The last byte that may be called heard before a mark comes back. */
static uint64_t most(const struct played *p)
{
	uint64_t beyond;

	if (!p->count || !p->echoes)
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

uint64_t played_surely(const struct played *p, uint64_t alive_us)
{
	const struct played_mark *m = &p->marks[p->first];
	uint64_t news_us = p->way_us / 2 + SURE_US;
	uint64_t heard = run_position(p, alive_us > news_us ? alive_us - news_us : 0);

	if (p->count && p->echoes && m->position > p->run_from && m->position < heard &&
	    run_time(p, m->position) + p->way_us + OVERDUE_US < alive_us)
		heard = m->position;
	if (heard < p->confirmed)
		heard = p->confirmed;
	return heard < p->least ? heard : p->least;
}

uint64_t played_unproven(const struct played *p)
{
	return p->count && p->echoes && p->least > p->confirmed ? p->least - p->confirmed : 0;
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
	p->echoes = false;
	p->first = (p->first + 1) % PLAYED_MARKS;
	p->count--;
}
