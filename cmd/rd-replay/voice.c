#include "voice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio.h"

#define PIECE_US 20000u

bool voice_is_wav(int fd)
{
	char head[12];

	return pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head && memcmp(head, "RIFF", 4) == 0 &&
	       memcmp(head + 8, "WAVE", 4) == 0;
}

int voice_open(struct voice *v, const char *path, char *error, size_t size)
{
	char name[24];

	*v = (struct voice){ 0 };
	if (wav_open(&v->wav, path, error, size) < 0)
		return -1;
	snprintf(name, sizeof name, "s16/%u", v->wav.rate_hz);
	v->next = (struct frame){ .kind = FRAME_UP, .birth_us = 1 };
	if (frame_format_parse(name, &v->next.codec, &v->next.rate_100hz) < 0) {
		snprintf(error, size, "cannot play %s: %u Hz; 8000, 16000, 24000 or 48000 expected", path,
			 v->wav.rate_hz);
		voice_close(v);
		return -1;
	}
	v->samples = calloc((size_t)v->wav.rate_hz / 50 * v->wav.channels, sizeof *v->samples);
	if (v->samples)
		return 0;
	snprintf(error, size, "cannot play %s: %s", path, strerror(errno));
	voice_close(v);
	return -1;
}

void voice_close(struct voice *v)
{
	wav_close(&v->wav);
	free(v->samples);
	*v = (struct voice){ 0 };
}

int voice_next(struct voice *v, struct frame *f)
{
	size_t n = v->ended ? 0 : wav_read(&v->wav, v->samples, v->wav.rate_hz / 50);

	if (v->ended)
		return -1;
	for (size_t i = 1; i < n; i++)
		v->samples[i] = v->samples[i * v->wav.channels];
	audio_encode(v->payload, CODEC_S16, v->samples, n);
	v->ended = n == 0;
	*f = v->next;
	f->flags = v->ended ? FRAME_END : 0;
	f->length = (uint32_t)(2 * n);
	f->payload = v->payload;
	f->seq = ++v->next.seq;
	v->next.birth_us += PIECE_US;
	return 1;
}
