/* Whose turn it is to break a silence: told what happens in a call and when, it says what is to be said now, if
 * anything, and when to look again. Pure: it knows neither frames nor sounds, and time is passed in. */
#ifndef SILENCE_H
#define SILENCE_H

#include <stdbool.h>
#include <stdint.h>

/* What to say. */
enum silence_order {
	SILENCE_NOTHING,
	SILENCE_WAIT,	  /* the answer is late: "One moment." */
	SILENCE_STILL,	  /* and does not come: "Still working on it." */
	SILENCE_PROGRESS, /* the same, in the words of the tool that is at work */
	SILENCE_CHECK,	  /* nobody says anything: "Are you still there?" */
	SILENCE_BYE,	  /* nor afterwards: farewell, and the end */
	SILENCE_ORDERS
};

enum silence_state { SILENCE_UNKNOWN, SILENCE_LISTENING, SILENCE_THINKING, SILENCE_SPEAKING };

struct silence {	  /* zeroed but for the rules is a call that has not begun */
	uint64_t cue_us;  /* how late an answer may be without a word; 0: as late as it likes */
	uint64_t idle_us; /* how long nobody may say anything; 0: for ever */

	bool here;		  /* the caller can hear us */
	bool leaving;		  /* ... and something else comes next: digits, a transfer, the end */
	bool deaf, mute;	  /* nobody hears the caller, the assistant */
	bool speaks;		  /* the caller */
	bool turns;		  /* the brain says when the caller speaks, not his words alone */
	bool asked, answered;	  /* the caller has spoken; something was said since */
	bool checked, over;	  /* idle: asked whether he is there; farewell was said */
	bool progress;		  /* a tool's words wait to be said */
	unsigned cues;		  /* since the caller spoke */
	enum silence_state state; /* of the assistant */
	uint32_t newest;	  /* item to the caller */
	uint64_t spoke_us;	  /* when the caller began */
	uint64_t thinks_us;	  /* since when the assistant thinks */
	uint64_t quiet_us;	  /* when the last sound of either side is over, as far as one knows */
};

/* --- what happens */

void silence_here(struct silence *s, bool here, uint64_t now_us); /* the stream begins, or is gone */
void silence_leaving(struct silence *s, bool leaving, uint64_t now_us);
void silence_muted(struct silence *s, bool caller, bool on, uint64_t now_us);

void silence_begins(struct silence *s, uint64_t now_us); /* the caller to speak */
void silence_ends(struct silence *s, uint64_t now_us);
void silence_words(struct silence *s, uint64_t now_us); /* of his were understood */
void silence_key(struct silence *s, uint64_t now_us);	/* he pressed one */

void silence_state(struct silence *s, enum silence_state state, uint64_t now_us);
/* Sound of an item was sent to the caller; ms 0: how much is not known. */
void silence_sound(struct silence *s, uint32_t item, uint64_t ms, uint64_t now_us);
/* How much of an item that was sent has not been heard yet; end: all of it was, and nothing follows of it. */
void silence_heard(struct silence *s, uint32_t item, uint64_t left_ms, bool end, uint64_t now_us);
void silence_cleared(struct silence *s, uint64_t now_us); /* what was sent is forgotten */

/* --- what to do */

/* What is to be said now. If nothing is, *at_us is when to ask again; 0: not before something happens. */
enum silence_order silence_due(const struct silence *s, uint64_t now_us, uint64_t *at_us);
/* It was said, as this item, and sounds for so long; item 0: somebody else says it, or it could not be said. */
void silence_said(struct silence *s, enum silence_order order, uint32_t item, uint64_t ms, uint64_t now_us);

#endif
