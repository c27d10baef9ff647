#include "caller.h"

#include <stddef.h>
#include <string.h>

#include "conf.h"
#include "number.h"

const char *caller_identity(const char *from)
{
	return from && number_is_e164(from) && !number_is_withheld(from) ? from : NULL;
}

const char *caller_attestation(const char *verstat)
{
	static const struct {
		const char *verstat, *attestation;
	} known[] = {
		{ "TN-Validation-Passed-A", "A" },	{ "TN-Validation-Passed-B", "B" },
		{ "TN-Validation-Passed-C", "C" },	{ "TN-Validation-Failed", "failed" },
		{ "TN-Validation-Failed-A", "failed" }, { "TN-Validation-Failed-B", "failed" },
		{ "TN-Validation-Failed-C", "failed" },
	};

	for (size_t i = 0; verstat && i < sizeof known / sizeof known[0]; i++)
		if (strcmp(verstat, known[i].verstat) == 0)
			return known[i].attestation;
	return "none";
}

static const char *first_named(const char *a, const char *b, const char *c)
{
	if (a && a[0])
		return a;
	if (b && b[0])
		return b;
	return c && c[0] ? c : NULL;
}

struct caller_verdict caller_decide(const struct caller_facts *f)
{
	struct caller_verdict v = { .listed = f->listed };

	if (!f->listed && !f->anyone) {
		v.refused = "no caller section";
		return v;
	}
	v.agent = first_named(f->listed ? f->own_agent : f->anyones_agent, f->number_agent, f->default_agent);
	if (!v.agent)
		v.refused = "no agent for this caller";
	return v;
}

static const char *agent_of(const struct conf *c, const char *section, const char *title)
{
	return title && conf_has(c, section, title) ? conf_text(c, section, title, "agent") : NULL;
}

struct caller_verdict caller_agent(const struct conf *c, const char *from, const char *to)
{
	const char *identity = caller_identity(from);
	const struct caller_facts f = {
		.listed = identity && conf_has(c, "caller", identity),
		.own_agent = agent_of(c, "caller", identity),
		.anyone = conf_has(c, "caller", "*"),
		.anyones_agent = agent_of(c, "caller", "*"),
		.number_agent = agent_of(c, "number", to),
		.default_agent = conf_text(c, "general", NULL, "default-agent"),
	};

	return caller_decide(&f);
}

long caller_calls_per_hour(const struct conf *c, const char *from)
{
	const char *identity = caller_identity(from);

	return conf_number(c, "caller", identity && conf_has(c, "caller", identity) ? identity : "*", "calls-per-hour");
}
