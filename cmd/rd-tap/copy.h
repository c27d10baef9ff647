/* Standard input to standard output and not a byte changed: of a byte stream every byte, of a SOCK_SEQPACKET link every
 * message as one message. Where both ends are such links, what comes back from the output goes back to the input in the
 * same way (rd-frames(7), the way back). Waits where need be, one way never for the other; SIGTERM and SIGINT end it
 * between two pieces, never in one. */
#ifndef COPY_H
#define COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct copy_way {
	int in, out;	/* -1: there is none */
	uint8_t *buf;	/* one piece */
	size_t n, done; /* of it: its bytes, and those that were written; equal: no piece is held */
};

struct copy { /* zeroed is closed */
	bool in_packets, out_packets;
	struct copy_way ahead, back; /* back.in is -1 where there is no such way */
};

/* The descriptors stay the caller's; out may be -1, then nothing is copied. 0, or -1 with errno: EPROTOTYPE, a stream
 * has no messages to keep on a packet link. */
int copy_open(struct copy *c, int in, int out);
void copy_close(struct copy *c);

/* Copies what came next and shows it, borrowed until the next call; back says which way it went. > 0: its length; 0:
 * the end, or a signal, or nobody reads the output any more; -1 with errno. */
ssize_t copy_next(struct copy *c, const uint8_t **bytes, bool *back);

#endif
