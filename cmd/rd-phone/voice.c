#include "voice.h"

#include <stdio.h>
#include <stdlib.h>

#include "convert.h"
#include "g711.h"
#include "speech.h"
#include "wav.h"

#define LINE_HZ 8000u
#define SECONDS_MAX 600
#define PIECE 4096 /* samples of each channel read at once */

static void add(struct clip *c, const int16_t *samples, size_t n)
{
	for (size_t i = 0; i < n; i++)
		c->mulaw[c->n++] = g711_to_mulaw(samples[i]);
}

/* Samples of any rate as mu-law of the line; what a telephone does not carry is filtered out. */
static int to_line(struct clip *c, const int16_t *in, size_t n, unsigned rate_hz, char *error, size_t size)
{
	struct convert convert = { 0 };
	int16_t out[PIECE];
	size_t fed = 0, took, gave;

	*c = (struct clip){ .mulaw = malloc((size_t)((uint64_t)n * LINE_HZ / rate_hz) + 2 * PIECE) };
	if (!c->mulaw || convert_start(&convert, rate_hz, LINE_HZ) < 0) {
		snprintf(error, size, "cannot convert %u Hz to %u Hz: no memory", rate_hz, LINE_HZ);
		voice_close(c);
		return -1;
	}
	do {
		convert_flow(&convert, in + fed, n - fed < PIECE ? n - fed : PIECE, &took, out, PIECE, &gave);
		fed += took;
		add(c, out, gave);
	} while (fed < n || gave == PIECE);
	do {
		convert_drain(&convert, out, PIECE, &gave);
		add(c, out, gave);
	} while (gave == PIECE);
	convert_stop(&convert);
	return 0;
}

int voice_speak(struct clip *c, const char *voice, unsigned percent, const char *text, char *error, size_t size)
{
	struct speech made;
	int status;

	if (speech_make(&made, voice, percent, text, error, size) < 0)
		return -1;
	status = to_line(c, made.samples, made.n, made.rate_hz, error, size);
	speech_drop(&made);
	return status;
}

/* All of the file, its channels mixed into one; the caller's to free, NULL without memory. */
static int16_t *read_all(struct wav *w, size_t *n)
{
	size_t most = (size_t)w->rate_hz * SECONDS_MAX, got;
	const unsigned channels = w->channels ? w->channels : 1;
	int16_t *all = malloc(most * sizeof *all), *some = malloc((size_t)channels * PIECE * sizeof *some);

	while (all && some && *n + PIECE <= most && (got = wav_read(w, some, PIECE)) > 0)
		for (size_t i = 0; i < got; i++) {
			long sum = 0;

			for (unsigned k = 0; k < channels; k++)
				sum += some[i * channels + k];
			all[(*n)++] = (int16_t)(sum / (long)channels);
		}
	free(some);
	return all;
}

int voice_read(struct clip *c, const char *path, char *error, size_t size)
{
	struct wav w;
	int16_t *all;
	size_t n = 0;
	int status = -1;

	if (wav_open(&w, path, error, size) < 0)
		return -1;
	all = read_all(&w, &n);
	if (!all || n == 0)
		snprintf(error, size, "cannot read %s: it holds no sound", path);
	else
		status = to_line(c, all, n, w.rate_hz, error, size);
	free(all);
	wav_close(&w);
	return status;
}

void voice_close(struct clip *c)
{
	free(c->mulaw);
	*c = (struct clip){ .mulaw = NULL };
}
