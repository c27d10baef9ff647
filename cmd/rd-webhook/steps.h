/* What comes behind the first document of a call: /next/N, when a stream or a <Dial> is over, answered by what the
 * carrier stage left in the call's folder; and /status, when the call is. */
#ifndef STEPS_H
#define STEPS_H

struct exchange;

void steps_next(struct exchange *x);
void steps_status(struct exchange *x);

#endif
