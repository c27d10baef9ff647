/* A caller's message: a WAV file, 16 bit, one channel, whole after every write, so that whoever is killed leaves what
 * was said by then, and whoever comes after goes on with it. Writing goes to the kernel's memory; the disk is waited
 * for by message_close alone. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "paths.h"

#define MESSAGE_PIECE_BYTES 3200u /* is written at once: 0.2 s */

struct message {		    /* zeroed is closed */
	char path[PATHS_MAX_BYTES]; /* "": closed */
	int fd;
	unsigned rate_hz;
	uint64_t bytes; /* of samples, in the file */
	size_t waiting;
	uint8_t piece[MESSAGE_PIECE_BYTES];
};

/* Makes FOLDER/CALL.wav (0600), or goes on with the one that is there, at its rate. 0, or -1 with errno. With
 * MESSAGE_RATE_FOUND it makes none: ENOENT. */
#define MESSAGE_RATE_FOUND 0u
int message_open(struct message *m, const char *folder, const char *call, unsigned rate_hz);

/* 0, or -1 with errno (ENOSPC): what was written before stays. */
int message_add(struct message *m, const int16_t *samples, size_t n);

/* How long it is. */
unsigned message_ms(const struct message *m);

/* Nothing more comes: writes the rest. 0, or -1 with errno. */
int message_finish(struct message *m);
/* Waits for the disk. */
void message_close(struct message *m);
/* There was none. */
void message_drop(struct message *m);

#endif
