/* Which of Twilio's bad manners are shown, by request: the words of --manners. Each was documented or observed, see
 * rd-phone(1). */
#ifndef MANNERS_H
#define MANNERS_H

#include <stdbool.h>
#include <stddef.h>

/* What the words have where no number is given. */
#define MANNERS_GOOD                                                                                                   \
	{                                                                                                              \
		.break_times = 1, .reset_times = 1, .half_open_wait_ms = 5000                                          \
	}

struct manners { /* zeroed is well-behaved */
	/* webhooks */
	bool duplicate_webhook;	  /* each twice at once */
	double late_duplicate_ms; /* the first one again, so long after its answer; 0: no */
	double webhook_retry_ms;  /* each one's answer is lost, and it is sent again */
	bool status_first, status_twice, status_odd, status_early;
	/* the stream's beginning */
	double late_stream_ms, slow_upgrade_ms;
	bool second_stream;
	/* its messages */
	bool disorder, start_twice, unknown, numbers, odd_chunks;
	/* its end: so long after it opened, and how many streams of the call end like this */
	double break_ms, break_times, reset_ms, reset_times, half_open_ms, half_open_wait_ms;
	bool no_stop;
};

/* Into *m, which was MANNERS_GOOD before the first words. 0, or -1 with error. */
int manners_read(struct manners *m, const char *words, char *error, size_t size);

#endif
