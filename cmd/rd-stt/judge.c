#include "judge.h"

#include <math.h>

#define NOTHING (-100.0)
#define EVEN (-22.0) /* as likely a sentence as not */
#define STEEP 4.0
#define SHORT_FRAMES 50 /* of less sound it must be likelier, up to SHORT_MORE */
#define SHORT_MORE 10.0
#define WORST_LEAST 30.0      /* so much worse than even may a word be: more, and it was another one */
#define BEFORE_FRAMES 40      /* rd-stt gives 30 before the first voice, which begins softly */
#define SILENCE_LEAST (-10.0) /* all silences together, for each frame of the words */
#define WORST_FRAMES 10	      /* of a shorter one that says nothing */

void judge_word(struct judge *j, double worse, int frames)
{
	j->begun = true;
	j->words += worse;
	j->frames += frames;
	if (frames >= WORST_FRAMES && worse / frames < j->worst)
		j->worst = worse / frames;
}

void judge_silence(struct judge *j, double worse, int frames)
{
	if (!j->begun && frames <= BEFORE_FRAMES)
		j->line = fmin(worse / frames, 0);
	j->begun = true;
	j->silences += fmin(worse - j->line * frames, 0);
}

double judge_likeness(const struct judge *j)
{
	return j->frames ? j->words / j->frames : NOTHING;
}

double judge_confidence(const struct judge *j)
{
	double even = EVEN, like = NOTHING;

	if (j->frames)
		like = fmin((j->words + j->silences) / j->frames, j->worst + WORST_LEAST);
	if (j->frames < SHORT_FRAMES)
		even += SHORT_MORE * (SHORT_FRAMES - j->frames) / SHORT_FRAMES;
	return 1 / (1 + exp((even - like) / STEEP));
}

bool judge_is_all(const struct judge *j)
{
	return j->silences >= SILENCE_LEAST * j->frames;
}
