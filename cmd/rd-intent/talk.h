/* The conversation: a sentence leads to a question for what it lacks, to its confirmation, to a tool, to words. What
 * has an effect is done only after a yes that was heard well, or the key 1. */
#ifndef TALK_H
#define TALK_H

#include <stdbool.h>

struct cJSON;
struct dialog;
struct intent;
struct sentences_match;
struct sentences_need;

void talk_open(struct intent *i);

void talk_began(struct intent *i); /* the caller speaks: no question is asked again meanwhile */

/* Does what a sentence means, as far as it can: else asks. */
void talk_begin(struct intent *i, const struct sentences_match *m, double confidence);
void talk_carry_out(struct intent *i, const struct sentences_match *m);
/* The open question was answered with yes: the same, unless what it asked has gone by meanwhile. */
void talk_confirmed(struct intent *i);
/* The open question once more; a successor's first word. */
void talk_ask_again(struct intent *i);
/* A template; NULL: nothing is asked of it. */
const char *talk_question(const struct sentences_match *m);
void talk_drop(struct intent *i, const char *words);
/* Nonsense or nothing came as an answer: asked again, or given up. */
void talk_no_answer(struct intent *i);
bool talk_confirms(const struct dialog *d);				  /* a yes or a no is awaited */
const struct sentences_need *talk_lacks(const struct sentences_match *m); /* the first that was not said; NULL: none */

void talk_result(struct intent *i, const struct sentences_match *m, const struct cJSON *event);
void talk_unread(struct intent *i, const struct cJSON *event); /* of a document: it cannot be read */

/* An answer; a line of the file's section speak; the same with examples of what can be said. */
void talk_say(struct intent *i, const char *text);
void talk_words(struct intent *i, const char *name);
void talk_examples(struct intent *i, const char *name, int count);

/* assistant.state, if it is another one. */
void talk_state(struct intent *i, const char *state, const char *on);
void talk_quiet(struct intent *i); /* there is nothing to say */

/* orders.h: the question was heard, or silenced. */
void talk_question_heard(struct intent *i);
void talk_silenced(struct intent *i);

/* acts.c: what a sentence does by itself. */
void talk_act(struct intent *i, const struct sentences_match *m);

#endif
