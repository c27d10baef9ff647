/* The one who makes the sound: a thread of its own, so that frames pass while a sentence is made. It takes one piece of
 * work at a time and hands back sound and the ends of words, in order, over a pair of sockets; what nobody fetches
 * makes it wait. */
#ifndef MAKER_H
#define MAKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "frame.h"
#include "loop.h"
#include "phrase.h"
#include "say.h"

#define MAKER_AUDIO_BYTES FRAME_AUDIO_MAX
#define MAKER_VOICE_BYTES 64

struct conf;

enum maker_kind {
	MAKER_TEXT,    /* the text of a phrase */
	MAKER_AUDIO,   /* samples of codec and rate */
	MAKER_WORD,    /* value: word; end_ms: into this work's sound */
	MAKER_DONE,    /* all of it was made */
	MAKER_NOTHING, /* a phrase whose sound is not prepared */
	MAKER_FAILED
};

struct maker_made { /* what comes back */
	uint32_t work;
	uint8_t kind, codec;
	uint16_t rate_100hz;
	uint32_t word, end_ms;
	uint32_t n;
	uint8_t bytes[MAKER_AUDIO_BYTES];
};

struct maker_work {
	uint32_t number;
	double rate;
	bool first; /* the silence before its first sound is cut */
	unsigned variant;
	char voice[MAKER_VOICE_BYTES];
	char agent[64], phrase[PHRASE_NAME_BYTES]; /* a phrase, where it is not "" */
	char text[SAY_ROOM];
};

struct maker { /* zeroed is closed */
	const struct conf *conf;
	int ours, its; /* the two ends; 0: none */
	pthread_t thread;
	bool running;
	struct making *making; /* the thread's own */
	atomic_uint wanted;    /* the number of the work that is wanted; another one is given up */
	struct watch watch;
	void (*on_made)(void *ctx, const struct maker_made *m); /* of the wanted work alone */
	void *ctx;
};

/* Starts the thread. conf is read by it as long as it runs. 0, or -1 with errno. */
int maker_open(struct maker *m, struct loop *loop, const struct conf *conf);
void maker_close(struct maker *m); /* waits for the thread, which is quick; may be called twice */

/* Begins a work, which gets a number; the one before it must be over or given up. */
int maker_begin(struct maker *m, struct maker_work *work);
/* Nothing more of it is handed back. */
void maker_give_up(struct maker *m);

#endif
