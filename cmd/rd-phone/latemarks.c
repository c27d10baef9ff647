#include "latemarks.h"

#include <stdio.h>

#include "clock.h"

static void on_due(void *ctx)
{
	struct latemarks *l = ctx;

	while (l->count && l->marks[l->first].due_us <= clock_us()) {
		const char *name = l->marks[l->first].name;

		l->first = (l->first + 1) % LATEMARKS_MAX;
		l->count--;
		l->on_mark(l->ctx, name);
	}
	if (l->count)
		timer_set(l->loop, &l->timer, l->marks[l->first].due_us);
}

void latemarks_open(struct latemarks *l)
{
	l->dice = dice_make(l->line->seed, "marks");
	l->timer = (struct timer){ .name = "late marks", .on = on_due, .ctx = l };
	l->first = l->count = 0;
}

void latemarks_add(struct latemarks *l, const char *name)
{
	double one = l->line->marks_ms, other = l->line->marks_max_ms > 0 ? l->line->marks_max_ms : one;
	double late_ms = dice_between(&l->dice, one, other);
	struct latemark *m = &l->marks[(l->first + l->count) % LATEMARKS_MAX];

	if ((late_ms <= 0 && !l->count) || l->count == LATEMARKS_MAX) {
		l->on_mark(l->ctx, name);
		return;
	}
	m->due_us = clock_us() + (uint64_t)(late_ms * 1000);
	if (l->count) {
		uint64_t before_us = l->marks[(l->first + l->count - 1) % LATEMARKS_MAX].due_us;

		m->due_us = m->due_us > before_us ? m->due_us : before_us;
	}
	snprintf(m->name, sizeof m->name, "%s", name);
	if (l->count++ == 0)
		timer_set(l->loop, &l->timer, m->due_us);
}

void latemarks_drop(struct latemarks *l)
{
	timer_stop(l->loop, &l->timer);
	l->first = l->count = 0;
}
