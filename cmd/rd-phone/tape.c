#include "tape.h"

#include <string.h>

#include "g711.h"

int tape_open(struct tape *t, const char *path, char *error, size_t size)
{
	t->n = t->heard_n = 0;
	return wav_create(&t->wav, path, 8000, 2, error, size);
}

static void flush(struct tape *t)
{
	if (t->n)
		(void)wav_write(&t->wav, t->pair, t->n); /* a full disk costs the recording, not the call */
	t->n = 0;
}

void tape_heard(struct tape *t, const uint8_t *mulaw, size_t n)
{
	if (!t->wav.file)
		return;
	if (n > sizeof t->heard - t->heard_n)
		n = sizeof t->heard - t->heard_n;
	memcpy(t->heard + t->heard_n, mulaw, n);
	t->heard_n += n;
}

void tape_frame(struct tape *t, const uint8_t *mulaw, size_t n)
{
	size_t heard = t->heard_n < n ? t->heard_n : n;

	if (!t->wav.file)
		return;
	if (t->n + n > TAPE_SECOND)
		flush(t);
	for (size_t i = 0; i < n; i++) {
		t->pair[2 * (t->n + i)] = g711_mulaw[mulaw[i]];
		t->pair[2 * (t->n + i) + 1] = i < heard ? g711_mulaw[t->heard[i]] : 0;
	}
	t->n += n;
	t->heard_n -= heard;
	memmove(t->heard, t->heard + heard, t->heard_n);
}

void tape_close(struct tape *t)
{
	if (!t->wav.file)
		return;
	flush(t);
	wav_close(&t->wav);
}
