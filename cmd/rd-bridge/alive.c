#include "alive.h"

#include <stdbool.h>
#include <string.h>

#include "bridge.h"
#include "clock.h"
#include "settings.h"

#define SILENT_US (5 * SECOND) /* asked for an answer and heard nothing at all */
#define SILENCES_MAX 2
#define SPEECH_US (30 * SECOND) /* nobody speaks for so long without a breath that a server would notice */

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

void alive_check(struct bridge *b, uint64_t now_us)
{
	if (!is_silent(b, now_us))
		return;
	if (++b->session.silences == SILENCES_MAX)
		session_fail(b, "silent", "model answers nothing to what it is asked");
	else
		session_lost(b, "no answer to what was asked");
}
