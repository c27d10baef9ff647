/* What was asked of a tool under a key is done once: a key is written down before another service is asked, with what
 * it was about, and its answer behind it. Whoever asks again under the same key gets that answer, or learns that it was
 * begun.
 */
#ifndef ONCE_H
#define ONCE_H

#include <stdbool.h>

#include "keep.h"

#define ONCE_MAX 100

/* This call's, RINGDOWN_TOOL_CALL; NULL: none, so nothing is kept. Borrowed. */
const char *once_key(void);

/* The entry of this key, {key, about?, answer?}; NULL: it was not asked yet. Borrowed. */
struct cJSON *once_find(struct keep *k);

/* Notes it in the content, which its owner writes down. about, answer: taken over, or NULL; what was there stays where
 * they are NULL. */
void once_note(struct keep *k, struct cJSON *about, struct cJSON *answer);

/* It was not done: it may be asked again. */
void once_forget(struct keep *k);

/* The three steps of a tool that has another service do it, with the file opened and closed for each, so that nobody
 * waits for the network. A caller of whom nothing is kept begins each time.
 *
 * The answer that was given to this call before, the caller's; NULL: it has to be done. begun: it was begun, and nobody
 * knows how far it came; about: what it was about, the caller's, or NULL. */
struct cJSON *once_recall(const char *tool, bool *begun, struct cJSON **about);
/* about: taken over, or NULL. */
void once_begin(const char *tool, struct cJSON *about);
/* Keeps an answer that is ok, keeps that it was begun if its outcome is unknown, else forgets it. Returns answer. */
struct cJSON *once_conclude(const char *tool, struct cJSON *answer);

#endif
