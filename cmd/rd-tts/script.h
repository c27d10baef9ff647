/* A written text as it is to be spoken: sentence by sentence, and for each the words in which an engine is to say it,
 * with what of the written text they stand for. What only looks like something (Markdown, emoji, code) is not said;
 * numbers, dates, times, addresses become words (say.h). Pure and bounded. */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "say.h"

#define SCRIPT_GROUPS 64
#define SCRIPT_FIRST_CHARACTERS 80 /* spoken, of a first piece: its sound is waited for */
#define SCRIPT_CHARACTERS 130	   /* of any other: what is said is made in so large steps */

struct script { /* borrows the text */
	const char *at, *end;
	const struct say_language *language;
	bool begun, code; /* within ``` and ``` */
};

struct script_group {	/* written words that are one in speech: "3:40 pm" */
	unsigned end;	/* bytes of the sentence as it is written, up to and with this */
	unsigned words; /* spoken ones, up to and with this */
};

struct script_sentence {
	const char *text; /* as it is written, borrowed, with the spaces behind it */
	size_t bytes;
	struct say spoken;
	struct script_group groups[SCRIPT_GROUPS];
	size_t count;
};

/* language: "en", "de-AT", … */
void script_open(struct script *s, const char *text, size_t n, const char *language);

/* The next sentence, or the next part of a long one. Together they are the text, byte for byte. Its spoken words are
 * none only if nothing else comes. false: the text is over. */
bool script_next(struct script *s, struct script_sentence *out);

#endif
