#include "keyless.h"

#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "pipeline.h"
#include "secret.h"
#include "super.h"

#define OFFLINE "offline"

static const char *stages_of(const struct conf *conf, const char *agent)
{
	return conf_text(conf, "pipeline", conf_text(conf, "agent", agent, "pipeline"), "stages");
}

static bool is_found(const char *secret)
{
	char value[SECRET_MAX_BYTES];
	int found = secret_find(secret, value, sizeof value);

	secret_wipe(value, sizeof value);
	return found == 0;
}

/* Whether its brain is a model of the Realtime protocol, whose key is nowhere. */
static bool lacks_key(const struct conf *conf, const char *agent)
{
	const char *key = conf_text(conf, "agent", agent, "key");

	return *key && strstr(stages_of(conf, agent), "rd-bridge") && !is_found(key);
}

bool keyless_default(struct super *s, struct conf *conf, char *why, size_t size)
{
	const char *agent = conf_text(conf, "general", NULL, "default-agent");
	bool none = conf_builtin(conf, "agent", agent), lacks = lacks_key(conf, agent);
	char error[256];

	if (strcmp(agent, OFFLINE) == 0 || (!none && !lacks) ||
	    pipeline_check(s, stages_of(conf, OFFLINE), error, sizeof error) < 0)
		return false;
	if (none)
		snprintf(why, size, "no agent is configured: %s answers by default", OFFLINE);
	else
		snprintf(why, size, "the key of agent %s, the secret %s, is nowhere: %s answers by default", agent,
			 conf_text(conf, "agent", agent, "key"), OFFLINE);
	return conf_set(conf, "general", NULL, "default-agent", OFFLINE, error, sizeof error) == 0;
}
