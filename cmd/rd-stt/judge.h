/* How sure a sentence is. Each of its words, and each silence in it, was explained by the grammar; the same stretch of
 * sound was explained by the loop, which takes any phones. What the grammar is worse by is all that is known. */
#ifndef JUDGE_H
#define JUDGE_H

#include <stdbool.h>

struct judge {
	double words, silences; /* what the grammar is worse by (below 0), in all words and in all else */
	double worst;		/* word, each frame of it */
	int frames;		/* of words */
	double line;		/* what the line's own noise is worse by, each frame */
	bool begun;
};

/* A word of so many frames that the grammar explains so much worse (below 0). */
void judge_word(struct judge *j, double worse, int frames);
/* The same of what it takes for silence or noise: speech that it has no word for would hide there. A short one before
 * the first word is what is heard of the line before a voice begins: the others are measured by it. */
void judge_silence(struct judge *j, double worse, int frames);

/* Each frame of the words: about 0 for sentences, far below for all else; -100 without a word. */
double judge_likeness(const struct judge *j);
/* 0 to 1, whether these words were said and nothing else. */
double judge_confidence(const struct judge *j);
/* Whether it may be silence indeed, what was taken for it. */
bool judge_is_all(const struct judge *j);

#endif
