#include "refusals.h"

#include "clock.h"
#include "log.h"
#include "requests.h"

static void say_unsaid(struct refusals *r, uint64_t now_ms)
{
	const char *kind;
	unsigned count;

	while ((kind = guard_unsaid(&r->lines, now_ms, &count)))
		log_info("refused likewise, not said one by one kind=%s times=%u", kind, count);
}

/* Another kind's window may have begun later: it is looked at again, or its next line, alone and hours away, would only
 * be counted. */
static void on_over(void *ctx)
{
	struct refusals *r = ctx;

	say_unsaid(r, clock_us() / MS);
	if (guard_owes(&r->lines))
		timer_after(r->loop, &r->over, GUARD_LINES_MS * MS);
}

void refusals_open(struct refusals *r, struct loop *loop, struct requests *requests)
{
	*r = (struct refusals){ .loop = loop,
				.requests = requests,
				.over = { .name = "refusals", .on = on_over, .ctx = r } };
}

void refusals_close(struct refusals *r)
{
	timer_stop(r->loop, &r->over);
	say_unsaid(r, UINT64_MAX);
}

bool refusals_may_say(struct refusals *r, const char *kind)
{
	if (guard_line(&r->lines, kind, clock_us() / MS))
		return true;
	if (!r->over.set)
		timer_after(r->loop, &r->over, GUARD_LINES_MS * MS);
	return false;
}

void refusals_say(struct refusals *r, const char *kind, int status, const char *why, const struct refused *q)
{
	char path[64];

	if (!refusals_may_say(r, kind))
		return;
	requests_note(r->requests, q->method, q->target, kind, "%d: %s address=%s", status, why, q->address);
	requests_show_path(path, sizeof path, q->target);
	log_info("request refused: %s status=%d %.16s %s address=%s", why, status, q->method, path, q->address);
}
