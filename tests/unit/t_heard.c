/* The heard clock against a line that is made up: thousands of interruptions of a play-out (playout.c with played.c)
 * whose audio, marks and clears travel to a far side and back with delay, jitter, stalls, a clock of its own, and a
 * carrier with bad manners. What playout_clear claims is compared with what the far side had played when the clear
 * reached it. */
#include "../../cmd/rd-ingest/playout.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define BYTE_US (MS / PLAYED_BYTES_PER_MS)
#define MESSAGES 4096u
#define FLOOR_MS 20

enum manner { ECHOES_ALL, ECHOES_NONE, ECHOES_SOME, ECHOES_COALESCED, ECHOES_SHUFFLED };

/* One kind of line. All in ms, but for ppm. Bounds: the error that 99 of 100 and all interruptions stay in. */
static const struct kind {
	const char *name;
	unsigned way_ms;     /* one way, at most; each call has its own */
	unsigned jitter_ms;  /* on top of it, evenly spread, in either direction */
	unsigned late_ms[2]; /* the carrier keeps marks back for so long */
	unsigned stall_ms, stall_every_ms;
	bool stall_down, stall_up;
	int ppm; /* the far side's clock is so much faster */
	enum manner manner;
	long p99_ms, worst_ms;
	unsigned grows_ms; /* either way, once in the call */
} kinds[] = {
	{ "steady", 150, 3, { 0, 0 }, 0, 0, false, false, 0, ECHOES_ALL, FLOOR_MS, FLOOR_MS, 0 },
	{ "its clock 100 ppm fast", 150, 3, { 0, 0 }, 0, 0, false, false, 100, ECHOES_ALL, FLOOR_MS, FLOOR_MS, 0 },
	{ "its clock 100 ppm slow", 150, 3, { 0, 0 }, 0, 0, false, false, -100, ECHOES_ALL, FLOOR_MS, FLOOR_MS, 0 },
	{ "its clock 1 % fast", 150, 3, { 0, 0 }, 0, 0, false, false, 10000, ECHOES_ALL, 25, 30, 0 },
	{ "its clock 1 % slow", 150, 3, { 0, 0 }, 0, 0, false, false, -10000, ECHOES_ALL, 40, 55, 0 },
	{ "marks late by 50 to 500", 20, 2, { 50, 500 }, 0, 0, false, false, 0, ECHOES_ALL, FLOOR_MS, 300, 0 },
	{ "marks late by 500", 20, 2, { 500, 500 }, 0, 0, false, false, 0, ECHOES_ALL, FLOOR_MS, FLOOR_MS, 0 },
	{ "marks never", 50, 2, { 0, 0 }, 0, 0, false, false, 0, ECHOES_NONE, FLOOR_MS, FLOOR_MS, 0 },
	{ "every third mark lost", 50, 2, { 0, 0 }, 0, 0, false, false, 0, ECHOES_SOME, FLOOR_MS, FLOOR_MS, 0 },
	{ "marks coalesced, each 400", 50, 2, { 0, 0 }, 0, 0, false, false, 0, ECHOES_COALESCED, FLOOR_MS, 40, 0 },
	{ "marks out of order", 50, 2, { 0, 200 }, 0, 0, false, false, 0, ECHOES_SHUFFLED, FLOOR_MS, 200, 0 },
	{ "jitter 60", 100, 60, { 0, 0 }, 0, 0, false, false, 0, ECHOES_ALL, 80, 120, 0 },
	{ "jitter 150", 100, 150, { 0, 0 }, 0, 0, false, false, 0, ECHOES_ALL, 170, 300, 0 },
	{ "the way grows by 100", 50, 3, { 0, 0 }, 0, 0, false, false, 0, ECHOES_ALL, 210, 250, 100 },
	{ "stalls of 300, there", 50, 5, { 0, 0 }, 300, 3000, true, false, 0, ECHOES_ALL, 250, 330, 0 },
	{ "stalls of 900, there", 50, 5, { 0, 0 }, 900, 6000, true, false, 0, ECHOES_ALL, 650, 930, 0 },
	{ "stalls of 900, back", 50, 5, { 0, 0 }, 900, 6000, false, true, 0, ECHOES_ALL, 100, 400, 0 },
	{ "stalls of 900, both", 50, 5, { 0, 0 }, 900, 6000, true, true, 0, ECHOES_ALL, 650, 930, 0 },
};

/* --- the line */

static uint64_t random_state;

static unsigned dice(unsigned below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return below ? (unsigned)(random_state >> 33) % below : 0;
}

struct message {
	uint64_t at_us; /* when it arrives */
	enum { MEDIA, MARK, CLEAR } what;
	size_t n;
	char name[24];
};

struct way { /* messages in their order; none overtakes another */
	struct message all[MESSAGES];
	unsigned first, count;
	uint64_t last_us;
};

struct mark {
	uint64_t position;
	char name[24];
};

static struct {
	const struct kind *kind;
	uint64_t now_us, way_us, stall_us, grows_us; /* stall_us: when the newest one began */
	struct way there, back;
	/* the far side */
	uint64_t in, run_from, run_at_us, cleared;
	struct mark marks[MESSAGES];
	unsigned mark_first, mark_count, mark_seen;
	/* the interruption that is on its way */
	bool judging, sent_clear;
	uint64_t truth;
} line;

static struct playout p;

static struct message *push(struct way *w, bool down)
{
	const struct kind *k = line.kind;
	uint64_t at_us = line.now_us + line.way_us + dice(k->jitter_ms * 1000 + 1);
	uint64_t stall_end_us = line.stall_us + (uint64_t)k->stall_ms * MS;
	struct message *m;

	if (line.now_us >= line.grows_us)
		at_us += k->grows_ms * MS;
	if ((down ? k->stall_down : k->stall_up) && line.now_us >= line.stall_us && at_us < stall_end_us)
		at_us = stall_end_us;
	if (at_us < w->last_us)
		at_us = w->last_us;
	w->last_us = at_us;
	assert_true(w->count < MESSAGES);
	m = &w->all[(w->first + w->count++) % MESSAGES];
	*m = (struct message){ .at_us = at_us };
	return m;
}

static struct message *arrived(struct way *w)
{
	struct message *m = &w->all[w->first];

	if (!w->count || m->at_us > line.now_us)
		return NULL;
	w->first = (w->first + 1) % MESSAGES;
	w->count--;
	return m;
}

static int on_media(void *ctx, const uint8_t *audio, size_t n)
{
	struct message *m = push(&line.there, true);

	(void)ctx;
	(void)audio;
	m->what = MEDIA;
	m->n = n;
	return 0;
}

static int on_mark(void *ctx, const char *name)
{
	struct message *m = push(&line.there, true);

	(void)ctx;
	m->what = MARK;
	snprintf(m->name, sizeof m->name, "%s", name);
	return 0;
}

static int on_clear(void *ctx)
{
	(void)ctx;
	push(&line.there, true)->what = CLEAR;
	line.sent_clear = true;
	return 0;
}

static const struct playout_calls calls = { on_media, on_mark, on_clear };

/* --- the far side */

static double byte_us(void)
{
	return (double)BYTE_US * 1e6 / (1e6 + line.kind->ppm);
}

static uint64_t position(uint64_t at_us)
{
	uint64_t here =
		line.run_from + (at_us > line.run_at_us ? (uint64_t)((double)(at_us - line.run_at_us) / byte_us()) : 0);

	return here < line.in ? here : line.in;
}

static void echo(const struct mark *mark)
{
	const struct kind *k = line.kind;
	struct message *m;

	line.mark_seen++;
	if (k->manner == ECHOES_NONE || (k->manner == ECHOES_SOME && line.mark_seen % 3 == 0))
		return;
	line.now_us += (uint64_t)k->late_ms[0] * MS + dice((k->late_ms[1] - k->late_ms[0]) * 1000 + 1);
	m = push(&line.back, false);
	snprintf(m->name, sizeof m->name, "%s", mark->name);
	if (k->manner == ECHOES_COALESCED)
		line.back.last_us = m->at_us = (m->at_us + 400 * MS - 1) / (400 * MS) * 400 * MS;
	if (k->manner == ECHOES_SHUFFLED && line.back.count > 1 && dice(3) == 0) {
		struct message *before = &line.back.all[(line.back.first + line.back.count - 2) % MESSAGES];
		char name[24];

		memcpy(name, m->name, sizeof name);
		memcpy(m->name, before->name, sizeof name);
		memcpy(before->name, name, sizeof name);
	}
}

/* Marks that are reached by now go back, each from its own moment on. */
static void reach(uint64_t until_us, bool all)
{
	uint64_t now_us = line.now_us;

	while (line.mark_count) {
		const struct mark *m = &line.marks[line.mark_first];
		uint64_t at_us =
			m->position > line.run_from
				? line.run_at_us + (uint64_t)((double)(m->position - line.run_from) * byte_us())
				: until_us;

		if (!all && (position(until_us) < m->position || at_us > until_us))
			break;
		line.now_us = all || at_us > until_us ? until_us : at_us;
		echo(m);
		line.now_us = now_us;
		line.mark_first = (line.mark_first + 1) % MESSAGES;
		line.mark_count--;
	}
}

static void far_side(void)
{
	struct message *m;

	while ((m = arrived(&line.there))) {
		reach(m->at_us, false);
		if (m->what == MEDIA) {
			if (position(m->at_us) == line.in) {
				line.run_from = line.in;
				line.run_at_us = m->at_us;
			}
			line.in += m->n;
		} else if (m->what == MARK) {
			struct mark *mark = &line.marks[(line.mark_first + line.mark_count++) % MESSAGES];

			mark->position = line.in;
			memcpy(mark->name, m->name, sizeof mark->name);
		} else {
			line.in = position(m->at_us);
			reach(m->at_us, true);
			line.truth = line.in - line.cleared;
			line.cleared = line.in;
			line.judging = false;
		}
	}
	reach(line.now_us, false);
}

/* --- a call */

static uint64_t due_us;

/* One millisecond. */
static void step(void)
{
	struct message *m;
	uint64_t heard = played_heard(&p.clock, line.now_us);

	line.now_us += MS;
	if (line.kind->stall_ms && line.now_us >= line.stall_us + (uint64_t)line.kind->stall_every_ms * MS)
		line.stall_us = line.now_us;
	far_side();
	while ((m = arrived(&line.back))) {
		playout_echo(&p, m->name, line.now_us);
		due_us = line.now_us;
	}
	assert_true(played_heard(&p.clock, line.now_us) >= heard &&
		    played_heard(&p.clock, line.now_us) <= p.clock.sent);
	if (due_us && line.now_us >= due_us)
		due_us = playout_run(&p, true, line.now_us);
}

static void steps(unsigned ms)
{
	while (ms--)
		step();
}

/* Says an utterance as a model does, faster than it is heard or just so, and interrupts it. The error in ms. */
static long interrupt(uint32_t item)
{
	static const uint8_t audio[8 * 400];
	unsigned length_ms = 100 + dice(dice(4) ? 3000 : 12000), pace = 1 + dice(10), done_ms = 0, wait_ms, heard_ms;
	unsigned when = dice(8), end_ms;
	struct event_heard list[PLAYOUT_ITEMS];
	size_t n;

	wait_ms = when == 0 ? dice(20) : when == 1 ? length_ms - dice(20) : dice(length_ms + 200);
	for (heard_ms = 0; heard_ms < wait_ms; heard_ms++) {
		if (done_ms < length_ms &&
		    heard_ms * pace / 10 + heard_ms * (pace > 5) >= done_ms - (done_ms ? 100 : 0)) {
			unsigned ms = 100 + dice(300);

			if (ms > length_ms - done_ms)
				ms = length_ms - done_ms;
			done_ms += ms;
			assert_int_equal(playout_audio(&p, item, audio, 8 * ms, done_ms == length_ms, line.now_us), 0);
			due_us = playout_run(&p, true, line.now_us);
		}
		step();
	}
	line.sent_clear = false;
	line.judging = true;
	n = playout_clear(&p, 0, list, line.now_us);
	end_ms = n ? (unsigned)list[0].heard_ms : 0;
	assert_true(n == 0 || list[0].heard_ms <= list[0].sent_ms);
	playout_drop(&p, 0, list, n);
	due_us = playout_run(&p, true, line.now_us);
	if (!line.sent_clear) { /* all was heard, it says */
		line.truth = line.in - line.cleared;
		line.cleared = line.in;
		line.judging = false;
		end_ms = (unsigned)(line.truth / PLAYED_BYTES_PER_MS);
		assert_true(position(line.now_us) == line.in);
	}
	while (line.judging)
		step();
	steps(dice(1500));
	return (long)end_ms - (long)(line.truth / PLAYED_BYTES_PER_MS);
}

static void begin_call(const struct kind *k, uint64_t seed)
{
	const char *why;

	memset(&line, 0, sizeof line);
	random_state = seed * 0x9e3779b97f4a7c15u + 1;
	line.kind = k;
	line.now_us = SECOND;
	line.way_us = dice(k->way_ms * 1000 + 1);
	line.stall_us = k->stall_ms ? line.now_us + dice(k->stall_every_ms) * MS : UINT64_MAX / 2;
	line.grows_us = line.now_us + dice(k->grows_ms ? 30000 : 0) * MS;
	assert_int_equal(playout_open(&p, NULL, PLAYOUT_LEAD_MS, &calls, NULL, &why), 0);
	playout_begin(&p, line.now_us);
}

static int by_size(const void *a, const void *b)
{
	long x = labs(*(const long *)a), y = labs(*(const long *)b);

	return (x > y) - (x < y);
}

static void the_clock_knows_what_was_heard(void **state)
{
	const char *wanted = getenv("LONG");
	unsigned call_count = wanted && *wanted ? 2000 : 80, bad = 0;
	enum { EACH = 20 };
	static long errors[2000 * EACH];

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const struct kind *k = &kinds[i];
		unsigned n = 0;

		for (unsigned call = 0; call < call_count; call++) {
			begin_call(k, call + 1);
			for (uint32_t item = 1; item <= EACH; item++)
				errors[n++] = interrupt(2u << 24 | item);
			playout_close(&p);
		}
		qsort(errors, n, sizeof errors[0], by_size);
		print_message("  %-26s n=%5u  median %3ld  p99 %4ld  worst %4ld ms%s\n", k->name, n,
			      labs(errors[n / 2]), labs(errors[n - 1 - n / 100]), errors[n - 1],
			      labs(errors[n - 1 - n / 100]) > k->p99_ms || labs(errors[n - 1]) > k->worst_ms ? "  <--"
													     : "");
		bad += labs(errors[n - 1 - n / 100]) > k->p99_ms || labs(errors[n - 1]) > k->worst_ms;
	}
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clock_knows_what_was_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
