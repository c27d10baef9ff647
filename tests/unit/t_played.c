#include "../../cmd/rd-ingest/played.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"

/* A story is a list of what happens when. SEND and HEARD are in milliseconds of audio, ECHO is the number of a mark of
 * this generation, OLD one of the generation before, SURELY asks what a far side heard that was last heard of at n,
 * WHEN when so much will have been heard (0: it depends on an echo). */
enum act { OVER, SEND, MARK, ECHO, OLD, CLEAR, HEARD, SURELY, WHEN, GIVE_UP };

struct step {
	long at_ms;
	enum act act;
	long n, expected;
};

struct story {
	const char *name;
	struct step steps[40];
};

static const struct story stories[] = {
	{ "plays in real time from the first audio on",
	  { { 0, HEARD, 0, 0 },
	    { 100, SEND, 300, 0 },
	    { 100, HEARD, 0, 0 },
	    { 120, HEARD, 0, 20 },
	    { 399, HEARD, 0, 299 },
	    { 400, HEARD, 0, 300 },
	    { 9000, HEARD, 0, 300 } } },
	{ "stops while the far side has nothing",
	  { { 0, SEND, 100, 0 },
	    { 500, SEND, 100, 0 },
	    { 500, HEARD, 0, 100 },
	    { 550, HEARD, 0, 150 },
	    { 700, HEARD, 0, 200 } } },
	{ "goes on without a gap when more comes in time",
	  { { 0, SEND, 100, 0 }, { 50, SEND, 100, 0 }, { 150, HEARD, 0, 150 }, { 200, HEARD, 0, 200 } } },
	{ "an echo proves what it stands behind",
	  { { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 1 },
	    { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 2 },
	    { 150, ECHO, 1, 1 },
	    { 150, HEARD, 0, 160 },
	    { 170, HEARD, 0, 180 },
	    { 310, HEARD, 0, 320 },
	    { 310, ECHO, 2, 1 },
	    { 400, HEARD, 0, 320 } } },
	{ "the way back is no delay of the play-out",
	  { { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 1 },
	    { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 2 },
	    { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 3 },
	    { 240, ECHO, 1, 1 },
	    { 240, HEARD, 0, 240 },
	    { 400, ECHO, 2, 1 },
	    { 400, HEARD, 0, 400 },
	    { 560, ECHO, 3, 1 },
	    { 560, HEARD, 0, 480 } } },
	{ "one late echo among others is only late",
	  { { 0, SEND, 800, 0 },
	    { 0, MARK, 0, 1 },
	    { 0, CLEAR, 1, 0 },
	    { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 1 },
	    { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 2 },
	    { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 3 },
	    { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 4 },
	    { 170, ECHO, 1, 1 },
	    { 480, ECHO, 2, 1 },
	    { 480, HEARD, 0, 480 },
	    { 490, ECHO, 3, 1 },
	    { 600, HEARD, 0, 600 },
	    { 650, ECHO, 4, 1 } } },
	{ "a delay that all echoes share was a hole on the way there",
	  { { 0, SEND, 160, 0 },     { 0, MARK, 0, 1 },	       { 0, SEND, 160, 0 },  { 0, MARK, 0, 2 },
	    { 0, SEND, 160, 0 },     { 0, MARK, 0, 3 },	       { 0, SEND, 160, 0 },  { 0, MARK, 0, 4 },
	    { 0, SEND, 160, 0 },     { 0, MARK, 0, 5 },	       { 0, SEND, 160, 0 },  { 0, MARK, 0, 6 },
	    { 0, SEND, 160, 0 },     { 0, MARK, 0, 7 },	       { 0, SEND, 800, 0 },  { 170, ECHO, 1, 1 },
	    { 410, ECHO, 2, 1 },     { 570, ECHO, 3, 1 },      { 730, ECHO, 4, 1 },  { 890, ECHO, 5, 1 },
	    { 1050, ECHO, 6, 1 },    { 1060, HEARD, 0, 1060 }, { 1210, ECHO, 7, 1 }, { 1310, HEARD, 0, 1230 },
	    { 1410, HEARD, 0, 1330 } } },
	{ "a clock that goes slower is followed",
	  { { 0, SEND, 160, 0 }, { 0, MARK, 0, 1 },	   { 0, SEND, 160, 0 },	 { 0, MARK, 0, 2 },
	    { 0, SEND, 160, 0 }, { 0, MARK, 0, 3 },	   { 0, SEND, 160, 0 },	 { 0, MARK, 0, 4 },
	    { 0, SEND, 160, 0 }, { 0, MARK, 0, 5 },	   { 0, SEND, 160, 0 },	 { 0, MARK, 0, 6 },
	    { 0, SEND, 160, 0 }, { 0, MARK, 0, 7 },	   { 0, SEND, 400, 0 },	 { 170, ECHO, 1, 1 },
	    { 343, ECHO, 2, 1 }, { 503, ECHO, 3, 1 },	   { 663, ECHO, 4, 1 },	 { 823, ECHO, 5, 1 },
	    { 983, ECHO, 6, 1 }, { 1000, HEARD, 0, 1000 }, { 1143, ECHO, 7, 1 }, { 1300, HEARD, 0, 1287 } } },
	{ "and one that goes faster",
	  { { 50, SEND, 160, 0 },
	    { 50, MARK, 0, 1 },
	    { 50, SEND, 160, 0 },
	    { 50, MARK, 0, 2 },
	    { 50, SEND, 800, 0 },
	    { 220, ECHO, 1, 1 },
	    { 377, ECHO, 2, 1 },
	    { 450, HEARD, 0, 403 } } },
	{ "a delay that is none after all is taken back, were it longer than the way",
	  { { 0, SEND, 160, 0 },  { 0, MARK, 0, 1 },	   { 0, SEND, 160, 0 },	 { 0, MARK, 0, 2 },
	    { 0, SEND, 160, 0 },  { 0, MARK, 0, 3 },	   { 0, SEND, 160, 0 },	 { 0, MARK, 0, 4 },
	    { 0, SEND, 160, 0 },  { 0, MARK, 0, 5 },	   { 0, SEND, 160, 0 },	 { 0, MARK, 0, 6 },
	    { 0, SEND, 160, 0 },  { 0, MARK, 0, 7 },	   { 0, SEND, 160, 0 },	 { 0, MARK, 0, 8 },
	    { 0, SEND, 800, 0 },  { 160, ECHO, 1, 1 },	   { 420, ECHO, 2, 1 },	 { 580, ECHO, 3, 1 },
	    { 740, ECHO, 4, 1 },  { 900, ECHO, 5, 1 },	   { 1060, ECHO, 6, 1 }, { 1220, ECHO, 7, 1 },
	    { 1280, ECHO, 8, 1 }, { 1320, HEARD, 0, 1320 } } },
	{ "does not run far beyond a mark that does not come back",
	  { { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 1 },
	    { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 2 },
	    { 0, SEND, 1600, 0 },
	    { 170, ECHO, 1, 1 },
	    { 500, HEARD, 0, 500 },
	    { 5000, HEARD, 0, 930 },
	    { 5000, WHEN, 1000, 0 } } },
	{ "who went away did not hear what the clock ran on",
	  { { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 1 },
	    { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 2 },
	    { 0, SEND, 1600, 0 },
	    { 170, ECHO, 1, 1 },
	    { 400, HEARD, 0, 400 },
	    { 400, SURELY, 400, 375 },
	    { 400, SURELY, 380, 355 },
	    { 400, SURELY, 100, 160 },
	    { 700, HEARD, 0, 700 },
	    { 700, SURELY, 420, 395 },
	    { 700, SURELY, 700, 320 } } },
	{ "a long stall is believed at once, and nothing is taken back",
	  { { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 1 },
	    { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 2 },
	    { 0, SEND, 1600, 0 },
	    { 0, MARK, 0, 3 },
	    { 170, ECHO, 1, 1 },
	    { 2000, HEARD, 0, 930 },
	    { 2000, ECHO, 2, 1 },
	    { 2000, HEARD, 0, 930 },
	    { 2500, HEARD, 0, 930 },
	    { 2700, HEARD, 0, 1030 } } },
	{ "goes by time where marks never come back, and waits for them once one has",
	  { { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 1 },
	    { 0, SEND, 1600, 0 },
	    { 0, MARK, 0, 2 },
	    { 1000, HEARD, 0, 1000 },
	    { 2200, GIVE_UP, 0, 0 },
	    { 2200, HEARD, 0, 1760 },
	    { 2300, ECHO, 2, 1 },
	    { 2300, HEARD, 0, 1760 },
	    { 2300, CLEAR, 1, 0 },
	    { 2300, SEND, 160, 0 },
	    { 2300, MARK, 0, 1 },
	    { 2300, SEND, 1600, 0 },
	    { 4500, HEARD, 0, 1300 } } },
	{ "marks that come back no more are done without, as long as the line lives",
	  { { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 1 },
	    { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 2 },
	    { 0, SEND, 1600, 0 },
	    { 170, ECHO, 1, 1 },
	    { 1340, HEARD, 0, 930 },
	    { 1340, GIVE_UP, 0, 0 },
	    { 1340, HEARD, 0, 1340 } } },
	{ "clear begins a generation, older echoes mean nothing",
	  { { 0, SEND, 400, 0 },
	    { 0, MARK, 0, 1 },
	    { 100, HEARD, 0, 100 },
	    { 100, CLEAR, 1, 0 },
	    { 100, HEARD, 0, 0 },
	    { 101, OLD, 1, 0 },
	    { 101, HEARD, 0, 0 },
	    { 200, SEND, 160, 0 },
	    { 200, MARK, 0, 1 },
	    { 201, OLD, 1, 0 },
	    { 300, HEARD, 0, 100 },
	    { 360, ECHO, 1, 1 },
	    { 360, HEARD, 0, 160 } } },
	{ "a mark that was passed over is answered by a later one",
	  { { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 1 },
	    { 0, SEND, 160, 0 },
	    { 0, MARK, 0, 2 },
	    { 330, ECHO, 2, 1 },
	    { 330, HEARD, 0, 320 },
	    { 331, ECHO, 1, 0 },
	    { 331, ECHO, 3, 0 },
	    { 331, ECHO, 0, 0 } } },
	{ "a question to an idle line proves nothing new",
	  { { 0, SEND, 160, 0 },
	    { 500, MARK, 0, 1 },
	    { 540, ECHO, 1, 1 },
	    { 540, HEARD, 0, 160 },
	    { 600, MARK, 0, 2 },
	    { 640, ECHO, 2, 1 },
	    { 700, SEND, 160, 0 },
	    { 760, HEARD, 0, 220 },
	    { 760, SURELY, 760, 200 } } },
	{ "says when something will have been heard",
	  { { 100, SEND, 400, 0 }, { 100, WHEN, 0, 0 }, { 100, WHEN, 160, 260 }, { 100, WHEN, 400, 500 } } },
};

static void act(struct played *p, const struct step *s)
{
	uint64_t now_us = (uint64_t)s->at_ms * MS, when;

	switch (s->act) {
	case SEND: played_send(p, (size_t)s->n * PLAYED_BYTES_PER_MS, now_us); break;
	case MARK: assert_int_equal(played_mark(p, now_us), s->expected); break;
	case ECHO: assert_int_equal(played_echo(p, p->generation, (uint32_t)s->n, now_us), s->expected); break;
	case OLD: assert_int_equal(played_echo(p, p->generation - 1, (uint32_t)s->n, now_us), s->expected); break;
	case CLEAR: played_begin(p, (uint32_t)s->n); break;
	case HEARD: assert_int_equal(played_heard(p, now_us) / PLAYED_BYTES_PER_MS, s->expected); break;
	case SURELY: assert_int_equal(played_surely(p, (uint64_t)s->n * MS) / PLAYED_BYTES_PER_MS, s->expected); break;
	case WHEN:
		when = played_when(p, (uint64_t)s->n * PLAYED_BYTES_PER_MS);
		assert_int_equal(when / MS, s->expected);
		break;
	case GIVE_UP:
		assert_true(played_overdue_at(p) && played_overdue_at(p) <= now_us);
		played_give_up(p);
		break;
	case OVER: break;
	}
}

static void played_tells_what_was_heard(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
		struct played p = { 0 };

		print_message("  %s\n", stories[i].name);
		played_begin(&p, 0);
		for (const struct step *s = stories[i].steps; s->act; s++)
			act(&p, s);
	}
}

/* Whatever comes back, and in whatever order: never beyond what was sent, never back. */
static void played_stays_in_its_bounds(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int run = 0; run < 200; run++) {
		struct played p = { 0 };
		uint64_t now_us = SECOND, last = 0;

		played_begin(&p, 7);
		for (int i = 0; i < 400; i++) {
			seed = seed * 1664525u + 1013904223u;
			now_us += (seed >> 8) % (60 * MS);
			switch (seed >> 28) {
			case 0:
			case 1:
			case 2:
			case 3: played_send(&p, (seed >> 4) % 2000, now_us); break;
			case 4:
			case 5:
			case 6: (void)played_mark(&p, now_us); break;
			case 7:
			case 8: (void)played_echo(&p, 7, p.next_mark - p.count, now_us); break;
			case 9: (void)played_echo(&p, 7, seed % 40, now_us); break;
			case 10: (void)played_echo(&p, 6, seed % 40, now_us); break;
			case 11:
				if (played_overdue_at(&p) && played_overdue_at(&p) < now_us)
					played_give_up(&p);
				break;
			default: break;
			}
			assert_true(played_heard(&p, now_us) >= last);
			last = played_heard(&p, now_us);
			assert_true(last <= p.sent && played_surely(&p, now_us) <= last);
			assert_true(played_unproven(&p) <= last);
		}
	}
}

static void played_counts_marks(void **state)
{
	struct played p = { 0 };

	(void)state;
	played_begin(&p, 0);
	for (uint32_t i = 1; i <= PLAYED_MARKS; i++)
		assert_int_equal(played_mark(&p, 0), i);
	assert_int_equal(played_mark(&p, 0), 0);
	assert_true(played_echo(&p, 0, 10, 1));
	assert_int_equal(played_mark(&p, 0), PLAYED_MARKS + 1);
}

static void played_reads_only_its_own_names(void **state)
{
	static const struct {
		const char *name;
		int ok;
		uint32_t generation, mark;
	} cases[] = {
		{ "g0-1", 0, 0, 1 },	  { "g4294967295-7", 0, 4294967295u, 7 },
		{ "", -1, 0, 0 },	  { "g1", -1, 0, 0 },
		{ "g1-", -1, 0, 0 },	  { "g1-2x", -1, 0, 0 },
		{ "g01-2", -1, 0, 0 },	  { "g1--2", -1, 0, 0 },
		{ "g 1-2", -1, 0, 0 },	  { "g4294967296-1", -1, 0, 0 },
		{ "utt2-end", -1, 0, 0 },
	};
	char name[24];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint32_t generation = 0, mark = 0;

		assert_int_equal(played_parse(cases[i].name, &generation, &mark), cases[i].ok);
		if (cases[i].ok == 0) {
			assert_int_equal(generation, cases[i].generation);
			assert_int_equal(mark, cases[i].mark);
			assert_string_equal(played_name(generation, mark, name), cases[i].name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(played_tells_what_was_heard),
		cmocka_unit_test(played_stays_in_its_bounds),
		cmocka_unit_test(played_counts_marks),
		cmocka_unit_test(played_reads_only_its_own_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
