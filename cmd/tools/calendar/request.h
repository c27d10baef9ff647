/* What was asked of the calendar, and what its deeds share. */
#ifndef REQUEST_H
#define REQUEST_H

#include "dates.h"
#include "source.h"

struct cJSON;

struct request { /* texts are the arguments', or NULL */
	const struct cJSON *arguments;
	const char *when, *title, *place, *to, *id;
	long minutes;
	time_t now;
	struct source source;
	struct agenda agenda;
};

/* An argument that says something, or NULL. */
const char *request_said(const struct cJSON *arguments, const char *name);

/* What `text`, the argument of that name, means. NULL, or the answer that says what is wrong with it. */
struct cJSON *request_dates(const struct request *r, const char *name, const char *text, struct dates *d);

/* That minute of the day which begins at midnight. */
time_t request_minute(time_t midnight, long minute);

/* The answer to `free`: the gaps of some days, within hours. */
struct cJSON *request_free(struct request *r);

#endif
