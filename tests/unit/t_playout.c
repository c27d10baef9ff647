#include "../../cmd/rd-ingest/playout.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "frame.h"

#define A (2u << 24 | 1)
#define B (2u << 24 | 2)
#define C (5u << 24 | 1)

/* The far side: what it was sent, as "160 m 160 m clear", and how long it has something to play. */
static struct far {
	char log[4096];
	char marks[64][24];
	unsigned mark_count;
	uint64_t empty_us, now_us; /* when its buffer runs dry */
	long most_ms;		   /* the most that was in it */
	uint8_t last;		   /* the last byte sent */
	bool refuses;
} far;

static struct playout p;

static void note(const char *what)
{
	size_t n = strlen(far.log);

	snprintf(far.log + n, sizeof far.log - n, "%s%s", n ? " " : "", what);
}

static int on_media(void *ctx, const uint8_t *audio, size_t n)
{
	char text[24];

	(void)ctx;
	if (far.refuses)
		return -1;
	if (far.empty_us < far.now_us)
		far.empty_us = far.now_us;
	far.empty_us += n * (MS / PLAYED_BYTES_PER_MS);
	if ((long)((far.empty_us - far.now_us) / MS) > far.most_ms)
		far.most_ms = (long)((far.empty_us - far.now_us) / MS);
	far.last = audio[n - 1];
	snprintf(text, sizeof text, "%zu", n / PLAYED_BYTES_PER_MS);
	note(text);
	return 0;
}

static int on_mark(void *ctx, const char *name)
{
	(void)ctx;
	snprintf(far.marks[far.mark_count++ % 64], sizeof far.marks[0], "%s", name);
	note("m");
	return 0;
}

static int on_clear(void *ctx)
{
	(void)ctx;
	far.empty_us = far.now_us;
	note("clear");
	return 0;
}

static const struct playout_calls calls = { on_media, on_mark, on_clear };

static void begin(void)
{
	const char *why;

	memset(&far, 0, sizeof far);
	far.now_us = SECOND;
	assert_int_equal(playout_open(&p, NULL, PLAYOUT_LEAD_MS, &calls, NULL, &why), 0);
	playout_begin(&p, far.now_us);
}

static void say(uint32_t item, size_t ms, bool end)
{
	static uint8_t audio[60 * 8000];

	memset(audio, (int)(item & 0xff), sizeof audio);
	assert_int_equal(playout_audio(&p, item, audio, ms * PLAYED_BYTES_PER_MS, end, far.now_us), 0);
}

/* Lets time pass to at_ms, waking up when the play-out asks for it; counts the wake-ups. */
static int pass(long at_ms)
{
	uint64_t end_us = SECOND + (uint64_t)at_ms * MS;
	int wakes = 0;

	for (;;) {
		struct event_heard list[PLAYOUT_ITEMS];
		uint64_t due_us = playout_run(&p, true, far.now_us);

		(void)playout_news(&p, list, far.now_us);
		assert_true(!due_us || due_us > far.now_us);
		if (!due_us || due_us > end_us)
			break;
		far.now_us = due_us;
		wakes++;
	}
	far.now_us = end_us;
	return wakes;
}

/* All marks that were sent by now and not yet echoed come back, if their audio was played by now. */
static void echo_all(void)
{
	static unsigned echoed;

	if (echoed > far.mark_count)
		echoed = 0;
	while (echoed < far.mark_count)
		playout_echo(&p, far.marks[echoed++ % 64], far.now_us);
	echoed = far.mark_count;
}

static const char *heard(void)
{
	static char text[256];
	struct event_heard list[PLAYOUT_ITEMS];
	char name[16];
	size_t n, at = 0;

	playout_note(&p, far.now_us);
	n = unheard_items(&p.queue, list, PLAYOUT_ITEMS, NULL, NULL);
	text[0] = 0;
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%s %ld/%ld%s", i ? ", " : "",
				       frame_item_name(list[i].item, name), list[i].heard_ms, list[i].sent_ms,
				       list[i].end ? " end" : "");
	return text;
}

static void playout_sends_the_first_audio_at_once(void **state)
{
	static const struct {
		size_t ms;
		bool end;
		const char *log;
	} cases[] = {
		{ 20, false, "20" },
		{ 100, false, "100 m" },
		{ 160, false, "160 m" },
		{ 400, false, "160 m 160 m 80" },
		{ 400, true, "160 m 160 m 80 m" },
		{ 1000, false, "160 m 160 m" },
		{ 20, true, "20 m" },
		{ 200, true, "200 m" },
		{ 210, true, "160 m 50 m" },
		{ 170, false, "160 m" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		begin();
		say(A, cases[i].ms, cases[i].end);
		(void)playout_run(&p, true, far.now_us);
		assert_string_equal(far.log, cases[i].log);
		playout_close(&p);
	}
}

static void playout_keeps_its_lead(void **state)
{
	int wakes;

	(void)state;
	begin();
	say(A, 10000, true);
	wakes = 0;
	for (long ms = 0; ms < 10000; ms += 100) {
		wakes += pass(ms);
		assert_true(far.empty_us > far.now_us || ms == 0); /* never dry */
		while (playout_quiet(&p) == false && p.clock.count && p.clock.marks[p.clock.first].position <= p.heard)
			playout_echo(&p,
				     played_name(p.clock.generation, p.clock.next_mark - p.clock.count, far.marks[63]),
				     far.now_us);
	}
	(void)pass(10100);
	assert_true(far.most_ms <= PLAYOUT_LEAD_MS);
	assert_true(wakes < 150); /* a message each 160 ms, news each 200 ms */
	assert_int_equal(p.counts.sent_bytes, 10000 * PLAYED_BYTES_PER_MS);
	assert_int_equal(p.counts.dry, 0);
	playout_close(&p);
}

static void playout_gathers_small_pieces(void **state)
{
	(void)state;
	begin();
	say(A, 20, false);
	(void)pass(0);
	for (long ms = 5; ms <= 60; ms += 5) {
		say(A, 10, false);
		(void)pass(ms);
	}
	assert_string_equal(far.log, "20 50 50 m"); /* the last ten wait */
	(void)pass(110);
	assert_string_equal(far.log, "20 50 50 m 20"); /* but not for long */
	playout_close(&p);
}

static void playout_rests_when_nothing_plays(void **state)
{
	(void)state;
	begin();
	say(A, 300, true);
	(void)pass(300);
	echo_all();
	assert_int_equal(playout_run(&p, true, far.now_us), 0);
	assert_true(playout_quiet(&p));
	assert_int_equal(pass(60000), 0);
	playout_close(&p);
}

static void playout_marks_what_ran_dry(void **state)
{
	(void)state;
	begin();
	say(A, 60, false);
	(void)pass(59);
	assert_string_equal(far.log, "60");
	(void)pass(61);
	assert_string_equal(far.log, "60 m");
	say(A, 60, false);
	(void)pass(62);
	assert_int_equal(p.counts.dry, 1);
	assert_int_equal(playout_audio(&p, A, NULL, 0, true, far.now_us), 0);
	(void)pass(63);
	assert_string_equal(far.log, "60 m 60 m");
	playout_close(&p);
}

static void playout_clears(void **state)
{
	struct event_heard list[PLAYOUT_ITEMS];
	size_t n;

	(void)state;
	begin();
	say(A, 500, true);
	say(C, 100, true);
	say(B, 300, false);
	(void)pass(250);
	n = playout_clear(&p, A, list, far.now_us);
	assert_int_equal(n, 2);
	assert_int_equal(list[0].item, A);
	assert_int_equal(list[0].heard_ms, 250);
	assert_int_equal(list[0].sent_ms, 500);
	assert_int_equal(list[1].item, C);
	assert_int_equal(list[1].heard_ms, 0);
	playout_drop(&p, A, list, n);
	assert_string_equal(heard(), "2.0.2 0/300");
	say(A, 100, false); /* late: nothing more of it is wanted */
	assert_int_equal(p.counts.late_frames, 1);
	far.log[0] = 0;
	echo_all(); /* all of the old generation */
	(void)pass(260);
	assert_string_equal(far.log, "160 m 140 m");
	assert_string_equal(heard(), "2.0.2 10/300");
	n = playout_clear(&p, 0, list, far.now_us);
	assert_int_equal(n, 1);
	playout_drop(&p, 0, list, n);
	assert_string_equal(heard(), "");
	assert_int_equal(playout_clear(&p, B + 5, list, far.now_us), 0);
	playout_drop(&p, B + 5, list, 0);
	say(B + 5, 100, false); /* the clear has overtaken it */
	assert_int_equal(p.counts.late_frames, 2);
	assert_string_equal(heard(), "");
	playout_close(&p);
}

static void playout_clears_nothing_that_is_over(void **state)
{
	struct event_heard list[PLAYOUT_ITEMS];

	(void)state;
	begin();
	say(A, 200, true);
	(void)pass(300);
	echo_all();
	(void)pass(301);
	far.log[0] = 0;
	assert_int_equal(playout_clear(&p, A, list, far.now_us), 0);
	assert_string_equal(far.log, ""); /* no `clear` for an empty line */
	playout_close(&p);
}

static void playout_pauses(void **state)
{
	(void)state;
	begin();
	say(A, 1000, true);
	(void)pass(300);
	playout_pause(&p, true, far.now_us);
	assert_non_null(strstr(far.log, "clear"));
	far.log[0] = 0;
	(void)pass(900);
	assert_string_equal(far.log, "");
	assert_string_equal(heard(), "2.0.1 300/1000");
	playout_pause(&p, false, far.now_us); /* on from what was heard for sure: 20 ms are said again */
	(void)pass(950);
	assert_string_equal(heard(), "2.0.1 330/1000");
	assert_false(playout_quiet(&p));
	playout_pause(&p, true, far.now_us); /* and nobody ever takes it back */
	(void)pass(5940);
	assert_string_equal(heard(), "2.0.1 330/1000");
	(void)pass(6000);
	assert_string_equal(heard(), "2.0.1 360/1000");
	playout_close(&p);
}

/* That all of an item was heard is told when its last mark has come back, and not before. */
static void playout_tells_the_end_with_its_proof(void **state)
{
	struct event_heard list[PLAYOUT_ITEMS] = { 0 };

	(void)state;
	begin();
	say(A, 160, true);
	(void)pass(165);
	playout_echo(&p, "g1-1", far.now_us); /* marks do come back here */
	say(B, 400, true);
	(void)pass(330);
	playout_echo(&p, "g1-2", far.now_us);
	(void)pass(900); /* the last one is late */
	assert_int_equal(playout_news(&p, list, far.now_us), 1);
	assert_int_equal(list[0].heard_ms, 400);
	assert_false(list[0].end);
	assert_string_equal(heard(), "2.0.2 400/400 end"); /* a clear would be answered so */
	playout_echo(&p, "g1-4", far.now_us);
	assert_int_equal(playout_news(&p, list, far.now_us), 1);
	assert_int_equal(list[0].heard_ms, 400);
	assert_true(list[0].end);
	playout_close(&p);
}

/* Who begins is told at once what there is, changed or not: a dead brain's last words count as far as they were sent. */
static void playout_tells_all_again(void **state)
{
	struct event_heard list[PLAYOUT_ITEMS] = { 0 };

	(void)state;
	begin();
	say(A, 400, false);
	(void)pass(210);
	say(A, 160, false);
	assert_int_equal(playout_news(&p, list, far.now_us), 0); /* not yet time */
	playout_renew(&p);
	assert_int_equal(playout_news(&p, list, far.now_us), 1);
	assert_int_equal(list[0].sent_ms, 560);
	assert_int_equal(playout_news(&p, list, far.now_us), 0);
	playout_close(&p);
}

/* The stream breaks with a mark on its way that never came: what is behind that mark is said again. */
static void playout_goes_on_after_a_break(void **state)
{
	(void)state;
	begin();
	say(A, 1000, true);
	(void)pass(170);
	playout_echo(&p, "g1-1", far.now_us);
	(void)pass(440); /* the second is overdue */
	playout_break(&p, far.now_us, far.now_us);
	assert_string_equal(heard(), "2.0.1 320/1000");
	far.log[0] = 0;
	(void)pass(5000);
	assert_string_equal(far.log, "");
	playout_begin(&p, far.now_us);
	(void)pass(5070);
	assert_string_equal(far.log, "160 m 160 m");
	assert_string_equal(heard(), "2.0.1 390/1000");
	playout_echo(&p, "g1-3", far.now_us); /* of the old stream */
	assert_int_equal(p.counts.old_echoes, 1);
	playout_close(&p);
}

static void playout_goes_on_without_marks(void **state)
{
	(void)state;
	begin();
	say(A, 3000, true);
	for (long ms = 0; ms < 9000; ms += 50)
		(void)pass(ms);
	assert_true(p.counts.lost_marks > 0);
	assert_string_equal(heard(), "");
	assert_int_equal(p.counts.sent_bytes, 3000 * PLAYED_BYTES_PER_MS);
	playout_close(&p);
}

static void playout_marks_the_last_though_many_are_out(void **state)
{
	(void)state;
	begin();
	p.lead_ms = 60000;
	say(A, 30000, true);
	(void)pass(0);
	assert_int_equal(far.mark_count, PLAYED_MARKS);
	playout_echo(&p, far.marks[0], far.now_us);
	(void)pass(1);
	assert_int_equal(far.mark_count, PLAYED_MARKS + 1);
	assert_true(playout_sounds(&p));
	far.now_us += 30 * SECOND;
	playout_echo(&p, far.marks[0], far.now_us); /* the newest: its name stands where the first one's stood */
	assert_false(playout_sounds(&p));
	assert_true(playout_quiet(&p));
	playout_close(&p);
}

static void playout_mutes(void **state)
{
	(void)state;
	begin();
	p.muted = true;
	say(A, 160, false);
	(void)pass(0);
	assert_int_equal(far.last, 0xff);
	p.muted = false;
	say(A, 160, false);
	(void)pass(1);
	assert_int_equal(far.last, A & 0xff);
	assert_string_equal(far.log, "160 m 160 m");
	playout_close(&p);
}

static void playout_waits_for_a_stream_that_takes_nothing(void **state)
{
	(void)state;
	begin();
	far.refuses = true;
	say(A, 160, false);
	assert_true(pass(1000) < 20);
	assert_string_equal(far.log, "");
	far.refuses = false;
	(void)pass(1200);
	assert_string_equal(far.log, "160 m");
	playout_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(playout_sends_the_first_audio_at_once),
		cmocka_unit_test(playout_keeps_its_lead),
		cmocka_unit_test(playout_gathers_small_pieces),
		cmocka_unit_test(playout_rests_when_nothing_plays),
		cmocka_unit_test(playout_marks_what_ran_dry),
		cmocka_unit_test(playout_clears),
		cmocka_unit_test(playout_clears_nothing_that_is_over),
		cmocka_unit_test(playout_pauses),
		cmocka_unit_test(playout_tells_the_end_with_its_proof),
		cmocka_unit_test(playout_tells_all_again),
		cmocka_unit_test(playout_goes_on_after_a_break),
		cmocka_unit_test(playout_goes_on_without_marks),
		cmocka_unit_test(playout_marks_the_last_though_many_are_out),
		cmocka_unit_test(playout_mutes),
		cmocka_unit_test(playout_waits_for_a_stream_that_takes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
