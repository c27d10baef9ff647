/* The way back (rd-frames(7)): a link is a pair of sockets and carries frames both ways. What the brain says to the
 * caller takes the reverse direction of the link that it reads, straight to the carrier stage before it, and not
 * through all the stages of the ring: each of those would cost the caller a moment. Only where the two are neighbours,
 * only on SOCK_SEQPACKET, and only if the carrier stage says that it reads there ("back" in call.setup).
 *
 * For stage.c and stage_rules.c; programs call what stage.h has of it. */
#ifndef STAGE_BACK_H
#define STAGE_BACK_H

#include "stage.h"

/* Sends a frame that way. false: there is no way back (any more), the ring is to carry it. */
bool stage_back_send(struct stage *s, const struct frame *f);

/* What waits there for its reader: audio that an interruption has made worthless goes. */
void stage_back_clear(struct stage *s, bool (*keep)(void *ctx, uint32_t item), void *ctx);

bool stage_back_waiting(const struct stage *s);
void stage_back_close(struct stage *s);

#endif
