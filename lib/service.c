#include "service.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
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

static struct {
	const char *file, *trace;
	bool check, help, version;
} given;

static const struct option_row common[] = {
	{ "config", 'c', OPTION_TEXT, &given.file, .argument = "FILE", .help = "configuration" },
	{ "trace", 'T', OPTION_TEXT, &given.trace, .argument = "WORDS", .help = "trace frame,json,timer,turn" },
	{ "check", 't', OPTION_FLAG, &given.check, .help = "check, print what is in effect, touch nothing" },
	{ "help", 'h', OPTION_FLAG, &given.help, .help = "this text" },
	{ "version", 'V', OPTION_FLAG, &given.version, .help = "the version" },
};
#define COMMON (sizeof common / sizeof common[0])

static void read_options(const struct service_program *p, int argc, char **argv)
{
	size_t n = COMMON + p->option_count;
	struct option_row *rows = calloc(n, sizeof *rows);
	char error[512];
	int first;

	if (!rows)
		log_die(111, "cannot read the options: %s", strerror(errno));
	memcpy(rows, common, sizeof common);
	if (p->option_count)
		memcpy(rows + COMMON, p->options, p->option_count * sizeof *rows);
	first = options_read(rows, n, argc, argv, error, sizeof error);
	if (first < 0)
		log_die(100, "%s", error);
	if (first < argc)
		log_die(100, "%s: no operand expected", argv[first]);
	if (given.help) {
		options_help(rows, n, p->name, p->synopsis, p->purpose, stdout);
		exit(0);
	}
	if (given.version) {
		printf("%s %s\n", p->name, RD_VERSION);
		exit(0);
	}
	free(rows);
}

static void read_configuration(struct service *s)
{
	char path[PATHS_MAX_BYTES], error[4096];
	int found = paths_configuration(given.file, path, sizeof path);

	if (found < 0)
		log_die(100, "cannot find the configuration: %s", strerror(errno));
	s->conf = conf_open(found ? path : NULL, error, sizeof error);
	if (!s->conf)
		log_die(100, "%s", error);
	if (conf_environment(s->conf, error, sizeof error) < 0 ||
	    options_apply(s->program->options, s->program->option_count, s->conf,
			  conf_text(s->conf, "general", NULL, "default-agent"), error, sizeof error) < 0)
		log_die(100, "%s", error);
	(void)log_limit_name(conf_text(s->conf, "general", NULL, "log-level")); /* checked by the schema */
}

static void finish(struct service *s)
{
	if (s->program->on_end)
		s->program->on_end(s);
	else
		service_end(s, 0);
}

static void on_signal(void *ctx, int signo)
{
	(void)signo;
	finish(ctx);
}

static void line_message(struct service *s, char *buf, size_t n, int fd)
{
	char *newline = memchr(buf, '\n', n);
	size_t head = newline ? (size_t)(newline - buf) : n;
	struct cJSON *message = json_parse(buf, head);
	const char *what = json_text(message, "do");

	if (what && strcmp(what, "log") == 0) {
		const char *level = json_text(message, "level");

		if (!level || log_limit_name(level) < 0)
			log_warn("log level from the supervisor unknown");
	} else if (message && s->program->on_line) {
		s->program->on_line(s, message, newline ? newline + 1 : buf + n, newline ? n - head - 1 : 0, fd);
		fd = -1;
	}
	if (fd >= 0)
		close(fd);
	cJSON_Delete(message);
}

static void on_line(void *ctx, uint32_t events)
{
	static char buf[LINE_MAX_BYTES + 1];
	struct service *s = ctx;
	ssize_t n;
	int fd;

	(void)events;
	while ((n = line_receive(LINE_FD, buf, &fd)) > 0)
		line_message(s, buf, (size_t)n, fd);
	if (n == 0) {
		loop_unwatch(&s->loop, &s->line_watch);
		s->has_line = false;
		finish(s);
	}
}

void service_open(struct service *s, const struct service_program *program, void *self, int argc, char **argv)
{
	*s = (struct service){ .program = program, .self = self };
	log_open(program->name, NULL);
	read_options(program, argc, argv);
	if (given.trace && trace_open(given.trace) < 0)
		log_die(100, "-T %s: frame, json, timer, turn with commas between them expected", given.trace);
	read_configuration(s);
	if (given.check) {
		(void)conf_print(s->conf, stdout);
		if (program->on_check)
			program->on_check(s);
		exit(0);
	}
	s->line_watch = (struct watch){ .name = "line", .on = on_line, .ctx = s };
	s->has_line = line_is(LINE_FD);
	if (s->has_line)
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* and EOF on fd 3 for one who died before this */
	if (loop_open(&s->loop) < 0)
		log_die(111, "cannot open the loop: %s", strerror(errno));
	if (s->has_line && (fcntl(LINE_FD, F_SETFD, FD_CLOEXEC) < 0 ||
			    loop_watch(&s->loop, &s->line_watch, LINE_FD, EPOLLIN) < 0))
		log_die(111, "cannot watch the line to the supervisor: %s", strerror(errno));
	if (loop_signal(&s->loop, SIGPIPE, NULL, NULL) < 0 || loop_signal(&s->loop, SIGTERM, on_signal, s) < 0 ||
	    loop_signal(&s->loop, SIGINT, on_signal, s) < 0)
		log_die(111, "cannot take signals: %s", strerror(errno));
}

int service_ready(struct service *s)
{
	return service_line_send(s, NULL, NULL, 0, -1);
}

int service_run(struct service *s)
{
	if (loop_run(&s->loop) < 0) {
		log_error("loop failed: %s", strerror(errno));
		return 111;
	}
	return s->status;
}

void service_end(struct service *s, int status)
{
	if (s->status == 0)
		s->status = status;
	loop_stop(&s->loop);
}

void service_close(struct service *s)
{
	loop_close(&s->loop);
	conf_close(s->conf);
	s->conf = NULL;
}

int service_line_send(struct service *s, const char *json, const void *bytes, size_t n, int pass)
{
	return s->has_line ? line_send(LINE_FD, json, bytes, n, pass) : 0;
}
