#include "../../cmd/rd-ingest/spoken.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"

static struct {
	long voice_ms, filled_ms;
	bool silent; /* everything filled was silence, everything spoken was not */
} heard;

static void on_audio(void *ctx, const uint8_t *audio, size_t n, bool filled)
{
	(void)ctx;
	assert_true(n > 0 && n <= 4000);
	*(filled ? &heard.filled_ms : &heard.voice_ms) += (long)n / 8;
	for (size_t i = 0; i < n; i++)
		heard.silent = heard.silent && (audio[i] == 0xff) == filled;
}

/* MEDIA: n ms of voice that bear the timestamp; RUN: time passes. What has come out in all by then. */
enum act { OVER, MEDIA, RUN, MUTE, BEGIN };

static const struct story {
	const char *name;
	struct {
		long at_ms;
		enum act act;
		long timestamp_ms, n_ms, voice_ms, filled_ms;
	} steps[20];
} stories[] = {
	{ "a steady voice is left alone",
	  { { 20, MEDIA, 20, 20, 20, 0 },
	    { 40, MEDIA, 40, 20, 40, 0 },
	    { 61, MEDIA, 60, 20, 60, 0 },
	    { 500, RUN, 0, 0, 60, 0 } } },
	{ "a hole in the timestamps is filled to its length",
	  { { 20, MEDIA, 20, 20, 20, 0 },
	    { 40, MEDIA, 40, 20, 40, 0 },
	    { 140, MEDIA, 140, 20, 60, 80 },
	    { 160, MEDIA, 160, 20, 80, 80 } } },
	{ "less than a message is no hole",
	  { { 20, MEDIA, 20, 20, 20, 0 }, { 40, MEDIA, 59, 20, 40, 0 }, { 60, MEDIA, 79, 20, 60, 0 } } },
	{ "at most ten seconds of it", { { 20, MEDIA, 20, 20, 20, 0 }, { 40, MEDIA, 60000, 20, 40, 10000 } } },
	{ "timestamps that go back or are missing fill nothing",
	  { { 20, MEDIA, 500, 20, 20, 0 },
	    { 40, MEDIA, 40, 20, 40, 0 },
	    { 60, MEDIA, -1, 20, 60, 0 },
	    { 80, MEDIA, 900, 20, 80, 0 } } },
	{ "messages of any length",
	  { { 20, MEDIA, 0, 300, 300, 0 }, { 40, MEDIA, 300, 1, 301, 0 }, { 60, MEDIA, 301, 0, 301, 0 } } },
	{ "nothing for 750 ms: silence in its place, as time goes on",
	  { { 20, MEDIA, 20, 20, 20, 0 },
	    { 769, RUN, 0, 0, 20, 0 },
	    { 770, RUN, 0, 0, 20, 750 },
	    { 869, RUN, 0, 0, 20, 750 },
	    { 870, RUN, 0, 0, 20, 850 },
	    { 1520, RUN, 0, 0, 20, 1500 } } },
	{ "from the second time on for 300 ms, if the carrier sends no silence",
	  { { 20, MEDIA, 20, 20, 20, 0 },
	    { 1020, RUN, 0, 0, 20, 1000 },
	    { 1040, MEDIA, 1040, 20, 40, 1000 },
	    { 1339, RUN, 0, 0, 40, 1000 },
	    { 1340, RUN, 0, 0, 40, 1300 },
	    { 1440, RUN, 0, 0, 40, 1400 },
	    { 1540, MEDIA, 1540, 20, 60, 1480 } } },
	{ "or from the first time on, if it was silent from the beginning",
	  { { 750, RUN, 0, 0, 0, 750 }, { 900, MEDIA, 880, 20, 20, 750 }, { 1200, RUN, 0, 0, 20, 1050 } } },
	{ "but not where a line stood still: nothing is put in for that",
	  { { 20, MEDIA, 20, 20, 20, 0 },
	    { 720, RUN, 0, 0, 20, 0 },
	    { 720, MEDIA, 40, 20, 40, 0 },
	    { 720, MEDIA, 60, 330, 370, 0 },
	    { 720, MEDIA, 390, 330, 700, 0 },
	    { 1400, RUN, 0, 0, 700, 0 } } },
	{ "one that stands still after all is heard behind the silence, and the next time waited for",
	  { { 20, MEDIA, 20, 20, 20, 0 },
	    { 520, MEDIA, 520, 20, 40, 480 },
	    { 820, RUN, 0, 0, 40, 780 },
	    { 920, RUN, 0, 0, 40, 880 },
	    { 940, MEDIA, 540, 400, 440, 880 },
	    { 960, MEDIA, 940, 20, 460, 880 },
	    { 1700, RUN, 0, 0, 460, 880 },
	    { 1710, RUN, 0, 0, 460, 1630 } } },
	{ "the hole that it filled is not filled again",
	  { { 20, MEDIA, 20, 20, 20, 0 },
	    { 770, RUN, 0, 0, 20, 750 },
	    { 1040, MEDIA, 1040, 20, 40, 1000 },
	    { 1060, MEDIA, 1060, 20, 60, 1000 } } },
	{ "a voice that was only late goes on where it was",
	  { { 20, MEDIA, 20, 20, 20, 0 },
	    { 770, RUN, 0, 0, 20, 750 },
	    { 800, MEDIA, 40, 20, 40, 750 },
	    { 801, MEDIA, 60, 20, 60, 750 } } },
	{ "a stream on which nothing is ever said",
	  { { 750, RUN, 0, 0, 0, 750 }, { 849, RUN, 0, 0, 0, 750 }, { 850, RUN, 0, 0, 0, 850 } } },
	{ "a muted caller is silence of the same length",
	  { { 20, MUTE, 1, 0, 0, 0 },
	    { 20, MEDIA, 20, 20, 0, 20 },
	    { 40, MUTE, 0, 0, 0, 20 },
	    { 40, MEDIA, 40, 20, 20, 20 } } },
	{ "a new stream has new timestamps",
	  { { 20, MEDIA, 20, 20, 20, 0 }, { 900, BEGIN, 0, 0, 20, 0 }, { 910, MEDIA, 5000, 20, 40, 0 } } },
};

static void spoken_is_made_whole(void **state)
{
	static uint8_t audio[8000];

	(void)state;
	for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
		struct spoken v = { .on_audio = on_audio };

		print_message("  %s\n", stories[i].name);
		memset(&heard, 0, sizeof heard);
		heard.silent = true;
		spoken_begin(&v, 0);
		for (unsigned k = 0; stories[i].steps[k].act; k++) {
			uint64_t now_us = (uint64_t)stories[i].steps[k].at_ms * MS;

			memset(audio, 0x11, sizeof audio);
			switch (stories[i].steps[k].act) {
			case MEDIA:
				spoken_media(&v, stories[i].steps[k].timestamp_ms, audio,
					     (size_t)stories[i].steps[k].n_ms * 8, now_us);
				break;
			case RUN: assert_true(spoken_run(&v, now_us) > now_us); break;
			case MUTE: v.muted = stories[i].steps[k].timestamp_ms; break;
			case BEGIN: spoken_begin(&v, now_us); break;
			case OVER: break;
			}
			assert_int_equal(heard.voice_ms, stories[i].steps[k].voice_ms);
			assert_int_equal(heard.filled_ms, stories[i].steps[k].filled_ms);
		}
		assert_true(heard.silent);
	}
}

static void spoken_puts_in_no_more_than_ten_seconds(void **state)
{
	struct spoken v = { .on_audio = on_audio };
	uint64_t due_us;

	(void)state;
	memset(&heard, 0, sizeof heard);
	heard.silent = true;
	spoken_begin(&v, 0);
	due_us = spoken_run(&v, 0);
	assert_int_equal(due_us, 750 * MS);
	for (int i = 0; i < 120; i++) {
		uint64_t next_us = spoken_run(&v, due_us);

		assert_true(next_us > due_us);
		assert_true(heard.filled_ms * (long)MS <= (long)due_us);
		due_us = next_us;
	}
	assert_int_equal(heard.filled_ms, SPOKEN_FILLED_MAX_MS);
	spoken_end(&v);
	assert_int_equal(spoken_run(&v, due_us), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spoken_is_made_whole),
		cmocka_unit_test(spoken_puts_in_no_more_than_ten_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
