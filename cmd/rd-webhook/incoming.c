#include "incoming.h"

#include <errno.h>
#include <string.h>

#include "caller.h"
#include "clock.h"
#include "conf.h"
#include "folder.h"
#include "log.h"
#include "ring.h"
#include "routes.h"
#include "twiml.h"
#include "webhook.h"

#define NAME_BYTES 64 /* of CallerName; networks carry 15 letters */

/* The two ends of the call: of one that we placed, the person is the one who is called. */
struct parties {
	const char *person, *ours;
	const char *identity; /* of the person, NULL: withheld */
	bool out;
};

static struct parties parties_of(const struct exchange *x)
{
	const char *direction = form_get(&x->form, "Direction");
	const char *from = form_get(&x->form, "From"), *to = form_get(&x->form, "To");
	struct parties p = { .out = direction && strncmp(direction, "outbound", 8) == 0 };

	p.person = p.out ? to : from;
	p.ours = p.out ? from : to;
	p.identity = caller_identity(p.person);
	return p;
}

static const char *tail_of(const struct parties *p)
{
	return p->identity ? log_tail(p->identity) : "withheld";
}

static void reject(struct exchange *x, const struct parties *p, const char *verdict, const char *why, bool busy)
{
	char shown[16];
	struct twiml t;

	log_info("caller refused: %s call=%s from=…%s", why, log_short_call(x->call, shown), tail_of(p));
	exchange_note(x, verdict, "%s call=%s from=…%s", why, x->call, tail_of(p));
	(void)twiml_reject(&t, busy); /* it fits */
	exchange_give(x, &t, false);
}

/* Whether the caller's hour has room for one call more; it is counted then. One that has its folder was counted, and is
 * asked about again because its answer was put off or lost. */
static bool has_room(struct webhook *w, const char *call, const struct parties *p)
{
	long most = caller_calls_per_hour(w->service.conf, p->person);

	return most == 0 || folder_exists(w->runtime, call) ||
	       guard_allow(&w->calls, p->identity ? p->identity : "withheld", (unsigned)most, GUARD_HOUR_MS,
			   clock_us() / MS);
}

/* The name that the configuration has, or the carrier's guess. */
static const char *name_of(const struct exchange *x, const struct parties *p)
{
	const char *known = p->identity ? conf_text(x->webhook->service.conf, "caller", p->identity, "name") : "";
	const char *guess = form_get(&x->form, "CallerName");

	if (known[0])
		return known;
	return !p->out && guess && guess[0] && strlen(guess) <= NAME_BYTES ? guess : NULL;
}

static int make_folder(const struct exchange *x, const struct parties *p, const char *agent)
{
	const char *ours = caller_identity(p->ours), *person = p->identity ? p->identity : "";
	const struct folder_call c = {
		.call = x->call,
		.carrier = "twilio",
		.direction = p->out ? "out" : "in",
		.from = p->out ? (ours ? ours : "") : person, /* E.164 or nothing: what is withheld is nobody's key */
		.to = p->out ? person : (ours ? ours : ""),
		.caller_name = name_of(x, p),
		.attestation = caller_attestation(form_get(&x->form, "StirVerstat")),
		.agent = agent,
		.config = x->webhook->generation,
	};

	return folder_make(x->webhook->runtime, &c);
}

static void apologise(struct exchange *x, const char *agent)
{
	struct twiml t;

	exchange_note(x, "failed", "call=%s no folder", x->call);
	if (twiml_say(&t, conf_text(x->webhook->service.conf, "agent", agent, "apology")) < 0)
		(void)twiml_hangup(&t); /* it fits */
	exchange_give(x, &t, false);
}

void incoming_serve(struct exchange *x)
{
	struct parties p = parties_of(x);
	struct caller_verdict v;
	char shown[16];

	if (exchange_repeat(x))
		return;
	v = caller_agent(x->webhook->service.conf, p.person, p.ours);
	if (!v.agent) {
		reject(x, &p, "stranger", v.refused, false);
	} else if (!has_room(x->webhook, x->call, &p)) {
		reject(x, &p, "limit", "more calls than calls-per-hour", true);
	} else if (make_folder(x, &p, v.agent) < 0) {
		log_error("cannot make the folder of call %s: %s", log_short_call(x->call, shown), strerror(errno));
		apologise(x, v.agent);
	} else {
		log_info("call comes in call=%s from=…%s agent=%s", log_short_call(x->call, shown), tail_of(&p),
			 v.agent);
		ring_ask(x, NULL, v.agent);
	}
}
