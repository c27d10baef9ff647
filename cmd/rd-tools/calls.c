#include "calls.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "call.h"
#include "clock.h"
#include "log.h"
#include "orphans.h"
#include "remote.h"

#ifndef __clang__ /* gcc's analyzer does not see that a list or an array keeps what was put into it */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

#define SETUP_US (150 * MS) /* nobody waits longer for a stage that may be absent */
#define LEFTOVER_US (1 * SECOND)
#define ORPHANS_US (20 * MS) /* between two looks */
#define GRACE_US (500 * MS)  /* for tools with effects when the telephone call is over */
#define LAST_US (300 * MS)   /* from SIGTERM to the end of all */

static void on_leftovers(void *ctx);
static void on_orphans(void *ctx);
static void on_end_late(void *ctx);

static void on_setup_late(void *ctx)
{
	struct calls *c = ctx;

	c->set_up = true;
	calls_go(c);
}

void calls_open(struct calls *c, struct stage *s, struct toolbox *box, const struct secrets *secrets)
{
	*c = (struct calls){ .stage = s, .box = box, .secrets = secrets, .set_up = !s->in_ring };
	snprintf(c->id, sizeof c->id, "%s", s->call ? s->call : "");
	if (journal_open(&c->journal, s->dir) < 0)
		log_warn("cannot open %s/journal: %s", s->dir, strerror(errno));
	if (c->journal.unread)
		log_warn("journal has lines that cannot be understood lines=%u", c->journal.unread);
	c->recovered = c->journal.count;
	c->setup_timer = (struct timer){ .name = "set-up", .on = on_setup_late, .ctx = c };
	c->leftover_timer = (struct timer){ .name = "leftovers", .on = on_leftovers, .ctx = c };
	c->orphan_timer = (struct timer){ .name = "orphans", .on = on_orphans, .ctx = c };
	c->end_timer = (struct timer){ .name = "end", .on = on_end_late, .ctx = c };
	if (!c->set_up)
		timer_after(&s->loop, &c->setup_timer, SETUP_US);
}

void calls_close(struct calls *c)
{
	while (c->first)
		call_drop(c->first);
	journal_close(&c->journal);
}

static struct call *find(const struct calls *c, const char *id)
{
	for (struct call *k = c->first; k; k = k->next)
		if (strcmp(k->id, id) == 0)
			return k;
	return NULL;
}

static bool append(struct calls *c, const char *id, const char *name, const struct cJSON *arguments)
{
	struct call *k = calloc(1, sizeof *k), **end = &c->first;

	if (!k)
		return false;
	k->calls = c;
	k->id = strdup(id);
	k->arguments = cJSON_Duplicate(arguments, true);
	snprintf(k->name, sizeof k->name, "%s", name);
	if (!k->id || !k->arguments) {
		cJSON_Delete(k->arguments);
		free(k->id);
		free(k);
		return false;
	}
	while (*end)
		end = &(*end)->next;
	*end = k;
	c->waiting++;
	return true;
}

static void refuse(struct calls *c, const char *id, const char *name, const char *text)
{
	log_warn("tool refused name=%s running=%zu waiting=%zu", name, c->running, c->waiting);
	call_answer(c, id, answer_refusal(id, name, "failed", text), NULL);
}

void calls_take(struct calls *c, const char *id, const char *name, const struct cJSON *arguments, bool again)
{
	struct journal_entry *e;

	if (strlen(id) > CALLS_ID_MAX_BYTES) {
		log_warn("tool call with an id of %zu bytes is left alone", strlen(id));
		return;
	}
	e = journal_find(&c->journal, id);
	if (e || find(c, id)) {
		log_debug("tool call is known already name=%s", name);
		if (e && !again && e->state == JOURNAL_TOLD)
			call_tell_again(c, e);
		return;
	}
	if (c->waiting == CALLS_WAITING_MAX)
		refuse(c, id, name, "Too many tools are waiting; try again when some have answered.");
	else if (!journal_take(&c->journal, id, name, arguments))
		refuse(c, id, name, errno == ENOBUFS ? "Too many tools were called in this call." : "No memory.");
	else if (!append(c, id, name, arguments))
		refuse(c, id, name, "No memory.");
	else
		calls_go(c);
}

void calls_home(struct calls *c, const char *id)
{
	struct journal_entry *e = journal_find(&c->journal, id);

	if (e && e->state == JOURNAL_DONE)
		(void)journal_told(&c->journal, e); /* if it fails it may be told twice, which is harmless */
}

static void stop(struct call *k)
{
	if (k->remote)
		remote_cancel(k);
	else
		worker_stop(&k->worker, WORKER_STOPPED);
}

void calls_cancel(struct calls *c, const char *id, const char *why)
{
	struct call *k = find(c, id);
	char text[240];

	if (!k)
		return;
	snprintf(k->reason, sizeof k->reason, "%s", why);
	if (k->running) {
		stop(k);
		return;
	}
	snprintf(text, sizeof text, "It was cancelled before it began: %s", k->reason);
	call_refuse(k, "failed", text);
}

/* Starts it, refuses it, or leaves it waiting for its tool to say what it is. */
static void try_start(struct call *k)
{
	struct toolbox_tool *t = toolbox_find(k->calls->box, k->name);
	char text[TOOL_WHY_BYTES + 100];

	if (t && t->state == TOOLBOX_ASKED)
		return;
	if (t && t->state == TOOLBOX_READY) {
		call_start(k, t);
		return;
	}
	if (!t && remote_start(k))
		return;
	snprintf(text, sizeof text, "%s is not available: %s.", k->name,
		 t				     ? t->why
		 : remote_is_name(k->calls, k->name) ? "its server is not there, or has it no more"
						     : "the agent does not have it any more");
	call_refuse(k, "failed", text);
}

void calls_go(struct calls *c)
{
	struct call *k = c->set_up && (!c->ending || c->patient) ? c->first : NULL;

	while (k && c->running < CALLS_RUNNING_MAX) {
		struct call *next = k->next;

		if (!k->running)
			try_start(k);
		k = next;
	}
	if (c->ending && !c->first && !(c->patient && c->box->asked))
		stage_end(c->stage, 0);
}

void calls_set_up(struct calls *c, const char *id, const char *person)
{
	snprintf(c->id, sizeof c->id, "%s", id);
	snprintf(c->person, sizeof c->person, "%s", person);
	timer_stop(&c->stage->loop, &c->setup_timer);
	c->set_up = true;
	calls_go(c);
}

void calls_end_orphans(struct calls *c)
{
	unsigned ended = 0;

	if (c->running)
		return; /* the last one comes by here again */
	if (c->box->asked || orphans_end(&ended))
		timer_after(&c->stage->loop, &c->orphan_timer, ORPHANS_US);
	if (ended)
		log_info("processes that tools left behind are ended count=%u", ended);
}

static void on_orphans(void *ctx)
{
	calls_end_orphans(ctx);
}

/* --- after a crash */

static void on_leftovers(void *ctx)
{
	struct calls *c = ctx;

	for (size_t i = 0; i < c->recovered; i++) {
		const struct journal_entry *e = &c->journal.entries[i];

		/* of a harmless one the number may be that of its second run */
		if (e->effect != TOOL_NONE && e->state >= JOURNAL_DONE && journal_survives(e))
			(void)kill(-e->pid, SIGKILL);
	}
}

static void recover_begun(struct calls *c, struct journal_entry *e)
{
	char text[200];

	if (!e->pid && *c->id) /* the one before died between the start of the tool and its line in the journal */
		e->pid = orphans_find(c->id, e->id, e->started_ms);
	if (journal_survives(e)) { /* nobody hears it any more */
		(void)kill(-e->pid, e->effect == TOOL_NONE ? SIGKILL : SIGTERM);
		timer_after(&c->stage->loop, &c->leftover_timer, LEFTOVER_US);
	}
	if (e->effect == TOOL_NONE && append(c, e->id, e->name, e->arguments)) {
		log_info("tool is run again name=%s", e->name);
		return;
	}
	log_warn("tool was cut off, its outcome is unknown name=%s", e->name);
	snprintf(text, sizeof text,
		 "%s was cut off. Whether it did its work is unknown: do not run it again without asking.", e->name);
	call_answer(c, e->id, answer_refusal(e->id, e->name, "unknown", text), NULL);
}

void calls_recover(struct calls *c)
{
	for (size_t i = 0; i < c->recovered; i++) {
		struct journal_entry *e = &c->journal.entries[i];

		switch (e->state) {
		case JOURNAL_TAKEN:
			if (!append(c, e->id, e->name, e->arguments))
				refuse(c, e->id, e->name, "No memory.");
			break;
		case JOURNAL_BEGUN: recover_begun(c, e); break;
		case JOURNAL_DONE: call_tell(c, e); break;
		case JOURNAL_TOLD: break;
		}
	}
	calls_go(c);
}

/* --- the end */

static void on_end_late(void *ctx)
{
	struct calls *c = ctx;
	bool any = false;

	for (struct call *k = c->first, *next; k; k = next) {
		next = k->next;
		if (k->running && k->worker.why == WORKER_EXITED) {
			any = true;
			snprintf(k->reason, sizeof k->reason, "the telephone call has ended");
			stop(k);
		}
	}
	if (any)
		timer_after(&c->stage->loop, &c->end_timer, LAST_US);
	else
		stage_end(c->stage, 0);
}

/* A tool without effects, or one that has not begun, leaves no trace: whoever comes after runs it, if there is a call.
 */
static void drop_harmless(struct calls *c)
{
	struct call *k = c->first, *next;

	for (; k; k = next) {
		next = k->next;
		if (!k->running || k->effect == TOOL_NONE)
			call_drop(k);
	}
}

void calls_end(struct calls *c)
{
	c->patient = !c->stage->in_ring && c->stage->in.eof && !c->ending;
	c->ending = true;
	if (!c->patient) {
		drop_harmless(c);
		if (!c->end_timer.set)
			timer_after(&c->stage->loop, &c->end_timer, GRACE_US);
	}
	calls_go(c);
}
