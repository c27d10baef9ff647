/* What no rule knows: letters and digits as they stand, without what has no sound (emoji, arrows, marks). */
#ifndef SAY_PLAIN_H
#define SAY_PLAIN_H

#include "say.h"

void say_plain(struct say *s, const struct say_language *l, const char *text, size_t n);

#endif
