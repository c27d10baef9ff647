/* What a call that came to nothing means, and where to look: one sentence. */
#ifndef ADVICE_H
#define ADVICE_H

struct summary;

/* NULL: nothing to add. */
const char *advice_for(const struct summary *s);

#endif
