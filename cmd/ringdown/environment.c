#include "environment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "log.h"
#include "secret.h"

static void add(struct environment *e, const char *name, const char *value)
{
	int need;

	if (e->count == ENVIRONMENT_ENTRIES)
		return;
	need = snprintf(e->bytes + e->used, sizeof e->bytes - e->used, "%s=%s", name, value);
	if (need < 0 || (size_t)need >= sizeof e->bytes - e->used)
		return;
	e->list[e->count++] = e->bytes + e->used;
	e->used += (size_t)need + 1;
	e->list[e->count] = NULL;
}

static void add_all(struct environment *e)
{
	static const char *const inherited[] = { "LANG",
						 "LC_ALL",
						 "TZ",
						 "HOME",
						 "JOURNAL_STREAM",
						 "RUNTIME_DIRECTORY",
						 "STATE_DIRECTORY",
						 "CACHE_DIRECTORY",
						 "XDG_RUNTIME_DIR",
						 "XDG_STATE_HOME",
						 "XDG_CACHE_HOME",
						 "XDG_CONFIG_HOME",
						 "SSL_CERT_DIR",
						 "SSL_CERT_FILE",
						 "ASAN_OPTIONS",
						 "UBSAN_OPTIONS",
						 "LSAN_OPTIONS" };
	const char *path = getenv("PATH");

	e->count = e->used = 0;
	e->list[0] = NULL;
	add(e, "PATH", path ? path : "/usr/local/bin:/usr/bin:/bin");
	for (size_t i = 0; i < sizeof inherited / sizeof *inherited; i++)
		if (getenv(inherited[i]))
			add(e, inherited[i], getenv(inherited[i]));
}

/* A page here and a page there, times five in each call: malloc goes without a cache for each thread, whose pieces keep
 * pages that nobody else can use, and the kernel does not write down for each thread on which core it is. No tool sees
 * this variable: forks are given the environment of a stage, and rd-mcp's programs one of their own. A C library that
 * does not know the words ignores them. */
void environment_lean(struct environment *e)
{
	add_all(e);
	add(e, "GLIBC_TUNABLES", "glibc.malloc.tcache_count=0:glibc.pthread.rseq=0");
}

/* A secret that cannot be found is the child's to complain about: it knows what it wanted it for. */
static void add_secret(struct environment *e, const char *name)
{
	char value[SECRET_MAX_BYTES];

	if (!name[0])
		return;
	if (secret_find(name, value, sizeof value) == 0)
		add(e, name, value);
	else
		log_debug("no secret name=%s why=\"%s\"", name, strerror(errno));
	secret_wipe(value, sizeof value);
}

static void add_tool_secrets(struct environment *e, const struct conf *conf, const char *agent)
{
	const char *const *tools;
	size_t n = conf_list(conf, "agent", agent, "tools", &tools);

	for (size_t i = 0; i < n; i++)
		if (conf_has(conf, "tool", tools[i]))
			add_secret(e, conf_text(conf, "tool", tools[i], "secret"));
}

void environment_for_stage(struct environment *e, const struct conf *conf, const char *agent, const char *program)
{
	static const char *const without[] = { "rd-ingest", "rd-relay",	  "rd-audiosocket", "rd-codec",
					       "rd-memory", "rd-monitor", "rd-meter",	    "rd-pacer",
					       "rd-record", "rd-tap",	  "rd-intent",	    "rd-voicemail" };

	add_all(e);
	for (size_t i = 0; i < sizeof without / sizeof *without; i++)
		if (strcmp(program, without[i]) == 0)
			return;
	if (strcmp(program, "rd-tools") == 0)
		add_tool_secrets(e, conf, agent);
	else
		add_secret(e, conf_text(conf, "agent", agent, "key"));
}

void environment_for_service(struct environment *e, const struct conf *conf, const char *program)
{
	environment_lean(e);
	if (strcmp(program, "rd-webhook") == 0) {
		add_secret(e, conf_text(conf, "twilio", NULL, "auth-token"));
		add_secret(e, conf_text(conf, "twilio", NULL, "auth-token-2"));
		add_secret(e, conf_text(conf, "twilio", NULL, "account-sid"));
	}
	for (size_t i = 0; strcmp(program, "rd-mcp") == 0 && i < conf_count(conf, "mcp"); i++)
		add_secret(e, conf_text(conf, "mcp", conf_title(conf, "mcp", i), "secret"));
}

void environment_wipe(struct environment *e)
{
	secret_wipe(e->bytes, e->used);
}
