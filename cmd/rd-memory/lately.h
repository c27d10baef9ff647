/* What happened lately, in words that can be said: who called; what was said last time. Times in the zone of the
 * process. */
#ifndef LATELY_H
#define LATELY_H

#include <stdio.h>
#include <time.h>

#include "memory.h"

/* Rows of call.list, the newest first. */
void lately_calls(const struct memory *m, FILE *out, const struct cJSON *calls, time_t now);

/* Rows of call.last, in order. */
void lately_last(FILE *out, const struct cJSON *turns, time_t now);

/* The same as data of the answer, for who speaks another language: {count, callers: names, or a number's last digits}
 * and {count, at?, texts}. The caller's; NULL without memory. */
struct cJSON *lately_calls_data(const struct memory *m, const struct cJSON *calls);
struct cJSON *lately_last_data(const struct cJSON *turns);

#endif
