/* What was asked under a key is done once: a key is written down before another service is asked, with what it was
 * about, and its answer behind it. Whoever asks again under the same key gets that answer, or learns that it was begun.
 */
#ifndef ONCE_H
#define ONCE_H

#include <stdbool.h>

#include "keep.h"

#define ONCE_MAX 20

/* This call's, RINGDOWN_TOOL_CALL; NULL: none, so nothing is kept. Borrowed. */
const char *once_key(void);

/* The entry of this key, {key, about?, answer?}; NULL: it was not asked yet. Borrowed. */
struct cJSON *once_find(struct keep *k);

/* Notes it in the content, which its owner writes down. about, answer: taken over, or NULL; what was there stays where
 * they are NULL. */
void once_note(struct keep *k, struct cJSON *about, struct cJSON *answer);

/* It was not done: it may be asked again. */
void once_forget(struct keep *k);

#endif
