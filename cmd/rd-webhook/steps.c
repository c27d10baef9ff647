#include "steps.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "folder.h"
#include "log.h"
#include "ring.h"
#include "routes.h"
#include "twiml.h"
#include "webhook.h"

/* The last document of a call: nothing is asked about it after this. t is NULL if it could not be written. */
static void give_last(struct exchange *x, struct twiml *t, const char *verdict, const char *status)
{
	char shown[16];

	log_info("last document given call=%s step=%u verdict=%s", log_short_call(x->call, shown), x->step, verdict);
	exchange_note(x, verdict, "call=%s", x->call);
	exchange_give(x, t, folder_exists(x->webhook->runtime, x->call));
	ring_ended(x->webhook, x->call, status);
}

static void hang_up(struct exchange *x, const char *verdict, const char *status)
{
	struct twiml t;

	(void)twiml_hangup(&t); /* it fits */
	give_last(x, &t, verdict, status);
}

static void say(struct exchange *x, const char *text, const char *verdict, const char *status)
{
	struct twiml t;

	if (twiml_say(&t, text) < 0)
		(void)twiml_hangup(&t);
	give_last(x, &t, verdict, status);
}

/* The agent of the call; the default one where call.json does not tell. */
static const char *agent_of(const struct exchange *x, char agent[FOLDER_AGENT_BYTES])
{
	const struct webhook *w = x->webhook;

	if (folder_agent(w->runtime, x->call, agent, FOLDER_AGENT_BYTES) < 0)
		snprintf(agent, FOLDER_AGENT_BYTES, "%s", conf_text(w->service.conf, "general", NULL, "default-agent"));
	return agent;
}

static void apologise(struct exchange *x, const char *verdict)
{
	char agent[FOLDER_AGENT_BYTES];

	say(x, conf_text(x->webhook->service.conf, "agent", agent_of(x, agent), "apology"), verdict, "failed");
}

static void go_on(struct exchange *x, const char *digits)
{
	char agent[FOLDER_AGENT_BYTES];

	ring_ask(x, digits, agent_of(x, agent));
}

/* The stream ended and nobody wanted anything: it broke. */
static void resume(struct exchange *x)
{
	char shown[16];

	if (guard_allow(&x->webhook->resumes, x->call, GUARD_RESUMES, GUARD_RESUMES_MS, clock_us() / MS)) {
		go_on(x, NULL);
		return;
	}
	log_warn("the stream breaks again and again, ending the call call=%s", log_short_call(x->call, shown));
	apologise(x, "broken");
}

static void transfer(struct exchange *x, const struct folder_next *next)
{
	char action[24], shown[16];
	struct twiml t;

	snprintf(action, sizeof action, "/next/%u", x->step + 1);
	if (twiml_dial(&t, next->to, action) < 0) {
		apologise(x, "failed");
		return;
	}
	log_info("call transferred call=%s step=%u to=…%s", log_short_call(x->call, shown), x->step,
		 log_tail(next->to));
	exchange_note(x, "transfer", "call=%s to=…%s", x->call, log_tail(next->to));
	exchange_give(x, &t, true);
}

/* The <Dial> of the step before is over. If it was answered so is the call, unless the assistant is to go on. */
static void after_dial(struct exchange *x, const char *status)
{
	bool answered = strcmp(status, "completed") == 0 || strcmp(status, "answered") == 0;
	struct folder_next dialled;
	char shown[16];

	log_info("transfer over call=%s answered=%s", log_short_call(x->call, shown), answered ? "yes" : "no");
	if (answered && folder_next(x->webhook->runtime, x->call, x->step - 1, &dialled) == 1 &&
	    dialled.verb == FOLDER_TRANSFER && !dialled.comes_back)
		hang_up(x, "transferred", "transfer");
	else
		go_on(x, NULL);
}

/* What the carrier stage wants now. */
static void carry_out(struct exchange *x)
{
	struct folder_next next;
	int found = folder_next(x->webhook->runtime, x->call, x->step, &next);
	char shown[16];

	if (found < 0)
		log_warn("cannot read what comes next: %s call=%s", strerror(errno), log_short_call(x->call, shown));
	if (found != 1)
		resume(x);
	else if (next.verb == FOLDER_HANGUP)
		hang_up(x, "hangup", "hangup");
	else if (next.verb == FOLDER_SAY)
		say(x, next.text, "say", "hangup");
	else if (next.verb == FOLDER_PRESS)
		go_on(x, next.digits);
	else
		transfer(x, &next);
}

void steps_next(struct exchange *x)
{
	const char *dialled = form_get(&x->form, "DialCallStatus"), *runtime = x->webhook->runtime;
	char reason[32], shown[16];

	if (exchange_repeat(x))
		return;
	if (!folder_exists(runtime, x->call)) {
		log_info("next step of a call that is not known call=%s step=%u", log_short_call(x->call, shown),
			 x->step);
		hang_up(x, "unknown", "hangup");
	} else if (folder_ended(runtime, x->call, reason, sizeof reason)) {
		if (strcmp(reason, "failed") == 0)
			apologise(x, "ended");
		else
			hang_up(x, "ended", "hangup");
	} else if (dialled) {
		after_dial(x, dialled);
	} else {
		carry_out(x);
	}
}

void steps_status(struct exchange *x)
{
	static const char *const last[] = { "completed", "busy", "failed", "no-answer", "canceled" };
	const char *status = form_get(&x->form, "CallStatus");
	char shown[16];

	for (size_t i = 0; status && i < sizeof last / sizeof *last; i++)
		if (strcmp(status, last[i]) == 0) {
			log_info("call over call=%s status=%s", log_short_call(x->call, shown), status);
			ring_ended(x->webhook, x->call, status);
		}
	exchange_note(x, "status", "call=%s status=%s", x->call, status ? status : "none");
	exchange_status(x, 204);
}
