#include "alive.h"

#include <string.h>

#include "bridge.h"
#include "clock.h"
#include "request.h"
#include "settings.h"

#define ASK_US (700 * MS)	/* without a word of the server */
#define ASK_AGAIN_US (300 * MS) /* the same where he has waited for too long already */
#define DOUBT_US (500 * MS)	/* without an answer: then another connection is made, should it be the last */
#define ANSWER_US (400 * MS)	/* the least that an answer may take */
#define SAID_US (2 * SECOND)	/* the caller's last sound before the server's word that he ended */
#define SILENT_US (5 * SECOND)	/* it lives, was asked for an answer, and does not even begin */
#define SILENCES_MAX 2
#define HELD_UP_US (50 * MS)	/* a tick so late: the machine was busy elsewhere */
#define SPEECH_US (30 * SECOND) /* nobody speaks for so long without a breath that a server would notice */

/* --- who waits */

void alive_owe(struct bridge *b)
{
	struct alive *a = &b->alive;
	uint64_t now_us = clock_us();

	a->guessed = false;
	if (a->owed_us)
		return;
	a->owed_us = a->ear.loud_us && now_us < a->ear.loud_us + SAID_US ? a->ear.loud_us : now_us;
	session_waited_for(b);
}

void alive_paid(struct bridge *b)
{
	b->alive.owed_us = b->alive.asked_us = 0;
	b->alive.guessed = false;
}

void alive_hear(struct bridge *b, const uint8_t *audio, size_t n)
{
	struct alive *a = &b->alive;
	bool known = a->owed_us != 0;

	if (!ear_hear(&a->ear, b->input.codec, (unsigned)(n / b->input.bytes_per_ms), audio, n, clock_us()) || known)
		return;
	alive_owe(b);
	a->guessed = true;
}

void alive_heard(struct bridge *b)
{
	struct alive *a = &b->alive;
	bool answered = a->asked_us != 0;

	a->heard_us = clock_us();
	a->asked_us = 0;
	if (a->guessed && answered && session_running(b)) /* it is there, and has heard nothing to answer */
		alive_paid(b);
}

uint64_t alive_waits_us(const struct bridge *b)
{
	const struct known *k = &b->known;

	if (!b->alive.owed_us || (b->stage.in_ring && (!k->started || k->lost)))
		return 0;
	return b->alive.owed_us > k->started_us ? b->alive.owed_us : k->started_us;
}

bool alive_overdue(const struct bridge *b, uint64_t now_us)
{
	uint64_t since_us = alive_waits_us(b);

	return since_us && now_us >= since_us + ALIVE_WAIT_US;
}

/* --- a server that does not answer at all */

static void ask(struct bridge *b, uint64_t now_us)
{
	char id[SENDER_ID_BYTES];

	sender_id(b, "alive", id);
	sender_send(b, request_nothing(id));
	b->alive.asked_us = now_us;
}

static void doubt(struct bridge *b, uint64_t now_us)
{
	if (alive_overdue(b, now_us) && now_us >= b->alive.asked_us + ANSWER_US) {
		session_fail(b, "silent", "model answers nothing to what it is asked");
	} else if (now_us < b->alive.asked_us + DOUBT_US) {
		; /* it may be slow */
	} else if (b->standby.state == STANDBY_READY) {
		session_hand_over(b, "the one before answers nothing");
	} else {
		standby_begin(b);
	}
}

static void check_presence(struct bridge *b, uint64_t now_us)
{
	const struct alive *a = &b->alive;
	uint64_t since_us = alive_waits_us(b), patience_us = alive_overdue(b, now_us) ? ASK_AGAIN_US : ASK_US;

	if (!since_us)
		return;
	if (a->heard_us > since_us)
		since_us = a->heard_us;
	if (a->asked_us)
		doubt(b, now_us);
	else if (now_us >= since_us + patience_us)
		ask(b, now_us);
}

/* --- one that lives and does not begin */

static uint64_t patience_us(const struct bridge *b)
{
	const char *reasoning = settings_of(b, "reasoning");

	if (strstr(reasoning, "high"))
		return 6 * SILENT_US;
	return strcmp(reasoning, "medium") == 0 ? 2 * SILENT_US : SILENT_US;
}

static bool is_silent(const struct bridge *b, uint64_t now_us)
{
	uint64_t most_us = patience_us(b), heard_us = b->session.heard_us, asked_us = b->session.asked_us;
	bool waits = b->responses.state != RESPONSES_FREE || (b->turn.waiting && now_us > b->turn.since_us + most_us);

	return (waits && now_us > (heard_us > asked_us ? heard_us : asked_us) + most_us) ||
	       (b->turn.speaking && now_us > heard_us + SPEECH_US);
}

void alive_found(struct bridge *b)
{
	b->session.silences = 0;
}

/* So long the server may have spoken, and nobody was there to hear it: that is no silence of his. */
static void hold_up(struct alive *a, uint64_t us, uint64_t now_us)
{
	if (a->asked_us)
		a->asked_us = a->asked_us + us < now_us ? a->asked_us + us : now_us;
	if (a->heard_us)
		a->heard_us = a->heard_us + us < now_us ? a->heard_us + us : now_us;
}

void alive_check(struct bridge *b, uint64_t now_us, uint64_t due_us)
{
	if (now_us > due_us + HELD_UP_US)
		hold_up(&b->alive, now_us - due_us, now_us);
	if (b->responses.state != RESPONSES_FREE && now_us >= items_heard_by_us(&b->items))
		alive_owe(b); /* the rest of an answer, too */
	check_presence(b, now_us);
	if (!session_running(b) || !is_silent(b, now_us))
		return;
	if (++b->session.silences == SILENCES_MAX)
		session_fail(b, "silent", "model answers nothing to what it is asked");
	else
		session_lost(b, "no answer to what was asked");
}
