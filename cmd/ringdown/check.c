#include "check.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmdline.h"
#include "conf.h"
#include "json.h"
#include "log.h"
#include "paths.h"
#include "prompt.h"
#include "ring.h"
#include "secret.h"
#include "super.h"
#include "toolbox.h"

/* What the model will be told: the agent's own words, its tools' paragraphs, the manners of the telephone. */
static int print_instructions(const struct conf *conf, const char *agent)
{
	char error[512];
	char *own = prompt_read(conf, agent, error, sizeof error), *joined = NULL;
	struct toolbox box = { 0 };
	struct cJSON *tools = NULL;

	if (!own)
		log_die(100, "%s", error);
	if (toolbox_open_now(&box, conf, agent) == 0)
		tools = toolbox_entries(&box, true);
	joined = prompt_join(&(struct prompt){ .instructions = own,
					       .tools = tools,
					       .now = time(NULL),
					       .language = conf_text(conf, "agent", agent, "language") });
	printf("\n# --- instructions of agent \"%s\"\n", agent);
	for (char *line = joined, *next; line && *line; line = next) {
		size_t n = strcspn(line, "\n");

		next = line + n + (line[n] == '\n');
		printf("# %.*s\n", (int)n, line);
	}
	for (size_t i = 0; i < box.count; i++)
		if (box.tools[i].state == TOOLBOX_MISSING)
			printf("# --- tool %s is missing: %s\n", box.tools[i].name, box.tools[i].why);
	toolbox_close(&box);
	cJSON_Delete(tools);
	free(joined);
	free(own);
	return joined ? 0 : -1;
}

/* Where each secret that will be needed was found, or that it was not; never the secret. */
static int check_secret(const char *what, const char *name)
{
	char value[SECRET_MAX_BYTES];

	if (!name[0])
		return 0;
	if (secret_find(name, value, sizeof value) == 0) {
		secret_wipe(value, sizeof value);
		printf("# --- secret %s, %s: found\n", name, what);
		return 0;
	}
	printf("# --- secret %s, %s: not found (%s)\n", name, what, strerror(errno));
	return -1;
}

static void check_secrets(const struct conf *conf, const char *agent)
{
	int missing = check_secret("twilio.auth-token", conf_text(conf, "twilio", NULL, "auth-token")) +
		      check_secret("twilio.auth-token-2", conf_text(conf, "twilio", NULL, "auth-token-2")) +
		      check_secret("agent.key", conf_text(conf, "agent", agent, "key"));

	if (missing)
		log_warn("%d secret(s) not found where this command looks: put them into %s/secrets or the environment",
			 -missing, RD_SYSCONF);
}

/* Programs that a pipeline names and this machine lacks: the call would fail, so say it now. */
static int check_pipeline(const struct conf *conf, const char *agent)
{
	struct super s = { 0 };
	char error[256];
	const char *pipeline = conf_text(conf, "agent", agent, "pipeline");

	if (cmdline_own_folder(s.bin, sizeof s.bin) == 0 &&
	    ring_check(&s, conf_text(conf, "pipeline", pipeline, "stages"), error, sizeof error) == 0)
		return 0;
	log_error("agent \"%s\", pipeline \"%s\": %s", agent, pipeline, error);
	return -1;
}

int check_configuration(const char *config_option, const char *agent)
{
	char path[PATHS_MAX_BYTES], error[4096];
	int found = paths_configuration(config_option, path, sizeof path);
	struct conf *conf;
	int ok;

	if (found < 0)
		log_die(100, "cannot find the configuration: %s", strerror(errno));
	conf = conf_open(found ? path : NULL, error, sizeof error);
	if (!conf || conf_environment(conf, error, sizeof error) < 0) {
		log_lines(error);
		exit(100);
	}
	if (!agent)
		agent = conf_text(conf, "general", NULL, "default-agent");
	if (!conf_has(conf, "agent", agent))
		log_die(100, "agent \"%s\": no such section", agent);
	printf("# %s\n", found ? path : "no configuration file: these are the defaults, and every caller is refused");
	check_secrets(conf, agent);
	ok = conf_print(conf, stdout) == 0 && print_instructions(conf, agent) == 0 && check_pipeline(conf, agent) == 0;
	conf_close(conf);
	return ok && fflush(stdout) == 0 ? 0 : 100;
}
