/* All that is known of one person, in pieces that fit a message. */
#ifndef EXPORT_H
#define EXPORT_H

#include "db.h"

/* Some rows of the number `caller`, of the `kind` facts, messages, calls, turns, tools or usage, those behind the row
 * number `after`: {rows, more}. The answer, the caller's; NULL: d->error says why. */
struct cJSON *export_rows(struct db *d, const struct cJSON *r);

#endif
