#include "handset.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define START_BYTES 480u /* 60 ms: what a sound card's own clock may waver */
#define SILENCE 0xff

static void on_input(void *ctx, uint32_t events)
{
	struct handset *h = ctx;
	uint8_t bytes[HANDSET_BYTES];
	ssize_t n = read(0, bytes, sizeof bytes);
	size_t room = HANDSET_BYTES - h->in_n;

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		loop_unwatch(h->loop, &h->watch);
		h->on_end(h->ctx);
		return;
	}
	if ((size_t)n > room) { /* the oldest goes */
		size_t drop = (size_t)n - room;

		memmove(h->in, h->in + drop, h->in_n - drop);
		h->in_n -= drop;
	}
	memcpy(h->in + h->in_n, bytes, (size_t)n);
	h->in_n += (size_t)n;
}

int handset_open(struct handset *h, struct loop *loop, char *error, size_t size)
{
	h->loop = loop;
	h->watch = (struct watch){ .name = "microphone", .on = on_input, .ctx = h };
	if (h->mic && (isatty(0) || loop_watch(loop, &h->watch, 0, EPOLLIN) < 0 || h->watch.always))
		return snprintf(error, size,
				"--mic: a pipe expected as standard input, e.g. arecord -t raw -f MU_LAW |"),
		       -1;
	if (h->speaker && isatty(1))
		return snprintf(error, size,
				"--speaker: a pipe expected as standard output, e.g. | aplay -t raw -f MU_LAW"),
		       -1;
	return 0;
}

void handset_close(struct handset *h)
{
	if (h->watch.watched)
		loop_unwatch(h->loop, &h->watch);
}

bool handset_frame(struct handset *h, uint8_t *out, size_t n)
{
	if (!h->mic)
		return false;
	h->running = h->in_n >= (h->running ? n : START_BYTES);
	if (!h->running) {
		memset(out, SILENCE, n);
		return true;
	}
	memcpy(out, h->in, n);
	h->in_n -= n;
	memmove(h->in, h->in + n, h->in_n);
	return true;
}

void handset_heard(struct handset *h, const uint8_t *mulaw, size_t n)
{
	if (!h->speaker)
		return;
	if (n > HANDSET_BYTES - h->out_n)
		n = HANDSET_BYTES - h->out_n;
	memcpy(h->out + h->out_n, mulaw, n);
	h->out_n += n;
}

void handset_play(struct handset *h, size_t n)
{
	struct pollfd ready = { .fd = 1, .events = POLLOUT };
	size_t heard = h->out_n < n ? h->out_n : n;
	uint8_t frame[HANDSET_BYTES];

	if (!h->speaker || h->alone || n > sizeof frame)
		return;
	memset(frame, SILENCE, n);
	memcpy(frame, h->out, heard);
	h->out_n -= heard;
	memmove(h->out, h->out + heard, h->out_n);
	if (poll(&ready, 1, 0) > 0 && write(1, frame, n) < 0 && errno != EAGAIN)
		h->alone = true;
}
