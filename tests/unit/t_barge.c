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

/* --- interruptions: what is understood while a voice of so many ms is heard, and when the assistant is silent */

struct barge_case {
	const char *name;
	int voice_ms;
	struct recogniser_heard heard; /* from 160 ms on */
	bool unheard, loud, sure_at_end;
	const char *orders; /* P pause, R resume, C clear */
};

#define HEARD(frames_, reach_, likeness_)                                                                              \
	{                                                                                                              \
		.frames = frames_, .reach = reach_, .likeness = likeness_                                              \
	}

static const struct barge_case barges[] = {
	{ "nobody speaks against", 900, HEARD(40, REACH_BEGUN, -5), false, true, true, "" },
	{ "a sentence, at once", 900, HEARD(40, REACH_BEGUN, -5), true, true, true, "PC" },
	{ "a sentence, in the end", 900, HEARD(20, REACH_BEGUN, -40), true, true, true, "PC" },
	{ "a short whole word", 200, HEARD(18, REACH_WHOLE, -15), true, true, true, "PC" },
	{ "a cough", 160, HEARD(9, REACH_BEGUN, -14), true, true, false, "PR" },
	{ "a key of a keyboard", 40, HEARD(0, REACH_NOTHING, -100), true, true, false, "PR" },
	{ "uh-huh", 400, { .frames = 30, .murmur = true, .likeness = -8 }, true, true, false, "PR" },
	{ "music", 3000, { .frames = 30, .murmur = true, .likeness = -8 }, true, true, false, "PR" },
	{ "an echo", 900, HEARD(40, REACH_BEGUN, -40), true, false, false, "" },
	{ "softly, but a sentence", 900, HEARD(40, REACH_BEGUN, -40), true, false, true, "" },
};

/* The orders of a sound with silence behind it. */
static void run(struct barge *b, const struct barge_case *c, char *orders, int *longest_pause_ms)
{
	struct barge_heard h = { .unheard = c->unheard };
	int paused = 0;

	for (int ms = 0; ms < c->voice_ms + 800; ms += STEP) {
		bool voice = ms < c->voice_ms;
		enum turn_order turn = turn_step(&h.turn, STEP, voice, REACH_WHOLE, c->sure_at_end);
		enum barge_order order = BARGE_GO_ON;

		h.loud = voice && c->loud;
		h.heard = ms >= 160 ? c->heard : (struct recogniser_heard){ .likeness = -100 };
		if (turn == TURN_END || turn == TURN_NOTHING)
			order = barge_end(b, c->sure_at_end && turn == TURN_END);
		if (order == BARGE_GO_ON)
			order = barge_step(b, STEP, &h);
		paused = b->state == BARGE_PAUSED ? paused + STEP : 0;
		if (paused > *longest_pause_ms)
			*longest_pause_ms = paused;
		if (order != BARGE_GO_ON)
			strncat(orders, &"?PRC"[order], 1);
	}
}

static void test_barges(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof barges / sizeof *barges; i++) {
		struct barge b = { 0 };
		char orders[64] = "";
		int longest = 0;

		run(&b, &barges[i], orders, &longest);
		if (strcmp(orders, barges[i].orders) != 0 || longest >= 400)
			fail_msg("%s: %s, expected %s; a pause of %d ms", barges[i].name, orders, barges[i].orders,
				 longest);
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
	const struct barge_case cough = { "cough", 160, HEARD(9, REACH_BEGUN, -14), true, true, false, "" };
	struct barge b = { 0 };
	char orders[512] = "";
	int longest = 0;

	(void)state;
	for (int n = 0; n < 60; n++)
		run(&b, &cough, orders, &longest);
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
