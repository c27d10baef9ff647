#include "convert.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECONDS 2
#define TONE_HZ 1000
#define AMPLITUDE 10000
#define LATE_MS 15.0

static const unsigned rates[] = { 8000, 16000, 24000, 48000 };
#define RATES (sizeof rates / sizeof rates[0])

static int16_t in[SECONDS * 48000], out[SECONDS * 48000 + 4800];

static void make_tone(unsigned hz)
{
	for (unsigned i = 0; i < SECONDS * hz; i++)
		in[i] = (int16_t)lrint(AMPLITUDE * sin(2 * M_PI * TONE_HZ * i / hz));
}

/* Feeds all of `in` in pieces; the worst of what was held back after a piece, in ms, goes to *late. Samples given. */
static size_t run(struct convert *c, size_t piece, size_t room, double *late)
{
	size_t fed = 0, total = 0, took, gave, all = SECONDS * c->from_hz;

	while (fed < all) {
		size_t n = piece < all - fed ? piece : all - fed, done = 0;

		do {
			convert_flow(c, in + fed + done, n - done, &took, out + total, room, &gave);
			done += took;
			total += gave;
		} while (done < n || gave == room);
		fed += n;
		if (late)
			*late = fmax(*late, 1000.0 * (double)fed / c->from_hz - 1000.0 * (double)total / c->to_hz);
	}
	do {
		convert_drain(c, out + total, room, &gave);
		total += gave;
	} while (gave == room);
	return total;
}

/* How far the output is from the tone it should be, in dB below it; the first and last 20 ms apart. */
static double distance_db(unsigned hz, size_t n)
{
	double signal = 0, error = 0;

	for (size_t i = hz / 50; i < n - hz / 50; i++) {
		double want = AMPLITUDE * sin(2 * M_PI * TONE_HZ * (double)i / hz);

		signal += want * want;
		error += (want - out[i]) * (want - out[i]);
	}
	return 10 * log10(signal / error);
}

static void every_rate_becomes_every_other(void **state)
{
	(void)state;
	for (size_t a = 0; a < RATES; a++)
		for (size_t b = 0; b < RATES; b++) {
			struct convert c = { 0 };
			double late = 0;
			size_t n;

			if (a == b)
				continue;
			make_tone(rates[a]);
			assert_int_equal(convert_start(&c, rates[a], rates[b]), 0);
			n = run(&c, rates[a] / 50, 2000, &late);
			assert_int_equal(n, SECONDS * rates[b]); /* no sample lost or added */
			assert_true(late > 0 && late <= LATE_MS);
			assert_true(distance_db(rates[b], n) >
				    50); /* in level and in time: output n is at the time of input n */
			convert_stop(&c);
		}
}

static void pieces_do_not_matter(void **state)
{
	static int16_t whole[SECONDS * 48000 + 4800];
	static const size_t pieces[] = { 1, 7, 160, 5000 };

	(void)state;
	make_tone(8000);
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		struct convert c = { 0 };
		size_t n;

		assert_int_equal(convert_start(&c, 8000, 24000), 0);
		n = run(&c, pieces[i], i % 2 ? 33 : 2000, NULL);
		assert_int_equal(n, SECONDS * 24000);
		if (i == 0)
			memcpy(whole, out, n * sizeof *out);
		assert_memory_equal(whole, out, n * sizeof *out);
		convert_stop(&c);
	}
}

static void a_new_start_forgets(void **state)
{
	struct convert c = { 0 };
	int16_t silence[480] = { 0 };
	size_t took, gave;

	(void)state;
	make_tone(24000);
	assert_int_equal(convert_start(&c, 24000, 8000), 0);
	convert_flow(&c, in, 480, &took, out, 2000, &gave);
	assert_int_equal(convert_start(&c, 24000, 8000), 0);
	convert_flow(&c, silence, 480, &took, out, 2000, &gave);
	for (size_t i = 0; i < gave; i++)
		assert_int_equal(out[i], 0);
	convert_stop(&c);
	convert_stop(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rate_becomes_every_other),
		cmocka_unit_test(pieces_do_not_matter),
		cmocka_unit_test(a_new_start_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
