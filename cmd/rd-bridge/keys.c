#include "keys.h"

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "bridge.h"
#include "clock.h"
#include "opening.h"

#define PAUSE_US (1200 * MS)

static void flush(struct bridge *b)
{
	char text[80];

	timer_stop(&b->stage.loop, &b->keys.timer);
	snprintf(text, sizeof text, "Caller pressed %s", b->keys.digits);
	b->keys.digits[0] = 0;
	opening_note(b, text);
	answer_ask(b, NULL);
}

static void on_timer(void *ctx)
{
	flush(ctx);
}

void keys_open(struct bridge *b)
{
	b->keys.timer = (struct timer){ .name = "keys", .on = on_timer, .ctx = b };
}

void keys_press(struct bridge *b, char digit)
{
	size_t n = strlen(b->keys.digits);

	interrupt(b, "key");
	b->keys.digits[n] = digit;
	b->keys.digits[n + 1] = 0;
	if (digit == '#' || n + 1 == KEYS_MAX)
		flush(b);
	else
		timer_after(&b->stage.loop, &b->keys.timer, PAUSE_US);
}
