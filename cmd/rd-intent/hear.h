/* What the caller says and presses, and what it answers: a question that is open, or a new sentence. */
#ifndef HEAR_H
#define HEAR_H

struct intent;

void hear_open(struct intent *i);

/* A text, with the recogniser's confidence (1: typed); "": it was not understood. It is acted on when the event that
 * tells of it has passed on, so that its answer comes behind it; and when the tools are known. */
void hear_text(struct intent *i, const char *text, double confidence);
void hear_soon(struct intent *i); /* acts on what waits, from the loop */
void hear_now(struct intent *i);  /* the same at once: something else has come */

void hear_key(struct intent *i, char key);

#endif
