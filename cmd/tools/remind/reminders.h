/* A caller's reminders: a text and a moment each, by id; kept until they were told or deleted. */
#ifndef REMINDERS_H
#define REMINDERS_H

struct cJSON;

#define REMINDERS_MAX 100
#define REMINDERS_TEXT_MAX_BYTES 300u
#define REMINDERS_AHEAD_MAX_S 157766400 /* five years */

/* The answer to {do, text?, at? | in_s?, id?}, the caller's. Blocks on the disk. */
struct cJSON *reminders_run(const struct cJSON *arguments);

#endif
