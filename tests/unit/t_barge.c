/* When a turn of the caller begins and ends, and whether it interrupts. */
#include <cmocka.h>
#include <string.h>

#include "../../cmd/rd-stt/barge.h"

#define STEP 20

/* --- turns: voices and silences in ms, what is understood at the end, and what is ordered */

struct turn_case {
	const char *name;
	struct {
		int voice_ms, quiet_ms;
	} sound[3];
	enum recogniser_reach reach;
	bool sure;
	const char *orders; /* B begin, S speaks, N nothing, E end, L limit */
	int end_ms;	    /* of silence before the last order; 0: it is not asked */
};

static const struct turn_case turns[] = {
	{ "silence", { { 0, 3000 } }, REACH_NOTHING, false, "", 0 },
	{ "a click", { { 20, 1000 } }, REACH_NOTHING, false, "BN", 200 },
	{ "a sentence that cannot go on", { { 800, 1000 } }, REACH_CLOSED, true, "BSE", 200 },
	{ "one that may", { { 800, 1000 } }, REACH_WHOLE, true, "BSE", 240 },
	{ "the beginning of one", { { 800, 1000 } }, REACH_BEGUN, true, "BSE", 700 },
	{ "not understood", { { 800, 1000 } }, REACH_CLOSED, false, "BSE", 500 },
	{ "a pause within", { { 800, 180 }, { 400, 1000 } }, REACH_CLOSED, true, "BSE", 200 },
	{ "two turns", { { 800, 220 }, { 400, 1000 } }, REACH_CLOSED, true, "BSEBSE", 200 },
	{ "clicks, far apart", { { 20, 300 }, { 20, 300 } }, REACH_NOTHING, false, "BNBN", 200 },
	{ "without an end", { { 20500, 0 } }, REACH_BEGUN, true, "BSLBS", 0 },
};

static void note(char *orders, enum turn_order order)
{
	if (order != TURN_GO_ON)
		strncat(orders, &"?BSNEL"[order], 1);
}

static void test_turns(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
		const struct turn_case *c = &turns[i];
		struct turn t = { 0 };
		char orders[64] = "";
		int quiet = 0, ended = 0;

		for (size_t k = 0; k < 3; k++) {
			for (int ms = 0; ms < c->sound[k].voice_ms + c->sound[k].quiet_ms; ms += STEP) {
				bool voice = ms < c->sound[k].voice_ms;
				enum turn_order order = turn_step(&t, STEP, voice, c->reach, c->sure);

				quiet = voice ? 0 : quiet + STEP;
				if (order == TURN_END || order == TURN_NOTHING)
					ended = quiet;
				note(orders, order);
			}
		}
		if (strcmp(orders, c->orders) != 0 || (c->end_ms && ended != c->end_ms))
			fail_msg("%s: %s after %d ms, expected %s after %d", c->name, orders, ended, c->orders,
				 c->end_ms);
	}
}

/* --- interruptions: what a voice of so many ms is like, and when the assistant is silent */

struct barge_case {
	const char *name;
	int voice_ms;
	struct recogniser_heard heard; /* from 160 ms on */
	struct recogniser_heard end;   /* from the first silence on, where that is something else */
	bool unheard, loud;
	int pitched, held;  /* percent of the voice */
	const char *orders; /* P pause, R resume, C clear */
	int clear_ms;	    /* at most so long after the first sound */
};

#define HEARD(frames_, reach_, likeness_)                                                                              \
	{                                                                                                              \
		.frames = frames_, .reach = reach_, .likeness = likeness_                                              \
	}
#define MURMUR(likeness_)                                                                                              \
	{                                                                                                              \
		.frames = 30, .murmur = true, .likeness = likeness_                                                    \
	}

static const struct barge_case barges[] = {
	{ "nobody speaks against", 900, HEARD(40, 1, -5), HEARD(0, 0, 0), false, true, 60, 0, "", 0 },
	{ "a sentence, at once", 900, HEARD(40, 1, -5), HEARD(0, 0, 0), true, true, 60, 0, "PC", 300 },
	{ "one that may be, still going on", 900, HEARD(40, 1, -20), HEARD(0, 0, 0), true, true, 60, 0, "PC", 400 },
	{ "unlike all we know, but long", 900, HEARD(40, 1, -40), HEARD(0, 0, 0), true, true, 60, 0, "PRC", 620 },
	{ "short, and like the one word", 200, HEARD(18, 1, -30), HEARD(24, 3, -30), true, true, 60, 0, "PC", 400 },
	{ "short, said slowly", 500, HEARD(18, 1, -30), HEARD(24, 3, -30), true, true, 90, 80, "PRC", 600 },
	{ "a cough", 160, HEARD(9, 1, -14), HEARD(30, 3, -10), true, true, 0, 0, "PR", 0 },
	{ "a key of a keyboard", 40, HEARD(0, 0, -100), HEARD(0, 0, 0), true, true, 0, 0, "PR", 0 },
	{ "a noise that goes on", 3000, HEARD(40, 1, -10), HEARD(0, 0, 0), true, true, 1, 30, "PR", 0 },
	{ "uh-huh", 400, MURMUR(-8), HEARD(0, 0, 0), true, true, 60, 20, "PR", 0 },
	{ "oh, okay, I see", 900, MURMUR(-15), HEARD(0, 0, 0), true, true, 60, 20, "PR", 0 },
	{ "no murmur is so long", 1200, MURMUR(-15), HEARD(0, 0, 0), true, true, 60, 20, "PRC", 1020 },
	{ "murmurs are what is least unlike it", 700, MURMUR(-35), HEARD(0, 0, 0), true, true, 60, 20, "PRC", 620 },
	{ "music", 3000, HEARD(40, 1, -10), HEARD(40, 3, -10), true, true, 95, 80, "PR", 0 },
	{ "an echo", 900, HEARD(40, 1, -40), HEARD(0, 0, 0), true, false, 60, 0, "", 0 },
	{ "softly, but a sentence", 900, HEARD(40, 1, -5), HEARD(40, 3, -5), true, false, 60, 0, "", 0 },
};

/* What is known of it after so long. */
static struct barge_heard heard_at(const struct barge_case *c, int ms, const struct turn *turn)
{
	struct barge_heard h = { .unheard = c->unheard, .loud = ms < c->voice_ms && c->loud, .turn = *turn };

	h.heard = ms >= 160 ? c->heard : (struct recogniser_heard){ .likeness = -100 };
	if (ms >= c->voice_ms && c->end.frames)
		h.heard = c->end;
	h.pitched_ms = turn->voice_ms * c->pitched / 100;
	h.held_ms = turn->voice_ms * c->held / 100;
	return h;
}

/* The orders of a sound with silence behind it. */
static void run(struct barge *b, const struct barge_case *c, char *orders, int *longest_pause_ms, int *clear_ms)
{
	struct turn t = { 0 };
	int paused = 0;

	for (int ms = 0; ms < c->voice_ms + 800; ms += STEP) {
		enum turn_order turn = turn_step(&t, STEP, ms<c->voice_ms, REACH_WHOLE, c->end.frames> 0);
		struct barge_heard h = heard_at(c, ms, &t);
		enum barge_order order = BARGE_GO_ON;

		if (turn == TURN_END || turn == TURN_NOTHING)
			order = barge_end(b, &h);
		if (order == BARGE_GO_ON)
			order = barge_step(b, STEP, &h);
		paused = b->state == BARGE_PAUSED ? paused + STEP : 0;
		if (paused > *longest_pause_ms)
			*longest_pause_ms = paused;
		if (order != BARGE_GO_ON)
			strncat(orders, &"?PRC"[order], 1);
		if (order == BARGE_CLEAR)
			*clear_ms = ms + STEP;
	}
}

static void test_barges(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof barges / sizeof *barges; i++) {
		struct barge b = { 0 };
		char orders[64] = "";
		int longest = 0, clear_ms = 0;

		run(&b, &barges[i], orders, &longest, &clear_ms);
		if (strcmp(orders, barges[i].orders) != 0 || longest >= 400 || clear_ms > barges[i].clear_ms)
			fail_msg("%s: %s after %d ms, expected %s after %d; a pause of %d ms", barges[i].name, orders,
				 clear_ms, barges[i].orders, barges[i].clear_ms, longest);
	}
}

/* The first sound makes a pause, in the same step. */
static void test_at_once(void **state)
{
	struct barge b = { 0 };
	struct barge_heard h = { .unheard = true, .loud = true };

	(void)state;
	(void)turn_step(&h.turn, STEP, true, REACH_NOTHING, false);
	assert_int_equal(barge_step(&b, STEP, &h), BARGE_PAUSE);
}

/* Coughing for a minute does not make the assistant stammer all the time. */
static void test_distance(void **state)
{
	const struct barge_case cough = { "cough", 160, HEARD(9, 1, -14), HEARD(0, 0, 0), true, true, 0, 0, "", 0 };
	struct barge b = { 0 };
	char orders[512] = "";
	int longest = 0, clear_ms = 0;

	(void)state;
	for (int n = 0; n < 60; n++)
		run(&b, &cough, orders, &longest, &clear_ms);
	assert_in_range(strlen(orders), 2, 2 * 15);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_barges),
		cmocka_unit_test(test_at_once),
		cmocka_unit_test(test_distance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
