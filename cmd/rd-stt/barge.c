#include "barge.h"

#define DISTANCE_FIRST_MS 300
#define DISTANCE_MOST_MS 20000
#define FORGIVEN_MS 20000   /* so long without a pause for nothing, and distances begin anew */
#define LIKELY (-20.0)	    /* likeness of what is a sentence's beginning without doubt */
#define POSSIBLE (-46.0)    /* of what may be one: a murmur, a cough or music is more like something else */
#define LIKELY_VOICE_MS 160 /* so much voice before a likeness is believed */
#define POSSIBLE_VOICE_MS 200
#define POSSIBLE_FRAMES 12
#define STILL_MS 100
#define WORD_VOICE_MS 100
#define WORD_FRAMES 15
#define WORD_LIKE (-32.0)
#define LATE_VOICE_MS 700

static bool is_likely(const struct barge_heard *h)
{
	return !h->heard.murmur && h->turn.voice_ms >= LIKELY_VOICE_MS && h->heard.frames >= 2 * POSSIBLE_FRAMES &&
	       h->heard.likeness >= LIKELY;
}

/* A short word is as short as a cough, but more of it sounds like one. */
static bool is_word(const struct barge_heard *h)
{
	return h->turn.voice_ms >= WORD_VOICE_MS && h->heard.frames >= WORD_FRAMES && h->heard.likeness >= WORD_LIKE;
}

static bool is_possible(const struct barge_heard *h)
{
	if (h->heard.murmur || h->heard.frames < POSSIBLE_FRAMES || h->heard.likeness < POSSIBLE)
		return false;
	/* an echo ends with what made it: who speaks is still speaking, or has said a word */
	return (h->turn.voice_ms >= POSSIBLE_VOICE_MS && h->turn.quiet_ms <= STILL_MS) || is_word(h);
}

/* After it was doubted: music becomes likely here and there. */
static bool is_late(const struct barge_heard *h)
{
	return is_likely(h) && h->turn.voice_ms >= LATE_VOICE_MS && h->heard.reach >= REACH_WHOLE;
}

static enum barge_order clear(struct barge *b)
{
	b->state = BARGE_CLEARED;
	b->distance_ms = 0;
	return BARGE_CLEAR;
}

static enum barge_order resume(struct barge *b, enum barge_state state)
{
	b->state = state;
	b->since_ms = 0;
	b->distance_ms = b->distance_ms ? b->distance_ms * 2 : DISTANCE_FIRST_MS;
	if (b->distance_ms > DISTANCE_MOST_MS)
		b->distance_ms = DISTANCE_MOST_MS;
	return BARGE_RESUME;
}

static enum barge_order paused(struct barge *b, const struct barge_heard *h)
{
	if (h->turn.state == TURN_QUIET)
		return resume(b, BARGE_NONE);
	if (is_likely(h))
		return clear(b);
	if (b->paused_ms < BARGE_DECIDE_MS)
		return BARGE_GO_ON;
	return is_possible(h) ? clear(b) : resume(b, BARGE_DOUBTED);
}

/* Too soon after a pause for nothing: heard, but not paused for. */
static enum barge_order begin(struct barge *b)
{
	if (b->distance_ms && b->since_ms < b->distance_ms) {
		b->state = BARGE_DOUBTED;
		return BARGE_GO_ON;
	}
	b->state = BARGE_PAUSED;
	b->paused_ms = 0;
	return BARGE_PAUSE;
}

enum barge_order barge_step(struct barge *b, int step_ms, const struct barge_heard *h)
{
	b->since_ms += b->since_ms < FORGIVEN_MS ? step_ms : 0;
	if (b->since_ms >= FORGIVEN_MS)
		b->distance_ms = 0;
	if (b->state == BARGE_PAUSED) {
		b->paused_ms += step_ms;
		return paused(b, h);
	}
	if (h->turn.state == TURN_QUIET) {
		b->state = BARGE_NONE;
		return BARGE_GO_ON;
	}
	if (!h->unheard || b->state == BARGE_CLEARED)
		return BARGE_GO_ON;
	if (b->state == BARGE_NONE && h->loud)
		return begin(b);
	return b->state == BARGE_DOUBTED && is_late(h) ? clear(b) : BARGE_GO_ON;
}

enum barge_order barge_end(struct barge *b, bool sure)
{
	enum barge_order order = BARGE_GO_ON;

	if (sure && (b->state == BARGE_PAUSED || b->state == BARGE_DOUBTED))
		order = clear(b);
	else if (b->state == BARGE_PAUSED)
		order = resume(b, BARGE_NONE);
	b->state = BARGE_NONE;
	return order;
}
