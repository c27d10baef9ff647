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

const char *next_write(struct ingest *in, const struct errand *o)
{
	char path[PATHS_MAX_BYTES], *text;
	const char *why = NULL;

	if (!in->stage.dir)
		return "not possible without a call folder";
	text = errand_file(o, next_step(in));
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
	if (!in->errand.verb || in->state == INGEST_ENDING)
		return;
	log_info("disarmed verb=%s: %s", errand_verb_name(in->errand.verb), why);
	ring_say_done(in, &in->errand, false, why);
	in->errand.verb = ERRAND_NONE;
	unheard_set_errand(&in->playout.queue, NULL);
}

void next_arm(struct ingest *in, const struct cJSON *next)
{
	struct errand o;
	const char *why;
	char *text;

	why = errand_read(&o, next, clock_us());
	if (in->state == INGEST_ENDING || (in->errand.verb && strcmp(o.id, in->errand.id) == 0))
		return;
	if (!why && !in->stage.dir && o.verb != ERRAND_HANGUP)
		why = "not possible without a call folder";
	if (why) {
		const char *verb = json_text(next, "verb");

		(void)stage_say(&in->stage, EVENT_CALL_NEXT_DONE, "id:s verb:s ok:b why:s", o.id, verb ? verb : "", 0,
				why);
		return;
	}
	next_disarm(in, "another order came");
	in->errand = o;
	text = cJSON_PrintUnformatted(next);
	unheard_set_errand(&in->playout.queue, text);
	free(text);
	log_info("armed verb=%s", errand_verb_name(o.verb));
	call_run(in);
}

/* The stream is left for digits or for somebody else. Killed in between we must not do it twice: so the errand is
 * forgotten before its file is written. */
static const char *leave(struct ingest *in, const struct errand *o)
{
	const char *why;

	if (in->state != INGEST_TALKING)
		return "the caller is away";
	unheard_set(&in->playout.queue, UNHEARD_AWAITED, o->verb);
	unheard_set_errand(&in->playout.queue, NULL);
	why = next_write(in, o);
	if (why)
		unheard_set(&in->playout.queue, UNHEARD_AWAITED, ERRAND_NONE);
	return why;
}

static void carry_out(struct ingest *in)
{
	struct errand o = in->errand;
	bool stays = o.verb == ERRAND_PRESS || o.verb == ERRAND_TRANSFER;
	const char *why = stays ? leave(in, &o) : in->stage.dir ? next_write(in, &o) : NULL;

	if (why) {
		next_disarm(in, why);
		return;
	}
	log_info("carried out verb=%s heard=%s", errand_verb_name(o.verb),
		 playout_quiet(&in->playout) ? "all" : "part");
	ring_say_done(in, &o, true, NULL);
	if (!stays) { /* the errand stands: a stream that is on its way is sent on to it */
		call_over(in, *o.reason ? o.reason : "assistant", NULL, in->stage.dir != NULL);
		return;
	}
	in->errand.verb = ERRAND_NONE;
	call_leave(in, &o);
}

static enum errand_scene scene(const struct ingest *in)
{
	if (in->state != INGEST_TALKING)
		return ERRAND_WAITS;
	if (playout_sounds(&in->playout))
		return ERRAND_HEARS;
	return in->listening && playout_quiet(&in->playout) ? ERRAND_STILL : ERRAND_WAITS;
}

uint64_t next_run(struct ingest *in, uint64_t now_us)
{
	uint64_t due_us;

	if (!in->errand.verb)
		return 0;
	due_us = errand_due(&in->errand, scene(in), now_us);
	if (due_us > now_us)
		return due_us;
	carry_out(in);
	return 0;
}
