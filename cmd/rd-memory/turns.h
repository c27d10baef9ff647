/* The conversation as it was heard: what the caller said, what of the assistant's words reached them, what tools
 * answered. Bounded; in the order in which things were said, which is not the order in which one learns of them. Knows
 * neither ring nor store: changed() tells when a turn is worth writing down. */
#ifndef TURNS_H
#define TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

#define TURNS_MAX 200
#define TURNS_TEXT_MAX_BYTES 16384u
#define TURNS_PACE_US (1000u * 1000u) /* while a turn is being heard it is written down once in this time */

struct cJSON;
struct turns;

enum turn_who { TURN_USER, TURN_ASSISTANT, TURN_TOOL };

struct turn {
	enum turn_who who;
	uint8_t origin, life;
	uint32_t seq;	/* of the event it came from; of an assistant's turn the count of its item */
	uint64_t at_us; /* when it began to be said */
	char *text;	/* all of it, as far as it is known */
	struct cJSON *spans;
	long heard_ms, sent_ms; /* sent_ms: of assistant.done, else what the carrier has got */
	uint64_t audio_us;	/* of its audio, as it went by */
	size_t heard;		/* bytes of text that were heard */
	bool done;		/* all of its text is there */
	bool whole;		/* and all of its sound */
	bool settled, cut;	/* no more of it will be heard; and that was not all */
	uint64_t written_us;
};

struct turns { /* zeroed is empty; set changed and ctx */
	struct turn all[TURNS_MAX];
	size_t count;
	void (*changed)(struct turns *t, const struct turn *turn);
	void *ctx;
};

void turns_close(struct turns *t);

/* The caller's words, or what a tool answered. at_us: when they were spoken. */
void turns_said(struct turns *t, enum turn_who who, uint8_t origin, uint8_t life, uint32_t seq, uint64_t at_us,
		const char *text);

/* Of the assistant's item: a piece of its text, its audio going by, all of it. now_us is the birth of the frame. */
void turns_piece(struct turns *t, uint32_t item, const char *text, long sent_ms, uint64_t now_us);
void turns_audio(struct turns *t, uint32_t item, uint64_t audio_us, uint64_t now_us);
/* whole: it was not broken off, so that text and sound end together. */
void turns_done(struct turns *t, uint32_t item, const char *text, const struct cJSON *spans, long sent_ms, bool whole,
		uint64_t now_us);

/* The carrier's clock. cleared: no more of it will be heard. */
void turns_heard(struct turns *t, const struct event_heard *h, bool cleared, uint64_t now_us);
/* The same from a carrier of text: what was heard of the newest turn. */
void turns_heard_text(struct turns *t, const char *text, bool cleared, uint64_t now_us);

/* The call is over: whatever was not heard by now never will be. */
void turns_settle(struct turns *t, uint64_t now_us);

/* Rows of the store, of an earlier life: added where they are not known. */
void turns_load(struct turns *t, const struct cJSON *rows);

/* The newest that fit as [{who, text, cut}], in order, the caller's. What was sent of an assistant's turn that is still
 * being played counts as heard: it will have been before anybody answers. */
struct cJSON *turns_list(const struct turns *t, size_t bytes_max);

/* A row for the store: fields of its request `turn`, the caller's. */
struct cJSON *turns_row(const struct turns *t, const struct turn *turn);

#endif
