/* How long the caller may be without a model: what is still being played covers its absence, a call that only rings
 * hears none, and then somebody else is to speak. */
#ifndef PATIENCE_H
#define PATIENCE_H

struct bridge;

void patience_open(struct bridge *b);
void patience_begin(struct bridge *b); /* no connection runs; again where something has changed */
void patience_end(struct bridge *b);   /* one runs, or the call is over */

#endif
