/* What is forgotten for good: of one person everything, of a call what it left outside the database. */
#ifndef FORGET_H
#define FORGET_H

#include "db.h"

/* Facts, calls with their turns, messages with their files, of the number `caller`. Within a transaction: -1 with
 * d->error, else how many rows. */
int forget_caller(struct db *d, const struct cJSON *r, const char *call, const char *at);

/* Behind the transaction: what tools keep for that number, and the words in the index and the log of the database,
 * which only rewriting removes. -1 with d->error. */
int forget_traces(struct db *d, const struct cJSON *r);

/* The sound of a message, beside the database, where rd-voicemail puts it. */
void forget_message(const struct db *d, const char *call);

#endif
