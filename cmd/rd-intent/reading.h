/* A document read aloud, paragraph by paragraph, each an order of its own; the next ones are fetched while the last is
 * being said, until the caller stops it or it ends. */
#ifndef READING_H
#define READING_H

#include <stdbool.h>

#define READING_TOOL "docs"

struct cJSON;
struct intent;
struct sentences_match;

struct reading {
	bool active, more, asked; /* asked: the next piece is on its way */
	bool paused;		  /* interrupted: anything may be said now, and "go on" */
	bool stopped;		  /* paused by a word: by the next one for good */
	char name[512];		  /* of the document; "": by its number */
	long number, to, paragraphs;
};

/* The document that a sentence names. */
void reading_begin(struct intent *i, const struct sentences_match *m);
/* From that paragraph on; false: nothing is being read. */
bool reading_from(struct intent *i, long paragraph);
void reading_stop(struct intent *i);
void reading_pause(struct intent *i, bool on);

void reading_result(struct intent *i, const struct cJSON *event);
void reading_made(struct intent *i, long paragraph);  /* rd-tts has it all: the next piece */
void reading_heard(struct intent *i, long paragraph); /* perhaps the last one */

struct cJSON *reading_write(const struct reading *r);
void reading_read(struct reading *r, const struct cJSON *from);

#endif
