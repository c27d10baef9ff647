#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "pacer.h"

static const char *make_id(struct pacer *p, char id[32])
{
	snprintf(id, 32, "pacer.%u.%u.%u", p->stage.origin, p->stage.life, ++p->orders);
	return id;
}

/* Plays it as an utterance of its own. FILLED: the carrier stage drops it if an answer is there after all. */
static uint32_t play(struct stage *s, const struct cue *cue, bool must)
{
	struct frame f = { .kind = FRAME_DOWN, .codec = CODEC_MULAW, .rate_100hz = 80, .item = stage_item(s) };
	long long ms = (long long)cue->bytes / 8;
	char item[16];

	f.flags = must ? FRAME_END : FRAME_END | FRAME_FILLED;
	if (!f.item || stage_audio(s, &f, cue->audio, cue->bytes) < 0)
		return 0;
	frame_item_name(f.item, item);
	(void)stage_say(s, EVENT_ASSISTANT_TEXT, "item:s n:i text:s sent_ms:n", item, 1, cue->text, ms);
	(void)stage_say(s, EVENT_ASSISTANT_DONE, "item:s text:s sent_ms:n status:s", item, cue->text, ms, "complete");
	return f.item;
}

/* In the brain's voice: what has no sound of ours. */
static void have_said(struct pacer *p, const char *text)
{
	char id[32];

	(void)stage_say(&p->stage, EVENT_ASSISTANT_SAY, "text:s interrupt:b id:s", text, 0, make_id(p, id));
}

static void carry_out(struct pacer *p, enum silence_order order)
{
	const struct cue *cue = order == SILENCE_PROGRESS ? NULL : cues_next(&p->cues, order);
	uint32_t item = cue && cue->audio ? play(&p->stage, cue, order == SILENCE_BYE) : 0;
	char id[32];

	if (item)
		cues_keep(&p->cues, p->stage.dir);
	if (order == SILENCE_PROGRESS)
		have_said(p, p->progress);
	else if (!item && cue && order >= SILENCE_CHECK) /* a cue that must be made first would be late itself */
		have_said(p, cue->text);
	if (order == SILENCE_BYE)
		(void)stage_say(&p->stage, EVENT_CALL_NEXT, "id:s verb:s reason:s", make_id(p, id), "hangup", "idle");
	silence_said(&p->silence, order, item, item ? cue->bytes / 8 : 0, clock_us());
	if (order == SILENCE_BYE)
		log_info("nobody says anything any more, hanging up");
	else if (order == SILENCE_CHECK)
		log_info("nobody says anything, asking for the caller");
	else
		log_debug("the answer is late cue=%u sound=%s", p->silence.cues, item ? "yes" : "no");
}

void said_look(void *ctx)
{
	struct pacer *p = ctx;
	uint64_t now_us = clock_us(), at_us;
	enum silence_order order = silence_due(&p->silence, now_us, &at_us);

	if (order) {
		carry_out(p, order);
		now_us = clock_us();
		(void)silence_due(&p->silence, now_us, &at_us); /* nothing is due right behind a word */
	}
	/* a look too early does no harm: sound that goes on sets no timer at each frame */
	if (at_us && (!p->timer.set || p->timer.at_us > at_us))
		timer_after(&p->stage.loop, &p->timer, at_us > now_us ? at_us - now_us : 0);
}
