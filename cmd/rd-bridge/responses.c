#include "responses.h"

#include <stdio.h>
#include <string.h>

static bool plain(const struct responses_wish *w)
{
	return w->words[0] == 0;
}

static struct responses_wish *queued_plain(struct responses *r)
{
	for (size_t i = 0; i < r->queued; i++)
		if (plain(&r->queue[i]))
			return &r->queue[i];
	return NULL;
}

static void take_out(struct responses *r, size_t i)
{
	r->queued--;
	memmove(&r->queue[i], &r->queue[i + 1], (r->queued - i) * sizeof r->queue[0]);
}

int responses_ask(struct responses *r, const char *words)
{
	struct responses_wish *w = &r->queue[r->queued];
	size_t n = words ? strlen(words) : 0;

	if (n == 0 && queued_plain(r))
		return 0;
	if (r->queued == RESPONSES_QUEUE || n >= sizeof w->words)
		return -1;
	w->number = ++r->numbers;
	memcpy(w->words, words ? words : "", n + 1);
	r->queued++;
	return 0;
}

const struct responses_wish *responses_next(struct responses *r)
{
	if (r->state != RESPONSES_FREE || r->held || r->queued == 0)
		return NULL;
	r->sent = r->queue[0];
	take_out(r, 0);
	r->state = RESPONSES_REQUESTED;
	r->cancel_at_once = false;
	return &r->sent;
}

bool responses_created(struct responses *r, const char *id, bool covers)
{
	struct responses_wish *waiting = covers ? queued_plain(r) : NULL;
	bool cancel = r->cancel_at_once;

	if (waiting)
		take_out(r, (size_t)(waiting - r->queue));
	r->covers = covers;
	snprintf(r->active, sizeof r->active, "%s", id);
	r->cancel_at_once = false;
	r->state = cancel ? RESPONSES_CANCELLING : RESPONSES_ACTIVE;
	return cancel;
}

/* Nobody has refused what was sent until its response, or the server's own that came first, was over: it was accepted.
 */
static void set_free(struct responses *r)
{
	r->state = RESPONSES_FREE;
	r->active[0] = 0;
	r->sent.number = 0;
	r->cancel_at_once = false;
}

void responses_done(struct responses *r, const char *id)
{
	if (r->state == RESPONSES_FREE || (r->active[0] && *id && strcmp(r->active, id) != 0))
		return;
	set_free(r);
}

/* What was refused waits again, before all others; two plain ones are one. */
static void wait_again(struct responses *r)
{
	struct responses_wish *other = plain(&r->sent) ? queued_plain(r) : NULL;
	bool covered = plain(&r->sent) && r->state != RESPONSES_REQUESTED && r->covers;

	if (other)
		take_out(r, (size_t)(other - r->queue));
	if (!covered && r->queued < RESPONSES_QUEUE) {
		memmove(&r->queue[1], &r->queue[0], r->queued * sizeof r->queue[0]);
		r->queue[0] = r->sent;
		r->queued++;
	}
	r->sent.number = 0;
}

void responses_refused(struct responses *r, unsigned number, bool busy)
{
	if (r->sent.number == 0 || (number && number != r->sent.number))
		return;
	if (!busy) {
		r->sent.number = 0;
		if (r->state == RESPONSES_REQUESTED)
			set_free(r);
		return;
	}
	wait_again(r);
	if (r->state == RESPONSES_REQUESTED)
		r->state = RESPONSES_ACTIVE; /* of another's making; its response.done frees the place */
}

bool responses_cancel(struct responses *r)
{
	if (r->state == RESPONSES_REQUESTED)
		r->cancel_at_once = true;
	if (r->state != RESPONSES_ACTIVE)
		return false;
	r->state = RESPONSES_CANCELLING;
	return true;
}

void responses_cancel_refused(struct responses *r)
{
	if (r->state == RESPONSES_CANCELLING)
		set_free(r);
}

void responses_restart(struct responses *r)
{
	if (r->sent.number && r->state == RESPONSES_REQUESTED)
		wait_again(r);
	set_free(r);
	r->held = false;
}
