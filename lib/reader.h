/* Frames from a descriptor, whatever it is: a SOCK_SEQPACKET link (a message is a frame), a byte stream (pipe, file) or
 * lines of text; the first byte of a byte stream tells frames (F5) from text. */
#ifndef READER_H
#define READER_H

#include <stdbool.h>

#include "frame.h"

enum reader_form { READER_UNKNOWN, READER_PACKETS, READER_FRAMES, READER_LINES };

struct reader {
	int fd;
	enum reader_form form;
	bool eof;
	uint8_t *buf;	   /* READER_BUF bytes */
	uint8_t *payload;  /* of a line, decoded */
	size_t start, end; /* what of buf was read and not yet used */
	uint64_t offset;   /* bytes used so far, for messages; lines so far when the input is text */
	uint64_t bad;	   /* packets that were no frame */
	const char *why;   /* after -1 with EBADMSG: what was expected */
};

/* Zeroed is closed. 0, or -1 without memory. The descriptor stays the caller's; its flags are not touched. */
int reader_open(struct reader *r, int fd);
void reader_close(struct reader *r);

/* 1: a frame, borrowed until the next call; 0: none yet; -1: the end, errno 0 if it was a clean one, EBADMSG if there
 * is no way back (r->why, r->offset). A bad packet is counted and passed over. Never blocks, whatever the descriptor's
 * flags: call it when the descriptor is readable, and again until it answers 0. */
int reader_next(struct reader *r, struct frame *f);

/* For bytes that the caller has itself (reader_open with fd -1): takes up to n of a byte stream, as many as there is
 * room for; then reader_next until it answers 0, and feed the rest. Returns how many were taken. */
size_t reader_feed(struct reader *r, const void *bytes, size_t n);

#endif
