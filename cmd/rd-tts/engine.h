/* What makes sound of words: a row of a table for each engine. Each is met in one file, loaded when a voice of it is
 * first wanted, and used by one thread at a time. */
#ifndef ENGINE_H
#define ENGINE_H

#include <stddef.h>
#include <stdint.h>

struct engine_sink {
	/* Sound, at the voice's own rate. Not 0: no more of it is wanted. */
	int (*on_audio)(void *ctx, const int16_t *samples, size_t n);
	/* A word of the text, as spaces part them, counted from 0: it and those before it end so many ms into the
	 * sound. Not of each word, but in their order. */
	void (*on_word)(void *ctx, size_t word, long end_ms);
	void *ctx;
};

struct engine {
	const char *name;
	/* Loads a voice, once: what a template loads is shared. 0, or -1 with "what, and which package brings it". */
	int (*open)(const char *voice, char *error, size_t size);
	unsigned (*rate_hz)(const char *voice); /* of an open voice */
	/* Speaks until the end or until on_audio has had enough. rate: 1 is normal, 2 twice as fast. 0, or -1. */
	int (*speak)(const char *voice, const char *text, double rate, const struct engine_sink *sink);
};

extern const struct engine engine_flite, engine_espeak;

/* Once, before the first voice and before there are threads. */
void engine_begin(void);

/* flite's five voices are flite's; every other name is asked of espeak-ng. */
const struct engine *engine_of(const char *voice);

#endif
