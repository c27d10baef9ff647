/* What the caller is hearing of the assistant: whether there is sound of it on its way. The time is that of the
 * caller's own sound. */
#ifndef PLAYING_H
#define PLAYING_H

#include <stdbool.h>
#include <stdint.h>

struct cJSON;

#define PLAYING_ITEMS 16

struct playing {
	bool speaking; /* assistant.state */
	struct {
		uint32_t item;
		uint64_t news_ms; /* when it was last spoken of */
	} items[PLAYING_ITEMS];
};

void playing_state(struct playing *p, const char *state);
void playing_text(struct playing *p, uint32_t item, uint64_t now_ms); /* a piece of it is being said */
void playing_heard(struct playing *p, const struct cJSON *items, uint64_t now_ms);
void playing_cleared(struct playing *p, const struct cJSON *items);
void playing_done(struct playing *p, uint32_t item, const char *status);

/* An item of which nothing was heard of for long is forgotten: whoever said it may have died. */
bool playing_unheard(const struct playing *p, uint64_t now_ms);

#endif
