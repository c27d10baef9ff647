/* What sound is made of: a voice has a pitch and moves, a note has one and stays, a hiss has none. */
#include "../../cmd/rd-stt/timbre.h"

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

enum kind { HUSH, HISS, NOTE, CHORD, VOWELS, LOW_VOICE };

static const struct {
	const char *name;
	enum kind kind;
	int pitched[2], held[2]; /* percent of all steps, from and to */
} cases[] = {
	{ "silence", HUSH, { 0, 0 }, { 0, 0 } },
	{ "a hiss", HISS, { 0, 2 }, { 0, 2 } },
	{ "a note", NOTE, { 95, 100 }, { 90, 100 } },
	{ "a chord", CHORD, { 0, 100 }, { 90, 100 } },
	{ "a voice that goes from vowel to vowel", VOWELS, { 80, 100 }, { 0, 50 } },
	{ "a low one", LOW_VOICE, { 80, 100 }, { 0, 50 } },
};

/* A voice: pulses, whose two resonances wander. */
static double voice(double t, double hertz)
{
	double sum = 0, first = 500 + 250 * sin(2 * M_PI * 4 * t), second = 1500 + 700 * sin(2 * M_PI * 3 * t + 1);

	t += 0.05 * sin(2 * M_PI * 1.5 * t) / (2 * M_PI * 1.5); /* its melody: 5 % up and down */
	for (int n = 1; n * hertz < 3400; n++)
		sum += (exp(-fabs(n * hertz - first) / 150) + 0.5 * exp(-fabs(n * hertz - second) / 200)) *
		       sin(2 * M_PI * n * hertz * t);
	return 4000 * sum;
}

static double sound(enum kind kind, double t)
{
	switch (kind) {
	case HUSH: return 0;
	case HISS: return rand() % 8001 - 4000;
	case NOTE: return 6000 * sin(2 * M_PI * 261.6 * t) + 2000 * sin(2 * M_PI * 523.2 * t);
	case CHORD: return 3000 * (sin(2 * M_PI * 220 * t) + sin(2 * M_PI * 277.2 * t) + sin(2 * M_PI * 329.6 * t));
	case VOWELS: return voice(t, 200);
	case LOW_VOICE: return voice(t, 90);
	}
	return 0;
}

static void sounds_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct timbre timbre = { 0 };
		int pitched = 0, held = 0;

		for (int step = 0; step < 100; step++) {
			int16_t samples[VOICE_STEP];
			struct timbre_heard heard;

			for (int n = 0; n < VOICE_STEP; n++)
				samples[n] =
					(int16_t)sound(cases[i].kind, (double)(step * VOICE_STEP + n) / VOICE_RATE);
			timbre_hear(&timbre, samples, &heard);
			pitched += heard.pitched;
			held += heard.held;
		}
		if (pitched < cases[i].pitched[0] || pitched > cases[i].pitched[1] || held < cases[i].held[0] ||
		    held > cases[i].held[1])
			fail_msg("%s: pitched %d %%, held %d %%", cases[i].name, pitched, held);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sounds_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
