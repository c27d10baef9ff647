/* The supervisor's answers as a person reads them. */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>
#include <time.h>

struct cJSON;

/* now is for "since"; the caller's clock, so that a test can hold it. */
void report_status(const struct cJSON *answer, time_t now, FILE *out);
void report_calls(const struct cJSON *answer, time_t now, FILE *out);
void report_show(const struct cJSON *answer, FILE *out);
void report_messages(const struct cJSON *answer, FILE *out);
void report_requests(const struct cJSON *answer, FILE *out);

#endif
