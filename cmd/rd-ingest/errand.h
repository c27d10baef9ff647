/* What comes next for the caller: an errand (call.next) is armed, waits until the last words were heard, and is
 * carried out by a file `next` that answers Twilio when the stream has ended (rd-events(7)). Pure: time is passed
 * in. */
#ifndef ERRAND_H
#define ERRAND_H

#include <stdbool.h>
#include <stdint.h>

struct cJSON;

#define ERRAND_TEXT_BYTES 4096

enum errand_verb { ERRAND_NONE, ERRAND_HANGUP, ERRAND_SAY, ERRAND_PRESS, ERRAND_TRANSFER, ERRAND_VERBS };

struct errand { /* zeroed: none */
	enum errand_verb verb;
	char id[64];
	char to[20];
	char digits[33];
	char reason[8];		     /* hangup: why, in call.end; "" is because the assistant wants it */
	bool comes_back;	     /* transfer: the call goes on with us when the other hung up */
	uint64_t waits_us, still_us; /* armed, or since when nothing more was heard; since when all is still */
	char text[ERRAND_TEXT_BYTES];
};

const char *errand_verb_name(enum errand_verb verb); /* "hangup"; "none" */

/* Reads a call.next. NULL, or why it cannot be carried out (a constant); then o holds no errand, but its id. */
const char *errand_read(struct errand *o, const struct cJSON *event, uint64_t now_us);

/* What the caller is in the middle of. */
enum errand_scene {
	ERRAND_HEARS, /* words: however long they are, they are waited for */
	ERRAND_WAITS, /* for the assistant, or for a stream */
	ERRAND_STILL, /* everything was said and heard */
};

/* When it is to be carried out, as things stand: 300 ms after everything went still, and at the latest 15 s after it
 * was armed and the last word was heard. */
uint64_t errand_due(struct errand *o, enum errand_scene scene, uint64_t now_us);

/* Whether the caller's speech takes it back. */
bool errand_disarmed_by_speech(const struct errand *o);

/* How long the stream may stay away for it, in seconds, beyond the usual; at most for such an errand. */
long errand_away_s(const struct errand *o);
long errand_away_most_s(enum errand_verb verb);

/* The text of the file `next`, malloced. NULL without memory. */
char *errand_file(const struct errand *o, unsigned step);

#endif
