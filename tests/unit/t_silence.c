#include "../../cmd/rd-pacer/silence.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define CUE_MS 720
#define IDLE_S 60
#define MINE 0x07000001u /* item of the pacer */
#define ITS 0x02000001u	 /* items of the brain */
#define NEXT 0x02000002u

static struct silence s;
static uint64_t now_us;
static char said[512];

/* What happens, by name; ms where it needs one. */
static void happen(const char *what, long ms)
{
	static const struct {
		const char *name;
		void (*does)(struct silence *s, uint64_t now_us);
	} plain[] = { { "begins", silence_begins },
		      { "ends", silence_ends },
		      { "words", silence_words },
		      { "key", silence_key },
		      { "cleared", silence_cleared } };
	static const char *const states[] = { "unknown", "listening", "thinking", "speaking" };

	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (strcmp(what, plain[i].name) == 0)
			plain[i].does(&s, now_us);
	for (int i = 0; i < 4; i++)
		if (strcmp(what, states[i]) == 0)
			silence_state(&s, (enum silence_state)i, now_us);
	if (strcmp(what, "here") == 0 || strcmp(what, "gone") == 0)
		silence_here(&s, *what == 'h', now_us);
	else if (strcmp(what, "leaves") == 0 || strcmp(what, "stays") == 0)
		silence_leaving(&s, *what == 'l', now_us);
	else if (strcmp(what, "mute") == 0 || strcmp(what, "heard again") == 0)
		silence_muted(&s, false, *what == 'm', now_us);
	else if (strcmp(what, "text") == 0)
		silence_sound(&s, ITS, 0, now_us);
	else if (strcmp(what, "sound") == 0)
		silence_sound(&s, ITS, (uint64_t)ms, now_us);
	else if (strcmp(what, "heard") == 0)
		silence_heard(&s, ITS, (uint64_t)ms, ms == 0, now_us);
	else if (strcmp(what, "old heard") == 0)
		silence_heard(&s, NEXT, (uint64_t)ms, ms == 0, now_us);
	else if (strcmp(what, "progress") == 0)
		s.progress = true;
}

/* Lets time pass, says what is due, notes it with its time in ms: " 720 wait". A phrase sounds for a second. */
static void pass(uint64_t end_us)
{
	static const char *const names[] = { "", "wait", "still", "progress", "check", "bye" };

	for (;;) {
		uint64_t at_us;
		enum silence_order order = silence_due(&s, now_us, &at_us);

		if (order) {
			size_t n = strlen(said);

			snprintf(said + n, sizeof said - n, "%s%llu %s", n ? " " : "",
				 (unsigned long long)(now_us / MS), names[order]);
			silence_said(&s, order, MINE, 1000, now_us);
			continue;
		}
		assert_true(!at_us || at_us > now_us);
		if (!at_us || at_us > end_us)
			break;
		now_us = at_us;
	}
	now_us = end_us;
}

struct step {
	long at_ms;
	const char *what;
	long ms;
};

static void silence_is_broken_in_time(void **state)
{
	static const struct {
		const char *what;
		struct step steps[16];
		const char *said;
	} cases[] = {
		{ "nobody is there yet", { { 0, "listening", 0 }, { 200000, NULL, 0 } }, "" },
		{ "an answer in time",
		  { { 0, "here", 0 },
		    { 100, "begins", 0 },
		    { 1000, "ends", 0 },
		    { 1000, "thinking", 0 },
		    { 1700, "text", 0 },
		    { 1700, "speaking", 0 },
		    { 9000, NULL, 0 } },
		  "" },
		{ "one that is late",
		  { { 0, "here", 0 },
		    { 100, "begins", 0 },
		    { 1000, "ends", 0 },
		    { 1000, "thinking", 0 },
		    { 1900, "text", 0 },
		    { 1900, "speaking", 0 },
		    { 20000, NULL, 0 } },
		  "1720 wait" },
		{ "one that never comes: each 6 s behind the last word, and not before the greeting",
		  { { 0, "here", 0 },
		    { 0, "thinking", 0 },
		    { 5000, "begins", 0 },
		    { 6000, "ends", 0 },
		    { 22000, NULL, 0 } },
		  "6720 wait 13720 still 20720 still" },
		{ "words that are written down when the answer is there do not ask for another",
		  { { 0, "here", 0 },
		    { 100, "begins", 0 },
		    { 1000, "ends", 0 },
		    { 1000, "thinking", 0 },
		    { 1500, "sound", 500 },
		    { 1500, "speaking", 0 },
		    { 1600, "words", 0 },
		    { 2000, "thinking", 0 },
		    { 5000, NULL, 0 } },
		  "" },
		{ "a brain that only says words",
		  { { 0, "here", 0 }, { 1000, "words", 0 }, { 1000, "thinking", 0 }, { 3000, NULL, 0 } },
		  "1720 wait" },
		{ "recognition took the time, the answer is quick",
		  { { 0, "here", 0 },
		    { 0, "listening", 0 },
		    { 100, "begins", 0 },
		    { 1000, "ends", 0 },
		    { 1750, "words", 0 },
		    { 1750, "thinking", 0 },
		    { 2100, "sound", 900 },
		    { 2100, "listening", 0 },
		    { 9000, NULL, 0 } },
		  "" },
		{ "recognition took the time, and so does a tool",
		  { { 0, "here", 0 },
		    { 0, "listening", 0 },
		    { 100, "begins", 0 },
		    { 1000, "ends", 0 },
		    { 1750, "words", 0 },
		    { 1750, "thinking", 0 },
		    { 4000, NULL, 0 } },
		  "2150 wait" },
		{ "a tool takes long behind a promise, and tells",
		  { { 0, "here", 0 },
		    { 100, "begins", 0 },
		    { 1000, "ends", 0 },
		    { 1200, "sound", 2000 },
		    { 1200, "speaking", 0 },
		    { 3200, "thinking", 0 },
		    { 10500, "progress", 0 },
		    { 14000, NULL, 0 } },
		  "9200 still 13200 progress" },
		{ "not while the caller speaks, nor into what is unheard",
		  { { 0, "here", 0 },
		    { 100, "begins", 0 },
		    { 1000, "ends", 0 },
		    { 1000, "thinking", 0 },
		    { 1500, "begins", 0 },
		    { 5000, "ends", 0 },
		    { 5300, "heard", 2000 },
		    { 7000, "old heard", 0 },
		    { 7300, "heard", 0 },
		    { 8100, NULL, 0 } },
		  "8020 wait" },
		{ "what was cleared is not waited for",
		  { { 0, "here", 0 },
		    { 0, "sound", 30000 },
		    { 100, "begins", 0 },
		    { 200, "cleared", 0 },
		    { 1000, "ends", 0 },
		    { 1000, "thinking", 0 },
		    { 2000, NULL, 0 } },
		  "1720 wait" },
		{ "idle", { { 0, "here", 0 }, { 0, "listening", 0 }, { 200000, NULL, 0 } }, "60000 check 91000 bye" },
		{ "the caller is there after all",
		  { { 0, "here", 0 },
		    { 0, "listening", 0 },
		    { 80000, "begins", 0 },
		    { 81000, "ends", 0 },
		    { 81000, "text", 0 },
		    { 140000, NULL, 0 } },
		  "60000 check" },
		{ "a key is a sign of life",
		  { { 0, "here", 0 }, { 0, "listening", 0 }, { 70000, "key", 0 }, { 129000, NULL, 0 } },
		  "60000 check" },
		{ "the assistant's own voice is none",
		  { { 0, "here", 0 },
		    { 0, "listening", 0 },
		    { 61000, "text", 0 },
		    { 61000, "speaking", 0 },
		    { 63000, "listening", 0 },
		    { 100000, NULL, 0 } },
		  "60000 check 93000 bye" },
		{ "he takes the end back",
		  {
			  { 0, "here", 0 },
			  { 0, "listening", 0 },
			  { 92000, "begins", 0 },
			  { 92000, "stays", 0 },
			  { 93000, "ends", 0 },
			  { 152000, NULL, 0 },
		  },
		  "60000 check 91000 bye" },
		{ "transferred, lost, muted: not idle",
		  { { 0, "here", 0 },
		    { 0, "listening", 0 },
		    { 50000, "leaves", 0 },
		    { 150000, "stays", 0 },
		    { 200000, "gone", 0 },
		    { 300000, "here", 0 },
		    { 350000, "mute", 0 },
		    { 450000, "heard again", 0 },
		    { 509000, NULL, 0 } },
		  "" },
		{ "a document is read aloud for longer",
		  { { 0, "here", 0 },
		    { 0, "sound", 70000 },
		    { 0, "listening", 0 },
		    { 69000, "heard", 900 },
		    { 129000, NULL, 0 } },
		  "" },
		{ "who stops to speak and is not said to",
		  { { 0, "here", 0 }, { 0, "listening", 0 }, { 1000, "begins", 0 }, { 130000, NULL, 0 } },
		  "61000 check 92000 bye" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct step *step = cases[i].steps;

		s = (struct silence){ .cue_us = CUE_MS * MS, .idle_us = IDLE_S * SECOND };
		now_us = 0;
		said[0] = 0;
		for (; step->what; step++) {
			pass((uint64_t)step->at_ms * MS);
			happen(step->what, step->ms);
		}
		pass((uint64_t)step->at_ms * MS);
		if (strcmp(said, cases[i].said) != 0)
			print_error("%s:\n", cases[i].what);
		assert_string_equal(said, cases[i].said);
	}
}

/* A thousand turns, with answers after 0 to 30 s, at once or behind a promise. */
static void no_wait_is_unexplained(void **state)
{
	unsigned dice = 1;

	(void)state;
	s = (struct silence){ .cue_us = CUE_MS * MS, .idle_us = IDLE_S * SECOND };
	now_us = 0;
	happen("here", 0);
	for (int turn = 0; turn < 1000; turn++) {
		uint64_t asked_us = now_us + 2 * SECOND, begun_us, at_us;
		long late_ms = (long)((dice = dice * 1103515245 + 12345) >> 16 & 0x7fff) * 30000 / 0x7fff;

		happen("begins", 0);
		now_us = asked_us;
		happen("ends", 0);
		happen("thinking", 0);
		if (turn % 4 == 3) {
			happen("sound", 800);
			asked_us += 800 * MS;
		}
		for (begun_us = asked_us; now_us < asked_us + (uint64_t)late_ms * MS;) {
			enum silence_order order = silence_due(&s, now_us, &at_us);

			if (order) {
				assert_true(late_ms > 700 && order <= SILENCE_STILL); /* none for an answer in time */
				assert_true(now_us >= begun_us);		      /* none into a sound */
				assert_true(now_us - begun_us <= (order == SILENCE_WAIT ? 1200 * MS : 6 * SECOND));
				silence_said(&s, order, MINE, 1100, now_us);
				begun_us = now_us + 1100 * MS;
			}
			at_us = order || !at_us ? now_us : at_us;
			now_us = at_us > now_us && at_us < asked_us + (uint64_t)late_ms * MS ? at_us : now_us + MS;
		}
		happen("sound", 3000);
		happen("speaking", 0);
		now_us += 4 * SECOND;
		happen("heard", 0);
		happen("listening", 0);
		assert_int_equal(silence_due(&s, now_us, &at_us), SILENCE_NOTHING);
	}
}

static void a_wait_without_end_becomes_idleness(void **state)
{
	(void)state;
	s = (struct silence){ .cue_us = CUE_MS * MS, .idle_us = IDLE_S * SECOND };
	now_us = 0;
	said[0] = 0;
	happen("here", 0);
	happen("ends", 0);
	happen("thinking", 0);
	pass(300 * SECOND);
	assert_int_equal(s.cues, 20);
	assert_non_null(strstr(said, "194720 check 225720 bye"));
}

static void nothing_is_said_where_nothing_is_wanted(void **state)
{
	(void)state;
	s = (struct silence){ .cue_us = 0 };
	now_us = 0;
	said[0] = 0;
	happen("here", 0);
	happen("ends", 0);
	happen("thinking", 0);
	pass(100 * SECOND);
	happen("listening", 0);
	pass(1000 * SECOND);
	assert_string_equal(said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_is_broken_in_time),
		cmocka_unit_test(no_wait_is_unexplained),
		cmocka_unit_test(a_wait_without_end_becomes_idleness),
		cmocka_unit_test(nothing_is_said_where_nothing_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
