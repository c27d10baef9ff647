#include "playout.h"

#include <string.h>

#include "clock.h"
#include "frame.h"

#define MESSAGE_BYTES (160 * PLAYED_BYTES_PER_MS) /* one with its mark each 160 ms: twilio.md wants 100 to 200 */
#define LEAST_BYTES (50 * PLAYED_BYTES_PER_MS)	  /* smaller ones were heard as jitter */
#define MARK_BYTES (100 * PLAYED_BYTES_PER_MS)
#define HOLD_US (40 * MS) /* a small rest waits so long for more of it */
#define NEWS_US (200 * MS)
#define RETRY_US (100 * MS)
#define PAUSE_US (5 * SECOND) /* who asked for it may have died: a caller is not left in silence */
#define SILENCE 0xff

/* Begins a generation: the far side has nothing, and the next to be sent is the first that was not heard. */
static void begin_generation(struct playout *p)
{
	uint32_t generation = p->clock.generation + 1;

	unheard_set(&p->queue, UNHEARD_GENERATION, generation);
	played_begin(&p->clock, generation);
	p->cursor = unheard_begin(&p->queue);
	p->heard = 0;
	p->unmarked = 0;
	p->held_us = 0;
}

int playout_open(struct playout *p, const char *dir, unsigned lead_ms, const struct playout_calls *calls, void *ctx,
		 const char **why)
{
	int found;

	*p = (struct playout){ .calls = calls, .ctx = ctx, .lead_ms = lead_ms };
	found = unheard_open(&p->queue, dir, why);
	if (found < 0)
		return -1;
	p->clock.generation = unheard_fact(&p->queue, UNHEARD_GENERATION);
	begin_generation(p);
	return found;
}

void playout_close(struct playout *p)
{
	unheard_close(&p->queue);
}

void playout_note(struct playout *p, uint64_t now_us)
{
	uint64_t heard = played_heard(&p->clock, now_us);

	if (heard == p->heard)
		return;
	unheard_heard(&p->queue, heard - p->heard);
	p->heard = heard;
}

void playout_begin(struct playout *p, uint64_t now_us)
{
	if (p->open)
		playout_break(p, now_us, now_us);
	p->open = true;
}

/* Who went away had perhaps gone before the clock stopped. Rather a syllable twice than one never. */
void playout_break(struct playout *p, uint64_t alive_us, uint64_t now_us)
{
	uint64_t surely;

	if (!p->open)
		return;
	playout_note(p, now_us);
	surely = played_surely(&p->clock, alive_us);
	if (surely < p->heard)
		unheard_take_back(&p->queue, p->heard - surely);
	p->open = false;
	begin_generation(p);
}

void playout_end(struct playout *p, uint64_t now_us)
{
	if (p->open)
		playout_note(p, now_us);
	p->open = false;
	p->said_us = 0; /* the last news are due at once */
}

static bool was_cleared(const struct playout *p, uint32_t item)
{
	for (unsigned i = 0; i < PLAYOUT_CLEARED; i++)
		if (p->cleared[i] == item)
			return true;
	return false;
}

int playout_audio(struct playout *p, uint32_t item, const uint8_t *audio, size_t n, bool end, uint64_t now_us)
{
	int ok = 0;

	if (was_cleared(p, item)) {
		p->counts.late_frames++;
		return 0;
	}
	playout_note(p, now_us); /* room in the ring */
	if (n)
		ok = unheard_append(&p->queue, item, audio, n);
	if (end && unheard_end(&p->queue, item) < 0)
		ok = -1;
	if (ok < 0)
		p->counts.full++;
	return ok;
}

static bool is_kept(const void *ctx, uint32_t item)
{
	return frame_item_newer(item, *(const uint32_t *)ctx);
}

/* What the far side has and nobody heard is to be forgotten there. */
static void silence(struct playout *p, uint64_t now_us)
{
	playout_note(p, now_us);
	if (p->open && (p->heard < p->clock.sent || p->clock.count))
		(void)p->calls->clear(p->ctx); /* refused only while the stream closes, which empties the buffer, too */
}

size_t playout_clear(struct playout *p, uint32_t newest, struct event_heard *list, uint64_t now_us)
{
	silence(p, now_us);
	p->counts.clears++;
	return unheard_items(&p->queue, list, PLAYOUT_ITEMS, is_kept, &newest);
}

void playout_drop(struct playout *p, uint32_t newest, const struct event_heard *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p->cleared[p->cleared_next++ % PLAYOUT_CLEARED] = list[i].item;
	if (newest && !was_cleared(p, newest)) /* its audio may still be on its way */
		p->cleared[p->cleared_next++ % PLAYOUT_CLEARED] = newest;
	unheard_drop(&p->queue, is_kept, &newest);
	p->unsure = 0;
	begin_generation(p);
}

/* As after a break: a syllable twice rather than one never. What was heard is told as the clock has it. */
static void go_on(struct playout *p)
{
	p->paused = false;
	unheard_take_back(&p->queue, p->unsure);
	p->unsure = 0;
	p->cursor = unheard_begin(&p->queue);
}

void playout_pause(struct playout *p, bool on, uint64_t now_us)
{
	uint64_t surely;

	if (on == p->paused)
		return;
	if (!on) {
		go_on(p);
		return;
	}
	p->paused = true;
	p->paused_us = now_us;
	silence(p, now_us);
	surely = played_surely(&p->clock, now_us);
	p->unsure = p->open && surely < p->heard ? p->heard - surely : 0;
	begin_generation(p);
}

bool playout_sounds(const struct playout *p)
{
	return p->heard < p->clock.sent;
}

bool playout_quiet(const struct playout *p)
{
	return !p->paused && !p->clock.count && !p->unmarked && !unheard_bytes(&p->queue);
}

void playout_echo(struct playout *p, const char *name, uint64_t now_us)
{
	uint32_t generation, mark;

	p->counts.echoes++;
	if (played_parse(name, &generation, &mark) < 0 || !played_echo(&p->clock, generation, mark, now_us))
		p->counts.old_echoes++;
	playout_note(p, now_us);
	if (playout_quiet(p))
		unheard_rest(&p->queue);
}

static void send_mark(struct playout *p, uint64_t now_us)
{
	char name[24];
	uint32_t mark = played_mark(&p->clock, now_us);

	if (!mark) /* it is sent when one of the others has come back */
		return;
	p->unmarked = 0;
	p->counts.marks++;
	(void)p->calls->mark(p->ctx, played_name(p->clock.generation, mark, name)); /* lost: given up when overdue */
}

void playout_ask(struct playout *p, uint64_t now_us)
{
	if (p->open && !p->clock.count)
		send_mark(p, now_us);
}

static int send_media(struct playout *p, size_t n, uint64_t now_us)
{
	uint8_t audio[MESSAGE_BYTES + LEAST_BYTES];
	struct unheard_cursor before = p->cursor;

	unheard_read(&p->queue, &p->cursor, audio, n);
	if (p->muted)
		memset(audio, SILENCE, n);
	if (p->calls->media(p->ctx, audio, n) < 0) {
		p->cursor = before;
		return -1;
	}
	if (p->clock.sent && before.offset && played_heard(&p->clock, now_us) == p->clock.sent)
		p->counts.dry++;
	played_send(&p->clock, n, now_us);
	p->unmarked += n;
	p->held_us = 0;
	p->counts.messages++;
	p->counts.sent_bytes += n;
	return 0;
}

/* Nothing more can be sent of what is there: a mark behind the last of an utterance at once, behind anything else when
 * the far side has run dry. When that will be, or 0. */
static uint64_t mark_rest(struct playout *p, bool complete, uint64_t now_us)
{
	uint64_t dry_us;

	if (!p->unmarked)
		return 0;
	dry_us = played_when(&p->clock, p->clock.sent);
	if (!complete && (!dry_us || dry_us > now_us))
		return dry_us;
	send_mark(p, now_us);
	return 0;
}

/* One message, if one is due: 0. Else -1 and when there will be one (*due_us, 0: when something happens). */
static int send_next(struct playout *p, uint64_t now_us, uint64_t *due_us)
{
	const uint64_t lead = (uint64_t)p->lead_ms * PLAYED_BYTES_PER_MS;
	bool complete, first;
	size_t rest = unheard_next(&p->queue, &p->cursor, &complete, &first), n = rest;

	if (!rest) {
		*due_us = mark_rest(p, complete, now_us);
		return -1;
	}
	if (!complete || rest >= MESSAGE_BYTES + LEAST_BYTES)
		n = rest < MESSAGE_BYTES ? rest : MESSAGE_BYTES;
	if (p->clock.sent + n > played_heard(&p->clock, now_us) + lead) {
		*due_us = played_when(&p->clock, p->clock.sent + n - lead);
		return -1;
	}
	if (n < LEAST_BYTES && !complete && !first) {
		if (!p->held_us)
			p->held_us = now_us;
		*due_us = p->held_us + HOLD_US;
		if (now_us < *due_us)
			return -1;
	}
	if (send_media(p, n, now_us) < 0) {
		*due_us = now_us + RETRY_US;
		return -1;
	}
	if (p->unmarked >= MARK_BYTES || (n == rest && complete))
		send_mark(p, now_us);
	return 0;
}

static uint64_t sooner(uint64_t a_us, uint64_t b_us)
{
	return !a_us || (b_us && b_us < a_us) ? b_us : a_us;
}

/* A mark that does not come back from a line that lives is lost; when to look again. */
static uint64_t give_up(struct playout *p, bool alive, uint64_t now_us)
{
	uint64_t lost_us = played_overdue_at(&p->clock);

	if (!lost_us || lost_us > now_us)
		return lost_us;
	if (!alive)
		return now_us + SECOND;
	played_give_up(&p->clock);
	p->counts.lost_marks++;
	return now_us + RETRY_US;
}

uint64_t playout_run(struct playout *p, bool alive, uint64_t now_us)
{
	uint64_t due_us = 0, lost_us;

	if (!p->open)
		return 0;
	lost_us = give_up(p, alive, now_us);
	playout_note(p, now_us);
	if (p->paused && now_us >= p->paused_us + PAUSE_US)
		go_on(p);
	if (p->paused)
		due_us = p->paused_us + PAUSE_US;
	else
		while (send_next(p, now_us, &due_us) == 0)
			;
	if (p->heard < p->clock.sent) {
		due_us = sooner(due_us, p->said_us + NEWS_US > now_us ? p->said_us + NEWS_US : now_us + NEWS_US);
		due_us = sooner(due_us, played_when(&p->clock, p->clock.sent));
	}
	return sooner(due_us, lost_us);
}

bool playout_ends_with(const struct playout *p, uint32_t item)
{
	return !unheard_bytes(&p->queue) || unheard_newest(&p->queue) == item;
}

void playout_renew(struct playout *p)
{
	p->said_us = 0;
	unheard_untell(&p->queue);
}

size_t playout_news(struct playout *p, struct event_heard *list, uint64_t now_us)
{
	uint64_t unproven = p->open ? played_unproven(&p->clock) : 0;
	size_t n;

	if (now_us < p->said_us + NEWS_US && (unproven || unheard_bytes(&p->queue)))
		return 0;
	n = unheard_news(&p->queue, list, PLAYOUT_ITEMS, unproven);
	if (n)
		p->said_us = now_us;
	return n;
}
