#include "barge.h"

#define DISTANCE_FIRST_MS 300
#define DISTANCE_MOST_MS 20000
#define FORGIVEN_MS 20000   /* so long without a pause for nothing, and distances begin anew */
#define PITCHED_MS 60	    /* of a pitch: a cough, a click, a hiss has none */
#define HELD_PERCENT 70	    /* of music; nobody who speaks keeps his voice so still */
#define HELD_WORD_MS 800    /* but for a word of so little */
#define SENTENCE_FRAMES 20  /* no sentence is shorter */
#define QUIET_MS 40	    /* behind a sentence: it may be over */
#define LIKELY (-12.0)	    /* likeness of what is a sentence's beginning without doubt */
#define LIKELY_VOICE_MS 280 /* so much voice before that is believed */
#define LIKELY_FRAMES 30
#define POSSIBLE (-32.0) /* of what is one if it goes on when time is up */
#define POSSIBLE_VOICE_MS 340
#define POSSIBLE_FRAMES 12
#define LONG_MS 560 /* so long speaks who says something */
#define OTHER_MS 460
#define OTHER_QUIET_MS 100
#define MURMUR (-26.0)	    /* likeness of a murmur: less, and it is what nobody has told us of */
#define LONG_MURMUR_MS 1000 /* nobody murmurs so long */

static bool is_held(const struct barge_heard *h)
{
	return h->held_ms * 100 >= HELD_PERCENT * h->turn.voice_ms;
}

static bool is_speech(const struct barge_heard *h)
{
	return h->pitched_ms >= PITCHED_MS && !is_held(h);
}

/* However well the words fit: nothing else, and no murmur, fits better. */
static bool is_sentence(const struct barge_heard *h)
{
	return h->pitched_ms >= PITCHED_MS && (!is_held(h) || h->turn.voice_ms < HELD_WORD_MS) && !h->heard.murmur &&
	       h->heard.reach >= REACH_WHOLE && h->heard.frames >= SENTENCE_FRAMES;
}

static bool is_likely(const struct barge_heard *h)
{
	return is_speech(h) && !h->heard.murmur && h->turn.voice_ms >= LIKELY_VOICE_MS &&
	       h->heard.frames >= LIKELY_FRAMES && h->heard.likeness >= LIKELY;
}

/* A murmur is over by then, or almost: who speaks is still speaking. */
static bool is_possible(const struct barge_heard *h)
{
	return is_speech(h) && !h->heard.murmur && h->turn.voice_ms >= POSSIBLE_VOICE_MS && h->turn.quiet_ms == 0 &&
	       h->heard.frames >= POSSIBLE_FRAMES && h->heard.likeness >= POSSIBLE;
}

static bool is_understood(const struct barge_heard *h)
{
	return is_sentence(h) && h->turn.quiet_ms >= QUIET_MS;
}

bool barge_is_murmur(const struct barge_heard *h)
{
	return h->heard.murmur && h->heard.likeness >= MURMUR && h->turn.voice_ms < LONG_MURMUR_MS;
}

static bool is_long(const struct barge_heard *h)
{
	return is_speech(h) && h->turn.quiet_ms == 0 && h->turn.voice_ms >= LONG_MS && !barge_is_murmur(h);
}

/* Over already, too long for a murmur of which nothing is heard as one, and no sentence that we know. */
static bool is_other(const struct barge_heard *h)
{
	return is_speech(h) && h->turn.quiet_ms >= OTHER_QUIET_MS && h->turn.voice_ms >= OTHER_MS &&
	       h->heard.frames >= POSSIBLE_FRAMES && h->heard.likeness < MURMUR;
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
	if (is_likely(h) || is_understood(h))
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
	return b->state == BARGE_DOUBTED && (is_long(h) || is_other(h) || is_understood(h)) ? clear(b) : BARGE_GO_ON;
}

enum barge_order barge_end(struct barge *b, const struct barge_heard *h)
{
	enum barge_order order = BARGE_GO_ON;

	if (is_sentence(h) && (b->state == BARGE_PAUSED || b->state == BARGE_DOUBTED))
		order = clear(b);
	else if (b->state == BARGE_PAUSED)
		order = resume(b, BARGE_NONE);
	b->state = BARGE_NONE;
	return order;
}
