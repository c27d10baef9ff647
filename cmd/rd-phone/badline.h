/* How bad the telephone line is, by request: the words of --line. */
#ifndef BADLINE_H
#define BADLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the words have where no number is given; it is a good line. */
#define BADLINE_GOOD                                                                                                   \
	{                                                                                                              \
		.burst = 1, .echo_db = -20, .echo_ms = 150, .noise_db = -50, .stall_every_ms = 10000                   \
	}

struct badline { /* zeroed is a good one */
	uint64_t seed;
	double loss_percent, burst;	   /* of the caller's media; how many frames at once, on average */
	double jitter_ms;		   /* what is sent is late by up to so much */
	double marks_ms, marks_max_ms;	   /* marks come back so late; between the two if the second is given */
	bool vad;			   /* no media while the caller is silent */
	bool echo, noise;		   /* in the microphone */
	double echo_db, echo_ms, noise_db; /* relative to what is played, and how late; below full scale */
	double stall_ms, stall_every_ms;   /* nothing passes for so long, again and again */
	double drift_ppm;		   /* the line's clock is faster by so much */
};

/* Into *b, which was BADLINE_GOOD before the first words. 0, or -1 with error. */
int badline_read(struct badline *b, const char *words, char *error, size_t size);

#endif
