#include "reader.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BAD_MOST 64 /* passed over at once: who sends nothing else must not hold up the loop */
#define READER_BUF (FRAME_LINE_MAX + 4096)

int reader_open(struct reader *r, int fd)
{
	int type = 0;
	socklen_t size = sizeof type;

	*r = (struct reader){ .fd = fd };
	r->buf = malloc(READER_BUF);
	if (!r->buf)
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET)
		r->form = READER_PACKETS;
	return 0;
}

void reader_close(struct reader *r)
{
	free(r->buf);
	free(r->payload);
	*r = (struct reader){ .fd = -1, .eof = true };
}

static int end(struct reader *r, const char *why)
{
	r->eof = true;
	r->why = why;
	errno = why ? EBADMSG : 0;
	return -1;
}

/* An empty message reads like the end, but the writer is still there. */
static bool writer_is_gone(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) != 0;
}

static int next_packet(struct reader *r, struct frame *f)
{
	for (int i = 0; i < BAD_MOST; i++) {
		ssize_t n = recv(r->fd, r->buf, READER_BUF, MSG_DONTWAIT);

		if ((n == 0 && writer_is_gone(r->fd)) || (n < 0 && errno == ECONNRESET))
			return end(r, NULL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -1;
		r->offset += (uint64_t)n;
		errno = 0;
		if ((size_t)n >= FRAME_HEADER && frame_unpack(f, r->buf) == 0 &&
		    f->length == (size_t)n - FRAME_HEADER) {
			f->payload = r->buf + FRAME_HEADER;
			return 1;
		}
		if (errno == EPROTO)
			return end(r, "frame version 1 expected");
		r->bad++;
	}
	return 0;
}

/* Moves what is left to the front. */
static void make_room(struct reader *r)
{
	memmove(r->buf, r->buf + r->start, r->end - r->start);
	r->end -= r->start;
	r->start = 0;
}

size_t reader_feed(struct reader *r, const void *bytes, size_t n)
{
	if (r->start)
		make_room(r);
	if (n > READER_BUF - r->end)
		n = READER_BUF - r->end;
	memcpy(r->buf + r->end, bytes, n);
	r->end += n;
	return n;
}

/* Whether a read would not wait: the descriptor may be a terminal or pipe whose flags are not ours to change. */
static bool is_ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* Reads what is there behind what is left. 1: more bytes; 0: none now; -1: end or error, errno 0 at a clean end. */
static int fill(struct reader *r)
{
	ssize_t n;

	if (r->fd < 0 || !is_ready(r->fd))
		return 0;
	if (r->start)
		make_room(r);
	n = read(r->fd, r->buf + r->end, READER_BUF - r->end);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (n == 0) {
		r->eof = true;
		errno = 0;
		return -1;
	}
	r->end += (size_t)n;
	return 1;
}

/* 1: a frame lies whole in the buffer; 0: more bytes are needed; -1: no frame. */
static int take_frame(struct reader *r, struct frame *f)
{
	size_t have = r->end - r->start;

	if (have < FRAME_HEADER)
		return 0;
	if (frame_unpack(f, r->buf + r->start) < 0)
		return end(r, errno == EPROTO ? "frame version 1 expected" : "frame expected");
	if (have < FRAME_HEADER + f->length)
		return 0;
	f->payload = r->buf + r->start + FRAME_HEADER;
	r->start += FRAME_HEADER + f->length;
	r->offset += FRAME_HEADER + f->length;
	return 1;
}

static int take_line(struct reader *r, struct frame *f)
{
	for (;;) {
		char *line = (char *)r->buf + r->start;
		uint8_t *newline = memchr(line, '\n', r->end - r->start);
		const char *why = NULL;

		if (!newline)
			return r->end - r->start >= FRAME_LINE_MAX ? end(r, "a shorter line expected") : 0;
		*newline = 0;
		r->start = (size_t)(newline - r->buf) + 1;
		r->offset++;
		if (*line == 0)
			continue;
		if (!r->payload && !(r->payload = malloc(FRAME_PAYLOAD_MAX)))
			return -1;
		return frame_from_line(f, line, r->payload, &why) == 0 ? 1 : end(r, why);
	}
}

int reader_next(struct reader *r, struct frame *f)
{
	if (r->form == READER_PACKETS)
		return r->eof ? end(r, NULL) : next_packet(r, f);
	for (int round = 0; round < 2; round++) {
		int got = 0;

		if (r->form == READER_UNKNOWN && r->end > 0)
			r->form = r->buf[0] == FRAME_MAGIC_0 ? READER_FRAMES : READER_LINES;
		if (r->form == READER_FRAMES)
			got = take_frame(r, f);
		else if (r->form == READER_LINES)
			got = take_line(r, f);
		if (got)
			return got;
		if (round == 1)
			return 0;
		if (r->eof)
			return end(r, r->start < r->end ? "a whole frame expected before the end" : NULL);
		got = fill(r);
		if (got < 0 && errno == 0) {
			/* a last line may lack its newline */
			if (r->form == READER_LINES && r->start < r->end)
				r->buf[r->end++] = '\n';
			continue;
		}
		if (got <= 0)
			return got;
	}
	return 0;
}
