/* rd-phone's bad line: the words of --line and --manners, what they do to frames and samples, and that the same seed does
 * the same again. */
#include "../../cmd/rd-phone/badline.h"

#include <cmocka.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../cmd/rd-phone/lateness.h"
#include "../../cmd/rd-phone/manners.h"
#include "../../cmd/rd-phone/transit.h"
#include "g711.h"

#define LOUD 0x80
#define QUIET 0xff
#define FRAME 160

static void words_are_read(void **state)
{
	struct badline b = BADLINE_GOOD;
	struct manners m = MANNERS_GOOD;
	char error[256];

	(void)state;
	assert_int_equal(badline_read(&b, "loss=5%/2.5,jitter=40ms,late-marks=0.05s-500ms,vad", error, sizeof error), 0);
	assert_int_equal(badline_read(&b, "echo=-30dB/0.2s, noise, stall=800ms/2s,drift=-200ppm", error, sizeof error), 0);
	assert_true(b.loss_percent == 5 && b.burst == 2.5 && b.jitter_ms == 40 && b.marks_ms == 50 && b.marks_max_ms == 500);
	assert_true(b.vad && b.echo && b.noise && b.echo_db == -30 && b.echo_ms == 200 && b.noise_db == -50);
	assert_true(b.stall_ms == 800 && b.stall_every_ms == 2000 && b.drift_ppm == -200);
	assert_int_equal(manners_read(&m, "break=3s/2,numbers", error, sizeof error), 0);
	assert_true(m.break_ms == 3000 && m.break_times == 2 && m.numbers && !m.unknown);
}

#define LINE_WORDS "; there are loss, jitter, late-marks, vad, echo, noise, stall, drift"
#define UNITS "; a TIME has its unit, ms or s"

static void mistakes_are_named(void **state)
{
	static const struct {
		bool line;
		const char *words, *error;
	} cases[] = {
		{ true, "lost=5", "--line lost: no such word (did you mean \"loss\"?)" },
		{ true, "", "--line : no such word" LINE_WORDS },
		{ true, "vad,", "--line : no such word" LINE_WORDS },
		{ true, "break=3s", "--line break: no such word" LINE_WORDS },
		{ true, "vad=1", "--line vad=1: vad stands without a number" },
		{ true, "loss", "--line loss: loss=N%[/N] expected, 0 to 100% and 1 to 500" },
		{ true, "loss=", "--line loss=: loss=N%[/N] expected, 0 to 100% and 1 to 500" },
		{ true, "loss=101", "--line loss=101: loss=N%[/N] expected, 0 to 100% and 1 to 500" },
		{ true, "loss=nan", "--line loss=nan: loss=N%[/N] expected, 0 to 100% and 1 to 500" },
		{ true, "loss= 5", "--line loss= 5: loss=N%[/N] expected, 0 to 100% and 1 to 500" },
		{ true, "loss=5ms", "--line loss=5ms: loss=N%[/N] expected, 0 to 100% and 1 to 500" },
		{ true, "echo=20dB", "--line echo=20dB: echo=NdB[/TIME] expected, -80 to 0dB and 0 to 1000ms" },
		{ true, "jitter=40", "--line jitter=40: jitter=TIME expected, 0 to 5000ms" UNITS },
		{ true, "jitter=40ms/3", "--line jitter=40ms/3: jitter=TIME expected, 0 to 5000ms" UNITS },
		{ true, "stall=1s-2s", "--line stall=1s-2s: stall=TIME[/TIME] expected, 0 to 60000ms and 100 to 600000ms" UNITS },
		{ false, "brake=1s", "--manners brake: no such word (did you mean \"break\"?)" },
		{ false, "break", "--manners break: break=TIME[/N] expected, 1 to 600000ms and 1 to 100" UNITS },
		{ false, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		  "--manners xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…: no such word" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct badline b = BADLINE_GOOD;
		struct manners m = MANNERS_GOOD;
		char error[256] = "";
		int status = cases[i].line ? badline_read(&b, cases[i].words, error, sizeof error)
					   : manners_read(&m, cases[i].words, error, sizeof error);

		assert_int_equal(status, -1);
		assert_string_equal(error, cases[i].error);
	}
}

/* The fates of n loud frames, as a text. */
static char *fates(const struct badline *b, size_t n, char *out)
{
	static const char letters[] = "sl.";
	uint8_t loud[FRAME];
	struct transit t;

	memset(loud, LOUD, sizeof loud);
	transit_open(&t, b);
	for (size_t i = 0; i < n; i++)
		out[i] = letters[transit_fate(&t, loud, sizeof loud)];
	out[n] = '\0';
	return out;
}

static void loss_is_as_much_and_as_bursty_as_asked(void **state)
{
	static const struct {
		double percent, burst;
	} cases[] = { { 0, 1 }, { 5, 1 }, { 5, 4 }, { 20, 3 }, { 50, 10 }, { 90, 1 }, { 100, 1 } };
	static char first[20001], again[20001];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct badline b = { .seed = 7, .loss_percent = cases[i].percent, .burst = cases[i].burst };
		unsigned lost = 0, bursts = 0;

		fates(&b, 20000, first);
		assert_string_equal(fates(&b, 20000, again), first);
		for (size_t k = 0; k < 20000; k++) {
			lost += first[k] == 'l';
			bursts += first[k] == 'l' && (k == 0 || first[k - 1] != 'l');
		}
		assert_true(fabs(lost / 200.0 - cases[i].percent) < 1 + cases[i].percent / 8);
		if (lost && cases[i].percent < 50)
			assert_true(fabs((double)lost / bursts - cases[i].burst) < 0.25 * cases[i].burst);
		b.seed = 8;
		if (cases[i].percent > 0 && cases[i].percent < 100)
			assert_string_not_equal(fates(&b, 20000, again), first);
	}
}

static void silence_is_left_out(void **state)
{
	struct badline b = { .vad = true };
	uint8_t loud[FRAME], quiet[FRAME];
	struct transit t;
	char seen[64];
	size_t n = 0;

	(void)state;
	memset(loud, LOUD, sizeof loud);
	memset(quiet, QUIET, sizeof quiet);
	transit_open(&t, &b);
	for (int i = 0; i < 2; i++)
		seen[n++] = transit_fate(&t, loud, FRAME) == TRANSIT_SENT ? 's' : '.';
	for (int i = 0; i < 14; i++)
		seen[n++] = transit_fate(&t, quiet, FRAME) == TRANSIT_SENT ? 's' : '.';
	seen[n++] = transit_fate(&t, loud, FRAME) == TRANSIT_SENT ? 's' : '.';
	seen[n] = '\0';
	assert_string_equal(seen, "ssssssssssss....s");
}

static double level_db(const uint8_t *mulaw, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)g711_mulaw[mulaw[i]] * g711_mulaw[mulaw[i]];
	return 10 * log10(sum / (double)n / (32767.0 * 32767.0) + 1e-12);
}

static void noise_has_its_level(void **state)
{
	static const double levels[] = { -20, -40, -60 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct badline b = { .seed = 3, .noise = true, .noise_db = levels[i] };
		struct transit *t = calloc(1, sizeof *t);
		uint8_t frames[50 * FRAME];

		memset(frames, QUIET, sizeof frames);
		transit_open(t, &b);
		for (uint64_t k = 0; k < 50; k++)
			transit_mix(t, frames + k * FRAME, FRAME, 1000000 + k * 20000);
		assert_true(fabs(level_db(frames, sizeof frames) - levels[i]) < 2);
		free(t);
	}
}

static void the_echo_comes_later_and_fainter(void **state)
{
	struct badline b = { .echo = true, .echo_db = -12, .echo_ms = 100 };
	struct transit *t = calloc(1, sizeof *t);
	uint8_t loud[FRAME], frame[FRAME];

	(void)state;
	memset(loud, LOUD, sizeof loud);
	transit_open(t, &b);
	for (uint64_t ms = 1000; ms < 1300; ms += 20) {
		memset(frame, QUIET, sizeof frame);
		if (ms == 1020) /* played from 1000 to 1020 */
			transit_played(t, loud, FRAME, 1000000);
		transit_mix(t, frame, FRAME, ms * 1000);
		if (ms == 1120)
			assert_true(fabs(level_db(frame, FRAME) - level_db(loud, FRAME) + 12) < 0.5);
		else
			assert_true(level_db(frame, FRAME) < -90);
	}
	free(t);
}

static void lateness_is_counted(void **state)
{
	struct lateness *l = calloc(1, sizeof *l);

	(void)state;
	assert_true(lateness_ms(l, 0.99) == 0);
	for (unsigned i = 0; i < 99; i++)
		lateness_add(l, 1000, 1250);
	lateness_add(l, 1000, 900001000);
	assert_true(l->n == 100 && l->max_us == 900000000);
	assert_true(lateness_ms(l, 0.99) > 0.29 && lateness_ms(l, 0.99) < 0.31);
	assert_true(lateness_ms(l, 1) >= 200);
	free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_read),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(loss_is_as_much_and_as_bursty_as_asked),
		cmocka_unit_test(silence_is_left_out),
		cmocka_unit_test(noise_has_its_level),
		cmocka_unit_test(the_echo_comes_later_and_fainter),
		cmocka_unit_test(lateness_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
