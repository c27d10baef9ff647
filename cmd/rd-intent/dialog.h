/* Where the conversation stands: what is asked, what was said last, which frames were acted on. It lies in the call's
 * folder (FOLDER/dialog), written before anything is said of it, so that a successor asks a question again and gives no
 * order twice. Without a folder it lives in memory alone. */
#ifndef DIALOG_H
#define DIALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "sentences.h"

struct cJSON;
struct frame;
struct intent;

#define DIALOG_SEEN 24
#define DIALOG_HEARD 8
#define DIALOG_MAIN "main"
#define DIALOG_CONFIRM "confirm"
#define DIALOG_OPEN "open" /* a yes or a no, or a new sentence instead */
#define DIALOG_READING "reading"

struct dialog {
	char grammar[32]; /* what is listened for; with a question "confirm" or the slot that is asked for */
	struct sentences_match pending; /* intent NULL: nothing is asked */
	time_t asked_at;		/* when it was asked last: what the moments in it meant */
	unsigned tries;			/* the question was asked again */
	unsigned sorry;			/* texts in a row that were no sentence */
	unsigned variant;		/* counts what was said, so that it varies */
	unsigned help;			/* where the next examples begin */
	double rate;			/* of speech */
	char *last;			/* what was answered last, to be repeated */
	bool greeted;
	char keys[64]; /* pressed, of those that are asked for */
	struct {
		char *text;
		double confidence;
	} heard[DIALOG_HEARD]; /* what the caller said and is not acted on yet */
	size_t heard_count;
	struct {
		uint8_t origin, life;
		uint32_t seq;
	} seen[DIALOG_SEEN];
	unsigned seen_next;
	bool recovered; /* it was found in the folder */
};

/* Reads the file if there is one. */
void dialog_open(struct intent *i);
void dialog_close(struct intent *i);

/* Another agent had the call meanwhile: what was said and asked before it is over, but what was acted on is known. */
void dialog_forget(struct intent *i);

/* Writes it: before what follows from it is said. */
void dialog_save(struct intent *i);

/* Whether this frame was acted on by us or by one before us; it is from now on. Saved with the next dialog_save. */
bool dialog_seen(struct intent *i, const struct frame *f);

void dialog_last(struct intent *i, const char *text);

/* Keeps what was said, and saves it. false: too much at once. */
bool dialog_hear(struct intent *i, const char *text, double confidence);
/* The oldest of it, the caller's; NULL: none. */
char *dialog_next(struct intent *i, double *confidence);

/* A question is asked, or answered, or dropped: says user.expect if that changes what is listened for. */
void dialog_ask(struct intent *i, const struct sentences_match *m, const char *grammar);
void dialog_settle(struct intent *i);
void dialog_expect(struct intent *i, const char *grammar);
void dialog_say_expect(struct intent *i);

struct cJSON *dialog_match_write(const struct sentences_match *m);
/* An intent that the file has no more: m->intent is NULL. */
void dialog_match_read(const struct sentences *s, struct sentences_match *m, const struct cJSON *from);

#endif
