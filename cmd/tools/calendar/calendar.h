/* What one does with a calendar: look, find free time, enter, move, delete. */
#ifndef CALENDAR_H
#define CALENDAR_H

struct cJSON;

#define CALENDAR_TITLE_MAX_BYTES 120
#define CALENDAR_WHEN_MAX_BYTES 100
#define CALENDAR_MINUTES_MAX 10080

/* The answer to {do, when?, title?, place?, minutes?, to?, from?, until?, id?, series?}, the caller's. Blocks on the
 * network. */
struct cJSON *calendar_run(const struct cJSON *arguments);

#endif
