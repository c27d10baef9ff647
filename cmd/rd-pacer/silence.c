#include "silence.h"

#include "clock.h"

#define STILL_US (6 * SECOND)	 /* between cues */
#define QUICK_US (400 * MS)	 /* who has only begun to think may have it at once: recognition took the time */
#define PROGRESS_US (3 * SECOND) /* a tool's own words are worth more than ours */
#define CUES_MOST 20		 /* then the wait is no better than idleness */
#define SPEECH_US (60 * SECOND)	 /* nobody speaks for so long: whoever should have said that he stopped did not */

/* A sound of either side. */
static void hear(struct silence *s, uint64_t until_us)
{
	if (s->quiet_us < until_us)
		s->quiet_us = until_us;
}

/* Whatever the caller does shows that he is there. */
static void show_life(struct silence *s, uint64_t now_us)
{
	s->checked = false;
	hear(s, now_us);
}

/* --- the call */

void silence_here(struct silence *s, bool here, uint64_t now_us)
{
	s->here = here;
	s->leaving = s->speaks = s->checked = s->over = false;
	s->quiet_us = now_us; /* what he missed is said again, and comes as news */
}

void silence_leaving(struct silence *s, bool leaving, uint64_t now_us)
{
	s->leaving = leaving;
	if (!leaving)
		s->over = s->checked = false;
	hear(s, now_us);
}

void silence_muted(struct silence *s, bool caller, bool on, uint64_t now_us)
{
	*(caller ? &s->deaf : &s->mute) = on;
	hear(s, now_us);
}

/* --- the caller */

void silence_begins(struct silence *s, uint64_t now_us)
{
	s->turns = s->speaks = true;
	s->spoke_us = now_us;
	show_life(s, now_us);
}

/* The caller's turn is over: from now on an answer is owed. */
static void turn_over(struct silence *s, uint64_t now_us)
{
	s->speaks = s->answered = s->progress = false;
	s->asked = true;
	s->cues = 0;
	show_life(s, now_us);
}

void silence_ends(struct silence *s, uint64_t now_us)
{
	s->turns = true;
	turn_over(s, now_us);
}

/* Some brains write down afterwards, when the answer is there already, what they took for the end of speech before. */
void silence_words(struct silence *s, uint64_t now_us)
{
	if (s->turns)
		s->checked = false;
	else
		turn_over(s, now_us);
}

void silence_key(struct silence *s, uint64_t now_us)
{
	show_life(s, now_us);
}

/* --- the assistant */

void silence_state(struct silence *s, enum silence_state state, uint64_t now_us)
{
	if (state == SILENCE_SPEAKING)
		s->answered = true;
	if (state == SILENCE_SPEAKING || s->state == SILENCE_SPEAKING)
		hear(s, now_us);
	if (state == SILENCE_THINKING && s->state != SILENCE_THINKING)
		s->thinks_us = now_us;
	s->state = state;
}

void silence_sound(struct silence *s, uint32_t item, uint64_t ms, uint64_t now_us)
{
	s->newest = item;
	s->answered = true;
	hear(s, now_us);
	s->quiet_us += ms * MS;
}

void silence_heard(struct silence *s, uint32_t item, uint64_t left_ms, bool end, uint64_t now_us)
{
	if (end && (!s->newest || item == s->newest))
		s->quiet_us = now_us;
	else
		hear(s, now_us + left_ms * MS);
}

void silence_cleared(struct silence *s, uint64_t now_us)
{
	s->quiet_us = now_us;
}

/* --- what to do */

/* Nothing is to be said into what is going on. */
static bool is_taken(const struct silence *s)
{
	return !s->here || s->leaving || s->deaf || s->mute || s->over;
}

/* What a wait asks for, and when. */
static enum silence_order of_wait(const struct silence *s, uint64_t *at_us)
{
	if (!s->asked || !s->cue_us)
		return SILENCE_NOTHING;
	if (s->answered) {
		*at_us = s->quiet_us + (s->progress ? PROGRESS_US : STILL_US);
		return s->progress ? SILENCE_PROGRESS : SILENCE_STILL;
	}
	*at_us = s->quiet_us + s->cue_us;
	if (*at_us < s->thinks_us + QUICK_US)
		*at_us = s->thinks_us + QUICK_US;
	return SILENCE_WAIT;
}

static enum silence_order of_idleness(const struct silence *s, uint64_t *at_us)
{
	if (!s->idle_us)
		return SILENCE_NOTHING;
	*at_us = s->quiet_us + (s->checked ? s->idle_us / 2 : s->idle_us);
	return s->checked ? SILENCE_BYE : SILENCE_CHECK;
}

enum silence_order silence_due(const struct silence *s, uint64_t now_us, uint64_t *at_us)
{
	enum silence_order order = SILENCE_NOTHING;

	*at_us = 0;
	if (is_taken(s))
		return SILENCE_NOTHING;
	if (s->speaks && now_us < s->spoke_us + SPEECH_US)
		*at_us = s->spoke_us + SPEECH_US;
	else if (s->state == SILENCE_THINKING && s->cues < CUES_MOST)
		order = of_wait(s, at_us);
	else if (s->state == SILENCE_LISTENING || s->state == SILENCE_THINKING)
		order = of_idleness(s, at_us);
	return order && now_us >= *at_us ? order : SILENCE_NOTHING;
}

void silence_said(struct silence *s, enum silence_order order, uint32_t item, uint64_t ms, uint64_t now_us)
{
	silence_sound(s, item ? item : s->newest, ms, now_us);
	s->checked |= order == SILENCE_CHECK;
	s->over |= order == SILENCE_BYE;
	s->cues += order < SILENCE_CHECK;
	if (order == SILENCE_PROGRESS)
		s->progress = false;
}
