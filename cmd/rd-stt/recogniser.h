/* What turns the caller's voice into words. Back ends stand in one table; each hears an utterance in steps of any
 * length and can be asked at any time what it makes of it so far. One utterance at a time. */
#ifndef RECOGNISER_H
#define RECOGNISER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct conf;

#define RECOGNISER_TEXT_BYTES 1024u

enum recogniser_reach {
	REACH_NOTHING, /* no words */
	REACH_BEGUN,   /* the beginning of a sentence */
	REACH_WHOLE,   /* a sentence, which may go on */
	REACH_CLOSED,  /* a sentence that cannot go on */
};

struct recogniser_heard {
	char text[RECOGNISER_TEXT_BYTES];
	enum recogniser_reach reach;
	bool murmur;	 /* all that was said is "uh-huh" or the like */
	double likeness; /* how much it is like a sentence rather than like any speech: a log likelihood ratio, about 0
			  * for sentences and far below for all else */
	double confidence; /* 0 to 1, of `text` */
	int frames;	   /* of 10 ms, that this judges */
};

struct recogniser;

struct recogniser_back {
	const char *name;
	/* Loads what forks share, for the agents of a configuration. Blocks. 0, or -1 with error. */
	int (*warm)(const struct conf *conf, char *error, size_t size);
	/* For an agent. 0, or -1 with error. Blocks. */
	int (*open)(const struct conf *conf, const char *agent, char *error, size_t size);
	void (*reset)(void); /* forgets the voice: another caller */
	bool (*is_prepared)(const char *grammar);
	void (*prepare)(const char *grammar); /* it will be wanted soon; where no template made it, that takes 100 ms */
	void (*begin)(const char *grammar);   /* an utterance; a name that it does not know is "main" */
	void (*feed)(const int16_t *samples,
		     size_t n); /* 16 kHz; no more than 100 ms at once, else it takes too long */
	void (*look)(struct recogniser_heard *heard);
	void (*end)(struct recogniser_heard *heard); /* the utterance is over */
	void (*print)(FILE *out);		     /* what is in effect, a line each */
	const char *(*language)(void);
	void (*close)(void);
};

const struct recogniser_back *recogniser_find(const char *name); /* NULL: none of that name */
const struct recogniser_back *recogniser_first(void);

#endif
