/* WAV files, by libsndfile: read and written as 16 bit samples. Whatever the file holds is brought to that. */
#ifndef WAV_H
#define WAV_H

#include <stddef.h>
#include <stdint.h>

struct wav { /* zeroed is closed */
	void *file;
	unsigned rate_hz, channels;
};

/* 0, or -1 with why in error ("cannot read FILE: …", "cannot write FILE: …"). wav_create makes a file of 0600. */
int wav_open(struct wav *w, const char *path, char *error, size_t size);
int wav_create(struct wav *w, const char *path, unsigned rate_hz, unsigned channels, char *error, size_t size);

/* Up to n samples of each channel, interleaved; fewer only at the end or when the disk fails. Both block on the disk.
 * The file is whole after each wav_write, also for who is killed then. */
size_t wav_read(struct wav *w, int16_t *out, size_t n);
size_t wav_write(struct wav *w, const int16_t *in, size_t n);

void wav_close(struct wav *w);

#endif
