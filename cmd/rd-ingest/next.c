#include "ingest.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "paths.h"

/* The step that Twilio asks for when the stream ends that is open, or that it is about to open. */
static unsigned next_step(const struct ingest *in)
{
	uint32_t newest = unheard_fact(&in->playout.queue, UNHEARD_STEP);

	return newest ? newest : 1;
}

const char *next_write(struct ingest *in, const struct order *o)
{
	char path[PATHS_MAX_BYTES], *text;
	const char *why = NULL;

	if (!in->stage.dir)
		return "not possible without a call folder";
	text = order_file(o, next_step(in));
	if (!text || paths_format(path, sizeof path, "%s/next", in->stage.dir) < 0 ||
	    paths_write_atomically(path, text, strlen(text)) < 0)
		why = "the call folder cannot be written";
	if (why)
		log_error("cannot write next: %s", strerror(errno));
	free(text);
	return why;
}

void next_disarm(struct ingest *in, const char *why)
{
	if (!in->order.verb)
		return;
	log_info("disarmed verb=%s: %s", order_verb_name(in->order.verb), why);
	ring_say_done(in, &in->order, false, why);
	in->order.verb = ORDER_NONE;
	unheard_set_order(&in->playout.queue, NULL);
}

void next_arm(struct ingest *in, const struct cJSON *next)
{
	struct order o;
	const char *why;
	char *text;

	why = order_read(&o, next, clock_us());
	if (in->state == INGEST_ENDING || (in->order.verb && strcmp(o.id, in->order.id) == 0))
		return;
	if (!why && !in->stage.dir && o.verb != ORDER_HANGUP)
		why = "not possible without a call folder";
	if (why) {
		const char *verb = json_text(next, "verb");

		(void)stage_say(&in->stage, EVENT_CALL_NEXT_DONE, "id:s verb:s ok:b why:s", o.id, verb ? verb : "", 0, why);
		return;
	}
	next_disarm(in, "another order came");
	in->order = o;
	text = cJSON_PrintUnformatted(next);
	unheard_set_order(&in->playout.queue, text);
	free(text);
	log_info("armed verb=%s", order_verb_name(o.verb));
	call_run(in);
}

static void carry_out(struct ingest *in)
{
	struct order o = in->order;
	bool stays = o.verb == ORDER_PRESS || o.verb == ORDER_TRANSFER;
	const char *why = stays && in->state != INGEST_TALKING ? "the caller is away" : NULL;

	if (!why && (in->stage.dir || stays))
		why = next_write(in, &o);
	if (why) {
		next_disarm(in, why);
		return;
	}
	unheard_set_order(&in->playout.queue, NULL);
	log_info("carried out verb=%s heard=%s", order_verb_name(o.verb), playout_quiet(&in->playout) ? "all" : "part");
	ring_say_done(in, &o, true, NULL);
	if (!stays) { /* the order stands: a stream that is on its way is sent on to it */
		call_over(in, "assistant", NULL, in->stage.dir != NULL);
		return;
	}
	in->order.verb = ORDER_NONE;
	call_leave(in, &o);
}

uint64_t next_run(struct ingest *in, uint64_t now_us)
{
	bool still = in->state == INGEST_TALKING && in->listening && playout_quiet(&in->playout);
	uint64_t due_us;

	if (!in->order.verb)
		return 0;
	due_us = order_due(&in->order, still, now_us);
	if (due_us > now_us)
		return due_us;
	carry_out(in);
	return 0;
}
