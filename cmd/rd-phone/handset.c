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
	ssize_t n = read(h->in_fd, bytes, sizeof bytes);
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

static int open_mic(struct handset *h, char *error, size_t size)
{
	char why[128] = "a pipe expected as standard input, or a terminal";

	if (isatty(0) && soundcard_open(&h->record, SOUNDCARD_RECORD, why, sizeof why) == 0)
		h->in_fd = h->record.fd;
	if ((h->in_fd || !isatty(0)) && loop_watch(h->loop, &h->watch, h->in_fd, EPOLLIN) == 0 && !h->watch.always)
		return 0;
	snprintf(error, size, "--mic: no microphone: %s", why);
	return -1;
}

static void open_speaker(struct handset *h, char *error, size_t size)
{
	if (!isatty(1))
		return;
	h->speaker = soundcard_open(&h->play, SOUNDCARD_PLAY, error, size) == 0;
	h->out_fd = h->play.fd;
}

int handset_open(struct handset *h, struct loop *loop, char *error, size_t size)
{
	h->loop = loop;
	h->in_fd = 0;
	h->out_fd = 1;
	h->watch = (struct watch){ .name = "microphone", .on = on_input, .ctx = h };
	if (h->speaker)
		open_speaker(h, error, size);
	return h->mic ? open_mic(h, error, size) : 0;
}

void handset_close(struct handset *h)
{
	if (h->watch.watched)
		loop_unwatch(h->loop, &h->watch);
	soundcard_close(&h->record);
	soundcard_close(&h->play);
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
	struct pollfd ready = { .fd = h->out_fd, .events = POLLOUT };
	size_t heard = h->out_n < n ? h->out_n : n;
	uint8_t frame[HANDSET_BYTES];

	if (!h->speaker || h->alone || n > sizeof frame)
		return;
	memset(frame, SILENCE, n);
	memcpy(frame, h->out, heard);
	h->out_n -= heard;
	memmove(h->out, h->out + heard, h->out_n);
	if (poll(&ready, 1, 0) > 0 && write(h->out_fd, frame, n) < 0 && errno != EAGAIN)
		h->alone = true;
}
