#include "wav.h"

#include <errno.h>
#include <fcntl.h>
#include <sndfile.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* libsndfile takes over the descriptor and closes it, also when it fails. */
static int begin(struct wav *w, int fd, int mode, SF_INFO *info, const char *verb, const char *path, char *error,
		 size_t size)
{
	*w = (struct wav){ 0 };
	if (fd >= 0)
		w->file = sf_open_fd(fd, mode, info, SF_TRUE);
	if (!w->file) {
		snprintf(error, size, "cannot %s %s: %s", verb, path, fd < 0 ? strerror(errno) : sf_strerror(NULL));
		return -1;
	}
	w->rate_hz = (unsigned)info->samplerate;
	w->channels = (unsigned)info->channels;
	return 0;
}

int wav_open(struct wav *w, const char *path, char *error, size_t size)
{
	SF_INFO info = { 0 };

	return begin(w, open(path, O_RDONLY | O_CLOEXEC), SFM_READ, &info, "read", path, error, size);
}

int wav_create(struct wav *w, const char *path, unsigned rate_hz, unsigned channels, char *error, size_t size)
{
	SF_INFO info = { .samplerate = (int)rate_hz,
			 .channels = (int)channels,
			 .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16 };
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (begin(w, fd, SFM_WRITE, &info, "write", path, error, size) < 0)
		return -1;
	(void)sf_command(w->file, SFC_SET_UPDATE_HEADER_AUTO, NULL, SF_TRUE);
	return 0;
}

static int16_t sample_of(float value)
{
	value *= 32768;
	if (!(value > INT16_MIN)) /* not a number, too */
		return INT16_MIN;
	return value > INT16_MAX - 1 ? INT16_MAX : (int16_t)(value < 0 ? value - 0.5f : value + 0.5f);
}

/* By way of floats, for libsndfile reads a file of floats as shorts of -1, 0 and 1. Shorts come out as they were. */
size_t wav_read(struct wav *w, int16_t *out, size_t n)
{
	float some[2048];
	size_t most = sizeof some / sizeof *some, done = 0, all = n * w->channels;

	while (done < all) {
		sf_count_t want = (sf_count_t)(all - done < most ? all - done : most - most % w->channels);
		sf_count_t got = sf_read_float(w->file, some, want);

		for (sf_count_t i = 0; i < got; i++)
			out[done++] = sample_of(some[i]);
		if (got < want)
			break;
	}
	return done / w->channels;
}

size_t wav_write(struct wav *w, const int16_t *in, size_t n)
{
	sf_count_t put = sf_writef_short(w->file, in, (sf_count_t)n);

	return put > 0 ? (size_t)put : 0;
}

void wav_close(struct wav *w)
{
	if (w->file)
		sf_close(w->file);
	*w = (struct wav){ 0 };
}
