#include "tools.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmdline.h"
#include "conf.h"
#include "json.h"
#include "paths.h"
#include "servers.h"
#include "spawn.h"
#include "table.h"
#include "toolbox.h"

#define ID "rd-ctl"
#define SHOWN_BYTES 80

extern char **environ;

/* --- the list */

struct telling {
	struct cJSON *tools, *missing;
};

static void tell(struct telling *t, const char *name, const char *from, const char *description)
{
	(void)cJSON_AddItemToArray(t->tools, json_make("name:s from:s description:s", name, from, description));
}

static void tell_missing(struct telling *t, const char *name, const char *why)
{
	(void)cJSON_AddItemToArray(t->missing, json_make("name:s why:s", name, why));
}

static void take_own(struct telling *t, const struct toolbox *box)
{
	for (size_t i = 0; i < box->count; i++) {
		const struct toolbox_tool *one = &box->tools[i];

		if (one->state == TOOLBOX_MISSING)
			tell_missing(t, one->name, one->why);
		else
			tell(t, one->name, one->state == TOOLBOX_ELSEWHERE ? "rd-memory" : one->path,
			     one->tool.description);
	}
}

static void take_line(void *ctx, const struct cJSON *line)
{
	struct telling *t = ctx;
	const struct cJSON *tool = json_object(line, "tool");
	const char *server = json_text(line, "server"), *why = json_text(line, "why");
	char from[100], whole[220];

	if (tool) {
		snprintf(from, sizeof from, "mcp:%.64s", json_text(tool, "server"));
		tell(t, json_text(tool, "name"), from, json_text(tool, "description"));
		snprintf(whole, sizeof whole, "mcp:%.64s/%.128s", json_text(tool, "server"), json_text(tool, "tool"));
		if (t->tools->child)
			(void)cJSON_AddStringToObject(t->tools->child->prev, "mcp", whole);
	} else if (server && !json_flag(line, "offered", false)) {
		snprintf(from, sizeof from, "mcp:%.64s", server);
		tell_missing(t, from, why ? why : "it is not there");
	}
}

static struct cJSON *wants_of(const struct conf *conf, const char *agent)
{
	struct cJSON *wants = cJSON_CreateArray();
	const char *const *names;
	size_t n = conf_list(conf, "agent", agent, "tools", &names);

	for (size_t i = 0; wants && i < n; i++)
		if (strncmp(names[i], "mcp:", 4) == 0)
			(void)cJSON_AddItemToArray(wants, cJSON_CreateString(names[i]));
	return wants;
}

static bool is_told(const struct cJSON *list, const char *key, const char *value, size_t n)
{
	const struct cJSON *one;

	cJSON_ArrayForEach(one, list) {
		const char *its = json_text(one, key);

		if (its && strncmp(its, value, n) == 0 && !its[n])
			return true;
	}
	return false;
}

/* A server that is there, and has no tool that the agent names. */
static void miss_single(struct telling *t, const struct cJSON *wants)
{
	const struct cJSON *want;

	cJSON_ArrayForEach(want, wants) {
		const char *name = want->valuestring, *slash = strchr(name, '/');

		if (slash && !is_told(t->tools, "mcp", name, strlen(name)) &&
		    !is_told(t->missing, "name", name, (size_t)(slash - name)) &&
		    !is_told(t->missing, "name", name, strlen(name)))
			tell_missing(t, name, "the server has no tool of that name");
	}
}

/* What cannot be asked for is missing as rd-tools would say it. */
static void take_servers(struct telling *t, const struct conf *conf, const char *agent, struct control *mcp,
			 const char *why_not)
{
	struct cJSON *wants = wants_of(conf, agent);
	const struct cJSON *want;
	char error[256];

	if (wants && wants->child && mcp &&
	    servers_ask(mcp, json_make("do:s quiet:b wants:j", "list", 1, cJSON_Duplicate(wants, true)), take_line, t,
			error, sizeof error) < 0)
		why_not = error;
	cJSON_ArrayForEach(want, wants)
		if (why_not)
			tell_missing(t, want->valuestring, why_not);
	miss_single(t, wants);
	cJSON_Delete(wants);
}

static void print_told(const struct telling *t)
{
	struct table table = { 0 };
	const struct cJSON *one;
	char shown[SHOWN_BYTES + 1];

	cJSON_ArrayForEach(one, t->tools) {
		const char *description = json_text(one, "description");

		snprintf(shown, sizeof shown, "%.*s", (int)strcspn(description, "\n"), description);
		table_add(&table, json_text(one, "name"), json_text(one, "from"), shown, NULL);
	}
	table_print(&table, 0, stdout);
	if (t->missing->child)
		printf("missing:\n");
	cJSON_ArrayForEach(one, t->missing)
		table_add(&table, json_text(one, "name"), json_text(one, "why"), NULL);
	table_print(&table, 2, stdout);
}

int tools_list(const struct conf *conf, const char *agent, struct control *mcp, const char *why_not, bool json,
	       char *error, size_t size)
{
	struct telling t = { .tools = cJSON_CreateArray(), .missing = cJSON_CreateArray() };
	struct toolbox box = { .conf = NULL };
	char *text;

	if (!t.tools || !t.missing || toolbox_open_now(&box, conf, agent) < 0) {
		snprintf(error, size, "cannot look at the tools of %s: %s", agent, strerror(errno));
		cJSON_Delete(t.tools);
		cJSON_Delete(t.missing);
		return -1;
	}
	take_own(&t, &box);
	toolbox_close(&box);
	take_servers(&t, conf, agent, mcp, why_not);
	if (!json)
		print_told(&t);
	text = json_print(json_make("tools:j missing:j", t.tools, t.missing));
	if (json && text)
		puts(text);
	free(text);
	return 0;
}

/* --- one by hand */

static pid_t start(const char *const *words, int in, int out)
{
	char folder[PATHS_MAX_BYTES], path[PATHS_MAX_BYTES];
	struct spawn s = { .path = path,
			   .argv = words,
			   .envp = (const char *const *)environ,
			   .fds = { in, out, STDERR_FILENO },
			   .count = 3 };

	if (cmdline_own_folder(folder, sizeof folder) < 0 || cmdline_find(folder, words[0], path, sizeof path) < 0)
		return -1;
	return spawn(&s);
}

/* Frames as lines: what stands before the event is not looked at. True: it was the result. */
static bool show(char *line, bool json, int *status)
{
	char *brace = strchr(line, '{');
	struct cJSON *event = brace ? json_parse(brace, strcspn(brace, "\n")) : NULL;
	const char *type = json_text(event, "type"), *id = json_text(event, "id"), *text = json_text(event, "text");
	bool ours = brace && type && id && strcmp(id, ID) == 0, is_result = ours && strcmp(type, "tool.result") == 0;

	if (brace && is_result && json)
		printf("%.*s\n", (int)strcspn(brace, "\n"), brace);
	else if (is_result)
		printf("%s\n", text ? text : "");
	else if (ours && !json && strcmp(type, "tool.progress") == 0)
		fprintf(stderr, "%s\n", text ? text : "");
	if (is_result)
		*status = json_flag(event, "ok", false) ? 0 : 1;
	cJSON_Delete(event);
	return is_result;
}

static int read_events(int fd, bool json)
{
	FILE *in = fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;
	int status = -1;

	if (!in) {
		close(fd);
		return -1;
	}
	while (getline(&line, &size, in) > 0) /* to its end: it ends by itself */
		(void)show(line, json, &status);
	free(line);
	fclose(in);
	return status;
}

static int run(const char *const *words, const char *event, bool json)
{
	int in[2], out[2], status;
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) < 0)
		return -1;
	if (pipe2(out, O_CLOEXEC) < 0) {
		close(in[0]);
		close(in[1]);
		return -1;
	}
	pid = start(words, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	if (pid > 0)
		(void)!write(in[1], event, strlen(event)); /* a pipe's worth at most; a short one is no event */
	close(in[1]);
	status = read_events(out[0], json);
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
	return status;
}

int tools_run(const char *file, const char *agent, const char *name, const char *arguments, bool json, char *error,
	      size_t size)
{
	struct cJSON *parsed = json_parse(arguments, strlen(arguments));
	const char *words[8] = { "rd-tools", "--text" };
	size_t n = 2;
	char *event, *line = NULL;
	int status = -1;

	if (!parsed) {
		snprintf(error, size, "%s: a JSON object expected, e.g. '{\"place\":\"Tokyo\"}'", arguments);
		return -1;
	}
	if (agent) {
		words[n++] = "-a";
		words[n++] = agent;
	}
	if (file) {
		words[n++] = "-c";
		words[n++] = file;
	}
	event = json_print(json_make("type:s id:s name:s arguments:j", "tool.call", ID, name, parsed));
	if (event && asprintf(&line, "%s\n", event) > 0)
		status = run(words, line, json);
	free(event);
	free(line);
	if (status < 0)
		snprintf(error, size, "%s was not run: the agent has no such tool, see rd-ctl tool list", name);
	return status;
}
