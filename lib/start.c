#include "start.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "conf.h"
#include "json.h"
#include "line.h"
#include "log.h"
#include "paths.h"
#include "sandbox.h"

static struct {
	const char *file, *trace;
	bool check, help, version;
} given;

static const struct option_row everybody[] = {
	{ "config", 'c', OPTION_TEXT, &given.file, .argument = "FILE", .help = "configuration" },
	{ "trace", 'T', OPTION_TEXT, &given.trace, .argument = "WORDS", .help = "trace frame,json,timer,turn" },
	{ "check", 't', OPTION_FLAG, &given.check, .help = "check, print what is in effect, touch nothing" },
	{ "help", 'h', OPTION_FLAG, &given.help, .help = "this text" },
	{ "version", 'V', OPTION_FLAG, &given.version, .help = "the version" },
};
#define EVERYBODY (sizeof everybody / sizeof *everybody)

static struct option_row *join(const struct start_program *p, size_t *n)
{
	struct option_row *rows = calloc(p->own_count + p->kind_count + EVERYBODY, sizeof *rows);

	if (!rows)
		log_die(111, "cannot read the options: %s", strerror(errno));
	if (p->own_count)
		memcpy(rows, p->own, p->own_count * sizeof *rows);
	if (p->kind_count)
		memcpy(rows + p->own_count, p->kind, p->kind_count * sizeof *rows);
	memcpy(rows + p->own_count + p->kind_count, everybody, sizeof everybody);
	*n = p->own_count + p->kind_count + EVERYBODY;
	return rows;
}

void start_options(const struct start_program *p, int argc, char **argv)
{
	size_t n;
	struct option_row *rows = join(p, &n);
	char error[512];
	int first;

	log_open(p->name, NULL);
	first = options_read(rows, n, argc, argv, error, sizeof error);
	if (first < 0)
		log_die(100, "%s", error);
	if (first < argc)
		log_die(100, "%s: no operand expected", argv[first]);
	if (given.help)
		options_help(rows, n, p->name, p->synopsis, p->purpose, stdout);
	if (given.version)
		printf("%s %s\n", p->name, RD_VERSION);
	if (given.help || given.version)
		exit(0);
	if (given.trace && trace_open(given.trace) < 0)
		log_die(100, "-T %s: frame, json, timer, turn with commas between them expected", given.trace);
	free(rows);
}

struct conf *start_read(void)
{
	char path[PATHS_MAX_BYTES], error[4096];
	int found = paths_configuration(given.file, path, sizeof path);
	struct conf *conf;

	if (found < 0)
		log_die(100, "cannot find the configuration: %s", strerror(errno));
	conf = conf_open(found ? path : NULL, error, sizeof error);
	if (!conf || conf_environment(conf, error, sizeof error) < 0) {
		log_lines(error);
		exit(100);
	}
	(void)malloc_trim(0); /* what reading took is half of a small program's memory */
	return conf;
}

void start_configuration(const struct start_program *p, struct conf *conf, const char **agent, bool *check)
{
	char error[4096];

	if (!*agent)
		*agent = conf_text(conf, "general", NULL, "default-agent");
	if (!conf_has(conf, "agent", *agent))
		log_die(100, "agent \"%s\": no such section in %s", *agent,
			conf_file(conf) ? conf_file(conf) : "the defaults");
	if (options_apply(p->own, p->own_count, conf, *agent, error, sizeof error) < 0)
		log_die(100, "%s", error);
	(void)log_limit_name(conf_text(conf, "general", NULL, "log-level")); /* checked by the schema */
	*check = given.check;
	if (given.check)
		(void)conf_print(conf, stdout); /* a reader that has gone needs no more */
}

void start_sandbox(unsigned needs)
{
	if (sandbox_enter(needs) == 0)
		return;
	if (errno != ENOSYS)
		log_die(111, "cannot enter the sandbox: %s", strerror(errno));
	log_warn("this kernel has no seccomp, going on without a sandbox");
}

static void take_message(struct start_line *l, char *buf, size_t n, int fd)
{
	char *newline = memchr(buf, '\n', n);
	size_t head = newline ? (size_t)(newline - buf) : n;
	struct cJSON *message = json_parse(buf, head);
	const char *what = json_text(message, "do");

	if (what && strcmp(what, "log") == 0) {
		const char *level = json_text(message, "level");

		if (!level || log_limit_name(level) < 0)
			log_warn("the supervisor names an unknown log level");
	} else if (what && strcmp(what, "ping") == 0) {
		(void)start_line_send(l, "{\"do\":\"pong\"}", NULL, 0, -1); /* lost: there is another ping */
	} else if (message && l->on_message) {
		l->on_message(l->ctx, message, newline ? newline + 1 : buf + n, newline ? n - head - 1 : 0, fd);
		fd = -1;
	}
	if (fd >= 0)
		close(fd);
	cJSON_Delete(message);
}

static void on_line(void *ctx, uint32_t events)
{
	struct start_line *l = ctx;
	char *buf = malloc(LINE_MAX_BYTES + 1); /* for so long: words come seldom, and it would keep a page */
	ssize_t n;
	int fd;

	(void)events;
	if (!buf)
		log_die(111, "cannot read the line from the supervisor: %s", strerror(errno));
	while ((n = line_receive(LINE_FD, buf, &fd)) > 0)
		take_message(l, buf, (size_t)n, fd);
	free(buf);
	if (n == 0) {
		loop_unwatch(l->loop, &l->watch);
		l->on_gone(l->ctx);
	}
}

void start_line_open(struct start_line *l, struct loop *loop)
{
	l->loop = loop;
	l->watch = (struct watch){ .name = "line", .on = on_line, .ctx = l };
	if (!line_is(LINE_FD))
		return;
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* and end of file on fd 3 for one whose supervisor died before this */
	if (fcntl(LINE_FD, F_SETFD, FD_CLOEXEC) < 0 || loop_watch(loop, &l->watch, LINE_FD, EPOLLIN) < 0)
		log_die(111, "cannot watch the line to the supervisor: %s", strerror(errno));
}

int start_line_send(const struct start_line *l, const char *json, const void *bytes, size_t n, int pass)
{
	if (!l->watch.watched)
		return errno = ENOTCONN, -1;
	return line_send(LINE_FD, json, bytes, n, pass);
}
