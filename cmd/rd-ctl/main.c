/* rd-ctl: the operator in the shell. rd-ctl(1)
 *   exit 0 done, 100 usage, or ringdown refused, 111 ringdown is not running or does not answer */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "call.h"
#include "conf.h"
#include "control.h"
#include "guess.h"
#include "json.h"
#include "log.h"
#include "memory.h"
#include "number.h"
#include "options.h"
#include "paths.h"
#include "report.h"
#include "servers.h"
#include "tools.h"
#include "watch.h"

static struct {
	const char *file, *socket, *agent;
	bool json, help, version;
} given;

static const struct option_row options[] = {
	{ "config", 'c', OPTION_TEXT, &given.file, .argument = "FILE", .help = "configuration, for its runtime-dir" },
	{ "agent", 'a', OPTION_TEXT, &given.agent, .argument = "AGENT", .help = "whose tools, for tool" },
	{ "socket", 's', OPTION_TEXT, &given.socket, .argument = "PATH", .help = "control socket" },
	{ "json", 'j', OPTION_FLAG, &given.json, .help = "print answers as they come" },
	{ "help", 'h', OPTION_FLAG, &given.help, .help = "this text" },
	{ "version", 'V', OPTION_FLAG, &given.version, .help = "the version" },
};
#define OPTIONS (sizeof options / sizeof options[0])

static struct control control;

static char **read_options(int argc, char **argv)
{
	char error[512];
	int first = options_read(options, OPTIONS, argc, argv, error, sizeof error);

	if (first < 0)
		log_die(100, "%s", error);
	if (given.help) {
		options_help(options, OPTIONS, "rd-ctl", "[-c FILE] [--json] COMMAND [ARGUMENT …]",
			     "Asks and tells the running ringdown: status, calls, watch [CALL], show CALL, requests,\n"
			     "restart [CALL] STAGE, swap CALL STAGE 'COMMAND', agent CALL NAME, inject CALL EVENT,\n"
			     "end CALL, log LEVEL, reload, drain [SECONDS], messages,\n"
			     "forget NUMBER, export NUMBER,\n"
			     "tool list, tool run NAME [ARGUMENTS], mcp list, mcp ping NAME, mcp inspect NAME.",
			     stdout);
		exit(0);
	}
	if (given.version) {
		printf("rd-ctl %s\n", RD_VERSION);
		exit(0);
	}
	if (first == argc)
		log_die(100, "a command expected: status, calls, watch, show, requests, restart, swap, agent, inject, "
			     "end, log, reload, drain, messages, forget, export, tool, mcp");
	return argv + first;
}

/* The folder that the configuration names. One that is broken must not keep the operator out. */
static int find_runtime(char *out, size_t size)
{
	char path[PATHS_MAX_BYTES], error[4096];
	int found = paths_configuration(given.file, path, sizeof path), ok;
	struct conf *conf = found > 0 ? conf_open(path, error, sizeof error) : NULL;

	if (found > 0 && !conf) {
		log_warn("%s", error);
		if (guess_runtime(path, out, size) == 0)
			return 0;
		log_warn("looking for the socket in the usual folder, --socket names another");
	}
	ok = paths_runtime(conf, out, size);
	conf_close(conf);
	return ok;
}

static void cannot_connect(const char *path, int failed)
{
	if (failed == EACCES || failed == EPERM)
		log_die(111, "cannot connect %s: %s: as root, or in the group ringdown, please", path,
			strerror(failed));
	log_die(111, "ringdown is not running: cannot connect %s: %s", path, strerror(failed));
}

static void connect_control(void)
{
	char folder[PATHS_MAX_BYTES], path[PATHS_MAX_BYTES];
	int failed;

	if (given.socket) {
		if (control_open(&control, given.socket) < 0)
			cannot_connect(given.socket, errno);
		return;
	}
	if (find_runtime(folder, sizeof folder) < 0 || paths_format(path, sizeof path, "%s/control", folder) < 0)
		log_die(100, "cannot find the control socket: %s", strerror(errno));
	if (control_open(&control, path) == 0)
		return;
	failed = errno;
	/* an operator's own folder is empty while ringdown runs as a service */
	if (given.file || control_open(&control, "/run/ringdown/control") < 0)
		cannot_connect(path, failed);
}

/* Prints the answer as it is, or by what makes it readable. Takes it over. */
static void print_answer(struct cJSON *answer, void (*print)(const struct cJSON *answer, FILE *out))
{
	char *text = given.json ? cJSON_PrintUnformatted(answer) : NULL;

	if (text)
		puts(text);
	else if (print)
		print(answer, stdout);
	free(text);
	cJSON_Delete(answer);
}

/* Asks, and dies of a refusal. The answer is the caller's. */
static struct cJSON *ask(struct cJSON *request)
{
	char error[256], refused[8192];
	struct cJSON *answer = control_ask(&control, request, error, sizeof error);
	const char *why = json_text(answer, "error");

	if (!answer)
		log_die(111, "%s", error);
	if (json_flag(answer, "ok", false))
		return answer;
	snprintf(refused, sizeof refused, "%s", why ? why : "ringdown refuses without a reason");
	print_answer(answer, NULL);
	log_lines(refused); /* of a configuration there may be many */
	exit(100);
}

/* The whole id of a call; NULL means the only one. Static, until the next call. */
static const char *whole_id(const char *name)
{
	static char id[64];
	char error[256];
	struct cJSON *status = ask(json_make("do:s", "status"));
	const char *found = call_choose(status, name, error, sizeof error);

	if (!found)
		log_die(100, "%s", error);
	snprintf(id, sizeof id, "%s", found);
	cJSON_Delete(status);
	return id;
}

static void print_status(const struct cJSON *answer, FILE *out)
{
	report_status(answer, time(NULL), out);
}

static void print_calls(const struct cJSON *answer, FILE *out)
{
	report_calls(answer, time(NULL), out);
}

static void print_config(const struct cJSON *answer, FILE *out)
{
	fprintf(out, "configuration %.0f is in effect\n", json_number(answer, "config", 0));
}

static void do_status(char **words)
{
	(void)words;
	print_answer(ask(json_make("do:s", "status")), print_status);
}

static void do_calls(char **words)
{
	(void)words;
	print_answer(ask(json_make("do:s", "calls")), print_calls);
}

static void do_show(char **words)
{
	print_answer(ask(json_make("do:s call:s", "show", whole_id(words[0]))), report_show);
}

static void do_requests(char **words)
{
	(void)words;
	print_answer(ask(json_make("do:s", "requests")), report_requests);
}

static bool is_service(const char *name)
{
	struct cJSON *status = ask(json_make("do:s", "status"));
	const struct cJSON *service;
	bool found = false;

	cJSON_ArrayForEach(service, json_array(status, "services")) {
		const char *program = json_text(service, "program");

		found |= program && strcmp(program, name) == 0;
	}
	cJSON_Delete(status);
	return found;
}

static void do_restart(char **words)
{
	const char *stage = words[1] ? words[1] : words[0];
	const char *call = words[1] ? whole_id(words[0]) : is_service(stage) ? NULL : whole_id(NULL);

	print_answer(ask(json_make("do:s call:s? stage:s", "restart", call, stage)), NULL);
}

static void do_swap(char **words)
{
	print_answer(ask(json_make("do:s call:s stage:s with:s", "swap", whole_id(words[0]), words[1], words[2])),
		     NULL);
}

static void do_agent(char **words)
{
	print_answer(ask(json_make("do:s call:s agent:s", "agent", whole_id(words[0]), words[1])), NULL);
}

static void do_inject(char **words)
{
	struct cJSON *event = json_parse(words[1], strlen(words[1]));

	if (!event)
		log_die(100, "%s: a JSON object expected, e.g. '{\"type\":\"assistant.note\",\"text\":\"be brief\"}'",
			words[1]);
	print_answer(ask(json_make("do:s call:s event:j", "inject", whole_id(words[0]), event)), NULL);
}

static void do_end(char **words)
{
	print_answer(ask(json_make("do:s call:s reason:s", "end", whole_id(words[0]), "operator")), NULL);
}

static void do_log(char **words)
{
	print_answer(ask(json_make("do:s level:s", "log", words[0])), NULL);
}

static void do_reload(char **words)
{
	(void)words;
	print_answer(ask(json_make("do:s", "reload")), print_config);
}

/* Whole seconds, a day at most. */
static double seconds_of(const char *word)
{
	char *end;
	long seconds = strtol(word, &end, 10);

	if (end == word || *end || seconds < 0 || seconds > 86400)
		log_die(100, "%s: seconds from 0 to 86400 expected", word);
	return (double)seconds;
}

static void do_drain(char **words)
{
	struct cJSON *request = json_make("do:s", "drain");

	if (words[0])
		cJSON_AddNumberToObject(request, "seconds", seconds_of(words[0]));
	print_answer(ask(request), NULL);
}

static void do_watch(char **words)
{
	static struct view view;
	const char *call = words[0] ? whole_id(words[0]) : NULL;
	char *line;

	view = (struct view){ .out = stdout, .many = !call };
	cJSON_Delete(ask(json_make("do:s call:s?", "watch", call)));
	while ((line = control_line(&control, 0))) {
		struct cJSON *json = given.json ? NULL : json_parse(line, strlen(line));

		if (given.json) {
			puts(line);
			fflush(stdout);
		} else if (json) {
			watch_print(&view, json);
		}
		cJSON_Delete(json);
	}
	if (errno || !call) /* of one call: it is over */
		log_die(111, "ringdown is gone: %s", errno ? strerror(errno) : "it has closed the connection");
}

/* --- the memory, which is asked itself */

static const char *find_store(char path[PATHS_MAX_BYTES])
{
	char folder[PATHS_MAX_BYTES];

	if (find_runtime(folder, sizeof folder) < 0 || paths_format(path, PATHS_MAX_BYTES, "%s/store", folder) < 0)
		log_die(100, "cannot find the memory: %s", strerror(errno));
	return path;
}

/* Asks, and dies of a refusal. The answer is the caller's. */
static struct cJSON *ask_memory(struct cJSON *request)
{
	char path[PATHS_MAX_BYTES], error[PATHS_MAX_BYTES + 128];
	struct cJSON *answer = memory_ask(find_store(path), request, error, sizeof error);
	const char *why = json_text(answer, "error");

	if (!answer)
		log_die(111, "the memory does not answer, is ringdown running? %s", error);
	if (!json_flag(answer, "ok", false))
		log_die(111, "%s", why ? why : "the memory refuses without a reason");
	return answer;
}

static void check_number(const char *number)
{
	if (!number_is_e164(number))
		log_die(100, "%s: a telephone number such as +15551234567 expected", number);
}

static void do_messages(char **words)
{
	(void)words;
	print_answer(ask_memory(json_make("do:s", "message.list")), report_messages);
}

static void do_forget(char **words)
{
	check_number(words[0]);
	cJSON_Delete(ask_memory(json_make("do:s caller:s", "forget", words[0])));
	printf("%s is forgotten\n", words[0]);
}

static void do_export(char **words)
{
	char path[PATHS_MAX_BYTES], error[PATHS_MAX_BYTES + 128], *text;
	struct cJSON *all;

	check_number(words[0]);
	all = memory_export(find_store(path), words[0], error, sizeof error);
	if (!all)
		log_die(111, "the memory does not answer, is ringdown running? %s", error);
	text = given.json ? cJSON_PrintUnformatted(all) : cJSON_Print(all);
	if (!text || puts(text) < 0 || fflush(stdout) != 0)
		log_die(111, "cannot write it: %s", strerror(errno));
	free(text);
	cJSON_Delete(all);
}

/* rd-mcp's line. -1: error says why there is none. */
static int connect_mcp(struct control *mcp, char *error, size_t size)
{
	char folder[PATHS_MAX_BYTES], path[PATHS_MAX_BYTES];

	if (find_runtime(folder, sizeof folder) < 0 || paths_format(path, sizeof path, "%s/mcp.sock", folder) < 0)
		log_die(100, "cannot find the runtime folder: %s", strerror(errno));
	if (control_open(mcp, path) == 0 || (!given.file && control_open(mcp, "/run/ringdown/mcp.sock") == 0))
		return 0;
	snprintf(error, size, "rd-mcp is not running: cannot connect %s: %s", path, strerror(errno));
	return -1;
}

static void do_mcp(char **words)
{
	char error[PATHS_MAX_BYTES + 256];
	struct control mcp;
	bool list = strcmp(words[0], "list") == 0 && !words[1], ping = strcmp(words[0], "ping") == 0 && words[1];
	int failed;

	if (!list && !ping && (strcmp(words[0], "inspect") != 0 || !words[1]))
		log_die(100, "expected: rd-ctl mcp list, mcp ping NAME or mcp inspect NAME");
	if (connect_mcp(&mcp, error, sizeof error) < 0)
		log_die(111, "%s", error);
	if (list)
		failed = servers_list(&mcp, given.json, error, sizeof error);
	else
		failed = (ping ? servers_ping : servers_inspect)(&mcp, words[1], given.json, error, sizeof error);
	control_close(&mcp);
	if (failed)
		log_die(100, "%s", error);
}

static void list_tools(void)
{
	char path[PATHS_MAX_BYTES], error[4096], why_not[PATHS_MAX_BYTES + 256];
	int found = paths_configuration(given.file, path, sizeof path), failed;
	struct conf *conf = found < 0 ? NULL : conf_open(found ? path : NULL, error, sizeof error);
	const char *agent = given.agent;
	struct control mcp;
	bool there;

	if (!conf)
		log_die(100, "%s", found < 0 ? strerror(errno) : error);
	agent = agent ? agent : conf_text(conf, "general", NULL, "default-agent");
	if (!conf_has(conf, "agent", agent))
		log_die(100, "%s: there is no agent of that name", agent);
	there = connect_mcp(&mcp, why_not, sizeof why_not) == 0;
	failed = tools_list(conf, agent, there ? &mcp : NULL, there ? NULL : why_not, given.json, error, sizeof error);
	if (there)
		control_close(&mcp);
	conf_close(conf);
	if (failed)
		log_die(111, "%s", error);
}

static void do_tool(char **words)
{
	char error[512];
	int status;

	if (strcmp(words[0], "list") == 0 && !words[1]) {
		list_tools();
		return;
	}
	if (strcmp(words[0], "run") != 0 || !words[1])
		log_die(100, "expected: rd-ctl tool list, or tool run NAME [ARGUMENTS]");
	status = tools_run(given.file, given.agent, words[1], words[2] ? words[2] : "{}", given.json, error,
			   sizeof error);
	if (status < 0)
		log_die(100, "%s", error);
	exit(status ? 100 : 0); /* what it said stands on standard output */
}

static const struct command {
	const char *name;
	int least, most; /* arguments */
	const char *arguments;
	void (*run)(char **words);
	bool of_memory; /* not the supervisor's */
} commands[] = {
	{ "status", 0, 0, "", do_status, false },
	{ "calls", 0, 0, "", do_calls, false },
	{ "watch", 0, 1, "[CALL]", do_watch, false },
	{ "show", 1, 1, "CALL", do_show, false },
	{ "requests", 0, 0, "", do_requests, false },
	{ "restart", 1, 2, "[CALL] STAGE", do_restart, false },
	{ "swap", 3, 3, "CALL STAGE 'COMMAND'", do_swap, false },
	{ "agent", 2, 2, "CALL NAME", do_agent, false },
	{ "inject", 2, 2, "CALL EVENT", do_inject, false },
	{ "end", 1, 1, "CALL", do_end, false },
	{ "log", 1, 1, "LEVEL", do_log, false },
	{ "reload", 0, 0, "", do_reload, false },
	{ "drain", 0, 1, "[SECONDS]", do_drain, false },
	{ "messages", 0, 0, "", do_messages, true },
	{ "forget", 1, 1, "NUMBER", do_forget, true },
	{ "export", 1, 1, "NUMBER", do_export, true },
	{ "tool", 1, 3, "list, or tool run NAME [ARGUMENTS]", do_tool, true },
	{ "mcp", 1, 2, "list, mcp ping NAME, or mcp inspect NAME", do_mcp, true },
};

int main(int argc, char **argv)
{
	char **words;
	int n = 0;

	log_open("rd-ctl", NULL);
	words = read_options(argc, argv);
	while (words[n + 1])
		n++;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		const struct command *c = &commands[i];

		if (strcmp(c->name, words[0]) != 0)
			continue;
		if (n < c->least || n > c->most)
			log_die(100, "expected: rd-ctl %s %s", c->name, c->arguments);
		if (c->of_memory)
			return c->run(words + 1), 0;
		connect_control();
		c->run(words + 1);
		control_close(&control);
		return 0;
	}
	log_die(100, "%s: no such command (rd-ctl -h)", words[0]);
}
