/* Standard input to standard output and not a byte changed: of a byte stream every byte, of a SOCK_SEQPACKET link every
 * message as one message. Waits where need be, on both sides; SIGTERM and SIGINT end it between two pieces, never in
 * one. */
#ifndef COPY_H
#define COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct copy { /* zeroed is closed */
	int in, out;
	bool in_packets, out_packets;
	uint8_t *buf;
};

/* The descriptors stay the caller's; out may be -1, then nothing is copied. 0, or -1 with errno: EPROTOTYPE, a stream
 * has no messages to keep on a packet link. */
int copy_open(struct copy *c, int in, int out);
void copy_close(struct copy *c);

/* Copies what came next and shows it, borrowed until the next call. > 0: its length; 0: the end, or a signal, or nobody
 * reads the output any more; -1 with errno. */
ssize_t copy_next(struct copy *c, const uint8_t **bytes);

#endif
