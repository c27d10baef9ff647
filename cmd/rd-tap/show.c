#include "show.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio.h"

static int fail(struct show *s, const char *what)
{
	snprintf(s->error, sizeof s->error, "cannot %s: %s", what, strerror(errno));
	return -1;
}

static int write_all(struct show *s, const void *bytes, size_t n)
{
	const char *p = bytes;

	while (n) {
		struct pollfd ready = { .fd = s->fd, .events = POLLOUT };
		ssize_t k = write(s->fd, p, n);

		if (k < 0 && errno == EAGAIN)
			(void)poll(&ready, 1, -1);
		else if (k < 0 && errno != EINTR)
			return fail(s, "show a frame");
		p += k > 0 ? k : 0;
		n -= k > 0 ? (size_t)k : 0;
	}
	return 0;
}

static int put_line(struct show *s, const struct frame *f)
{
	return write_all(s, s->line, (size_t)frame_to_line(f, s->line, FRAME_LINE_MAX));
}

static int put_frame(struct show *s, const struct frame *f)
{
	uint8_t header[FRAME_HEADER];

	frame_pack(f, header);
	return write_all(s, header, sizeof header) < 0 || write_all(s, f->payload, f->length) < 0 ? -1 : 0;
}

static int put_audio(struct show *s, const struct frame *f)
{
	int16_t samples[1000];
	unsigned sample = frame_sample_bytes(f->codec);
	size_t n = sample ? f->length / sample : 0;

	if (n == 0)
		return 0;
	if (!s->wav.file && wav_create(&s->wav, s->path, f->rate_100hz * 100u, 1, s->error, sizeof s->error) < 0)
		return -1;
	if (f->rate_100hz * 100u != s->wav.rate_hz) {
		snprintf(s->error, sizeof s->error, "cannot write %s: audio of %u Hz behind audio of %u Hz", s->path,
			 f->rate_100hz * 100u, s->wav.rate_hz);
		return -1;
	}
	for (size_t done = 0; done < n;) {
		size_t k = n - done < 1000 ? n - done : 1000;

		audio_decode(samples, f->codec, f->payload + done * sample, k);
		if (wav_write(&s->wav, samples, k) != k)
			return fail(s, "write the WAV file");
		done += k;
	}
	return 0;
}

int show_lines(struct show *s, int fd)
{
	*s = (struct show){ .put = put_line, .fd = fd, .line = malloc(FRAME_LINE_MAX) };
	return s->line ? 0 : fail(s, "show frames");
}

int show_file(struct show *s, const char *path)
{
	*s = (struct show){ .put = put_frame, .fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) };
	if (s->fd >= 0)
		return 0;
	snprintf(s->error, sizeof s->error, "cannot write %s: %s", path, strerror(errno));
	return -1;
}

int show_wav(struct show *s, const char *path)
{
	*s = (struct show){ .put = put_audio, .fd = -1, .path = path };
	return 0;
}

int show_frame(struct show *s, const struct frame *f)
{
	return s->put(s, f);
}

void show_close(struct show *s)
{
	free(s->line);
	wav_close(&s->wav);
	if (s->put == put_frame && s->fd >= 0)
		close(s->fd);
	*s = (struct show){ 0 };
}
