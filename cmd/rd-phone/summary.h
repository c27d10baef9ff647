/* What there is to say about a call when it is over: for people in a few lines, for programs as one JSON object. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cJSON;
struct playout;

struct summary {
	uint64_t begun_us; /* the first webhook was sent */
	bool answered;
	uint64_t first_audio_us; /* the assistant was heard, 0: never */
	uint64_t heard_bytes;
	unsigned streams, clears, marks, warnings;
	const char *end; /* caller, assistant, reject, timeout or error; NULL: not yet */
	char error[512];
	struct cJSON *lists; /* verbs, said, ... by their names */
};

int summary_open(struct summary *s); /* -1: no memory */
void summary_close(struct summary *s);

/* Adds to a list, made when it is new; bounded. */
void summary_text(struct summary *s, const char *list, const char *text);
void summary_number(struct summary *s, const char *list, double number);
void summary_object(struct summary *s, const char *list, struct cJSON *object); /* taken over; may be NULL */

/* One more thing to be said, under its name; object is taken over, may be NULL. */
void summary_fact(struct summary *s, const char *name, struct cJSON *object);

/* The first end is the true one; with an error, its words. */
void summary_end(struct summary *s, const char *end, const char *error);

/* Milliseconds since the call began. */
double summary_ms(const struct summary *s, uint64_t at_us);

/* The whole as one line of JSON; the caller's to free, NULL: no memory. */
char *summary_json(const struct summary *s, const char *call, const struct playout *p, uint64_t now_us);

/* For people, to standard output. */
void summary_print(const struct summary *s, const struct playout *p, uint64_t now_us);

#endif
