/* Who the operator has muted: state, said again for a carrier stage that was started again, and kept in the call's
 * folder (tmpfs, a few bytes) for a successor of this stage. */
#ifndef MUTES_H
#define MUTES_H

struct cJSON;
struct stage;

void mutes_find(const struct stage *s);				  /* what a predecessor kept */
void mutes_set(const struct stage *s, const struct cJSON *event); /* a call.mute that is about to be said */
void mutes_say(struct stage *s);

#endif
