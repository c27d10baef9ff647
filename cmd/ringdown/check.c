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
#include "keyless.h"
#include "language.h"
#include "log.h"
#include "paths.h"
#include "pipeline.h"
#include "prompt.h"
#include "secret.h"
#include "sentences.h"
#include "super.h"
#include "toolbox.h"

/* The tool that a misspelt name was probably meant to be. */
static const char *hint_tool(const struct conf *conf, const char *name, char hint[96])
{
	const char *const *folders;
	size_t n = conf_list(conf, "general", NULL, "tool-path", &folders);

	hint[0] = '\0';
	for (size_t i = 0; i < n && !hint[0]; i++)
		cmdline_hint(folders[i], name, hint);
	return hint;
}

/* The agent can do without, so it is no error; but whoever wrote its name wanted it. */
static void warn_missing(const struct conf *conf, const char *agent, const struct toolbox_tool *tool)
{
	char where[PATHS_MAX_BYTES], hint[96];

	log_warn("%stools = \"%s\": %s%s", conf_where(conf, "agent", agent, "tools", where, sizeof where), tool->name,
		 tool->why, hint_tool(conf, tool->name, hint));
}

/* What a text costs a model, as a rule of thumb: it has four letters to a token. */
static size_t tokens(const char *text)
{
	return text ? (strlen(text) + 3) / 4 : 0;
}

/* How much of its attention, and of the bill, is taken before anybody says a word. */
static void print_size(const char *joined, const struct cJSON *tools)
{
	char *text = tools ? cJSON_PrintUnformatted(tools) : NULL;

	printf("# --- about %zu tokens, and %zu of %d tools\n", tokens(joined), tokens(text),
	       cJSON_GetArraySize(tools));
	cJSON_free(text);
}

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
	print_size(joined, tools);
	for (size_t i = 0; i < box.count; i++)
		if (box.tools[i].state == TOOLBOX_MISSING)
			warn_missing(conf, agent, &box.tools[i]);
	toolbox_close(&box);
	cJSON_Delete(tools);
	free(joined);
	free(own);
	return joined ? 0 : -1;
}

/* Whether a secret that will be needed is there, and says so; never the secret. */
static bool check_secret(const char *what, const char *name)
{
	char value[SECRET_MAX_BYTES];

	if (!name[0])
		return false;
	if (secret_find(name, value, sizeof value) == 0) {
		secret_wipe(value, sizeof value);
		printf("# --- secret %s, %s: found\n", name, what);
		return true;
	}
	printf("# --- secret %s, %s: not found (%s)\n", name, what, strerror(errno));
	return false;
}

static void check_secrets(const struct conf *conf, const char *agent)
{
	const char *token = conf_text(conf, "twilio", NULL, "auth-token");
	const char *other = conf_text(conf, "twilio", NULL, "auth-token-2");
	const char *key = conf_text(conf, "agent", agent, "key");
	bool signs = check_secret("twilio.auth-token", token);

	signs |= check_secret("twilio.auth-token-2", other);
	if (!signs)
		log_warn(
			"secret %s (twilio.auth-token) is not where this command looks, %s/secrets or the environment: "
			"without it every call is refused",
			token, RD_SYSCONF);
	if (key[0] && !check_secret("agent.key", key))
		log_warn("secret %s (agent.key) is not where this command looks, %s/secrets or the environment", key,
			 RD_SYSCONF);
}

/* Programs that a pipeline names and this machine lacks: the call would fail, so say it now. */
static int check_pipeline(const struct conf *conf, const char *agent)
{
	char error[256], where[PATHS_MAX_BYTES];
	struct super s = { 0 };
	const char *pipeline = conf_text(conf, "agent", agent, "pipeline");

	if (cmdline_own_folder(s.bin, sizeof s.bin) == 0 &&
	    pipeline_check(&s, conf_text(conf, "pipeline", pipeline, "stages"), error, sizeof error) == 0)
		return 0;
	log_error("%sagent \"%s\", pipeline \"%s\": %s",
		  conf_where(conf, "pipeline", pipeline, "stages", where, sizeof where), agent, pipeline, error);
	return -1;
}

/* What an agent without a model understands: a mistake in it would be found by the first caller. */
static int check_sentences(const struct conf *conf, const char *agent)
{
	const char *stages = conf_text(conf, "pipeline", conf_text(conf, "agent", agent, "pipeline"), "stages");
	struct sentences *s;
	char error[512];

	if (!strstr(stages, "rd-intent"))
		return 0;
	s = sentences_open(conf, agent, error, sizeof error);
	if (!s) {
		log_lines(error);
		return -1;
	}
	printf("# --- sentences of agent \"%s\": %s\n", agent, sentences_file(s));
	if (!language_is_heard(sentences_language(s)))
		printf("# --- agent \"%s\" does not hear: there is no acoustic model for language %s; it says so to "
		       "whoever "
		       "speaks, and acts on keys alone\n",
		       agent, sentences_language(s));
	sentences_close(s);
	return 0;
}

/* The default agent of who wrote one, also while its key is missing; NULL: whoever has it then. */
static const char *configured_agent(const struct conf *conf)
{
	static char title[128];
	const char *agent = conf_text(conf, "general", NULL, "default-agent");

	if (conf_builtin(conf, "agent", agent))
		return NULL;
	snprintf(title, sizeof title, "%s", agent);
	return title;
}

int check_configuration(const char *config_option, const char *agent)
{
	char path[PATHS_MAX_BYTES], error[4096], why[256] = "";
	int found = paths_configuration(config_option, path, sizeof path);
	struct super s = { 0 };
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
		agent = configured_agent(conf);
	if (cmdline_own_folder(s.bin, sizeof s.bin) == 0)
		(void)keyless_default(&s, conf, why, sizeof why);
	if (!agent)
		agent = conf_text(conf, "general", NULL, "default-agent");
	if (!conf_has(conf, "agent", agent))
		log_die(100, "agent \"%s\": no such section", agent);
	printf("# %s\n", found ? path : "no configuration file: these are the defaults, and every caller is refused");
	if (why[0])
		printf("# --- %s\n", why);
	check_secrets(conf, agent);
	ok = conf_print(conf, stdout) == 0 && print_instructions(conf, agent) == 0 &&
	     check_pipeline(conf, agent) == 0 && check_sentences(conf, agent) == 0;
	conf_close(conf);
	return ok && fflush(stdout) == 0 ? 0 : 100;
}
