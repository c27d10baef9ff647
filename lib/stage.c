#include "stage.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "clock.h"
#include "conf.h"
#include "json.h"
#include "line.h"
#include "log.h"
#include "paths.h"
#include "stage_rules.h"

#define FLUSH_US (2 * SECOND)

/* What every stage takes; the program's own rows come behind. */
static struct {
	const char *file, *agent, *call, *dir, *origin, *trace;
	long life;
	bool text, check, help, version;
} given;

static const struct option_row common[] = {
	{ "config", 'c', OPTION_TEXT, &given.file, .argument = "FILE", .help = "configuration" },
	{ "agent", 'a', OPTION_TEXT, &given.agent, .argument = "AGENT", .help = "whose part of it counts" },
	{ "call", 0, OPTION_TEXT, &given.call, .argument = "ID", .help = "the call" },
	{ "dir", 0, OPTION_TEXT, &given.dir, .argument = "FOLDER", .help = "the call's folder" },
	{ "origin", 0, OPTION_TEXT, &given.origin, .argument = "N[,N]",
	  .help = "its place in the ring, then places it takes over" },
	{ "life", 0, OPTION_NUMBER, &given.life, 0, 255, "N", .help = "how often that place was started before" },
	{ "text", 0, OPTION_FLAG, &given.text, .help = "write frames as lines" },
	{ "trace", 'T', OPTION_TEXT, &given.trace, .argument = "WORDS", .help = "trace frame,json,timer,turn" },
	{ "check", 't', OPTION_FLAG, &given.check, .help = "check, print what is in effect, touch nothing" },
	{ "help", 'h', OPTION_FLAG, &given.help, .help = "this text" },
	{ "version", 'V', OPTION_FLAG, &given.version, .help = "the version" },
};
#define COMMON (sizeof common / sizeof common[0])

static void on_input(void *ctx, uint32_t events);

static void read_options(struct stage *s, int argc, char **argv)
{
	const struct stage_program *p = s->program;
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
	if (first >= 0 && first < argc) {
		log_die(100, "%s: no operand expected", argv[first]);
	} else if (first < 0) {
		log_die(100, "%s", error);
	}
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

static void read_configuration(struct stage *s)
{
	char path[PATHS_MAX_BYTES], error[4096];
	int found = paths_configuration(given.file, path, sizeof path);

	if (found < 0)
		log_die(100, "cannot find the configuration: %s", strerror(errno));
	s->conf = conf_open(found ? path : NULL, error, sizeof error);
	if (!s->conf)
		log_die(100, "%s", error);
	if (conf_environment(s->conf, error, sizeof error) < 0)
		log_die(100, "%s", error);
	s->agent = given.agent ? given.agent : conf_text(s->conf, "general", NULL, "default-agent");
	if (!conf_has(s->conf, "agent", s->agent))
		log_die(100, "agent \"%s\": no such section in %s", s->agent, found ? path : "the defaults");
	if (options_apply(s->program->options, s->program->option_count, s->conf, s->agent, error, sizeof error) < 0)
		log_die(100, "%s", error);
	(void)log_limit_name(conf_text(s->conf, "general", NULL, "log-level")); /* checked by the schema */
}

/* "3" or "3,5,6": one's own place, then those whose frames it takes out as well. */
static void read_origin(struct stage *s)
{
	const char *p = given.origin;
	char *end = NULL;

	if (!p) {
		s->origin = (uint8_t)(128 + (getpid() & 127));
		s->rules->taken_out[s->rules->taken_count++] = s->origin;
		return;
	}
	s->in_ring = true;
	do {
		long place = strtol(p, &end, 10);

		if (end == p || place < 1 || place > 126 || s->rules->taken_count == sizeof s->rules->taken_out ||
		    (*end && *end != ','))
			log_die(100, "--origin %s: places from 1 to 126 with commas between them expected", given.origin);
		s->rules->taken_out[s->rules->taken_count++] = (uint8_t)place;
		p = end + 1;
	} while (*end);
	s->origin = s->rules->taken_out[0];
}

static void finish(struct stage *s)
{
	if (s->ending)
		return;
	if (s->program->on_end)
		s->program->on_end(s);
	else
		stage_end(s, 0);
}

static void on_signal(void *ctx, int signo)
{
	if (signo == SIGUSR1)
		stage_rules_log(ctx);
	else
		finish(ctx);
}

static void line_message(struct stage *s, char *buf, size_t n, int fd)
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
	struct stage *s = ctx;
	ssize_t n;
	int fd;

	(void)events;
	while ((n = line_receive(LINE_FD, buf, &fd)) > 0)
		line_message(s, buf, (size_t)n, fd);
	if (n == 0) { /* the supervisor is gone: nobody could end this stage any more */
		loop_unwatch(&s->loop, &s->line_watch);
		finish(s);
	}
}

static void on_output(void *ctx, uint32_t events)
{
	struct stage *s = ctx;

	(void)events;
	if (writer_flush(&s->out) < 0) {
		s->ended = true;
		stage_end(s, errno == EPIPE || errno == ECONNRESET ? 0 : 111);
		loop_stop(&s->loop);
		return;
	}
	if (writer_waiting(&s->out))
		return;
	loop_unwatch(&s->loop, &s->out_watch);
	if (s->ending)
		loop_stop(&s->loop);
	else if (!s->in_watch.watched && !s->in.eof)
		(void)loop_watch(&s->loop, &s->in_watch, 0, EPOLLIN);
}

static void on_flush_over(void *ctx)
{
	struct stage *s = ctx;

	log_warn("output not taken in time, dropped frames=%u", s->out.queue.depth);
	loop_stop(&s->loop);
}

static void open_descriptors(struct stage *s)
{
	s->in_watch = (struct watch){ .name = "input", .on = on_input, .ctx = s };
	s->out_watch = (struct watch){ .name = "output", .on = on_output, .ctx = s };
	s->line_watch = (struct watch){ .name = "line", .on = on_line, .ctx = s };
	s->hello_timer = (struct timer){ .name = "hello", .on = stage_rules_gathered, .ctx = s };
	s->stats_timer = (struct timer){ .name = "stats", .on = stage_rules_stats, .ctx = s };
	s->end_timer = (struct timer){ .name = "end", .on = on_flush_over, .ctx = s };
	if (loop_open(&s->loop) < 0)
		log_die(111, "cannot open the loop: %s", strerror(errno));
	if (reader_open(&s->in, 0) < 0 || writer_open(&s->out, 1, given.text) < 0)
		log_die(111, "cannot open the input or output: %s", strerror(errno));
	if (s->in_ring && line_is(LINE_FD) && (fcntl(LINE_FD, F_SETFD, FD_CLOEXEC) < 0 ||
					       loop_watch(&s->loop, &s->line_watch, LINE_FD, EPOLLIN) < 0))
		log_die(111, "cannot watch the line to the supervisor: %s", strerror(errno));
	if (loop_signal(&s->loop, SIGPIPE, NULL, NULL) < 0 || loop_signal(&s->loop, SIGTERM, on_signal, s) < 0 ||
	    loop_signal(&s->loop, SIGUSR1, on_signal, s) < 0 ||
	    (!s->in_ring && loop_signal(&s->loop, SIGINT, on_signal, s) < 0))
		log_die(111, "cannot take signals: %s", strerror(errno));
}

void stage_open(struct stage *s, const struct stage_program *program, void *self, int argc, char **argv)
{
	*s = (struct stage){ .program = program, .self = self };
	log_open(program->name, NULL);
	s->rules = calloc(1, sizeof *s->rules);
	if (!s->rules)
		log_die(111, "cannot begin: %s", strerror(errno));
	read_options(s, argc, argv);
	if (given.call && !paths_call_id(given.call))
		log_die(100, "--call %s: two capitals and 32 hex digits expected", given.call);
	log_open(program->name, given.call);
	if (given.trace && trace_open(given.trace) < 0)
		log_die(100, "-T %s: frame, json, timer, turn with commas between them expected", given.trace);
	read_configuration(s);
	if (given.check) {
		(void)conf_print(s->conf, stdout);
		if (program->on_check)
			program->on_check(s);
		exit(0);
	}
	read_origin(s);
	s->life = (uint8_t)given.life;
	s->call = given.call;
	s->dir = given.dir;
	s->text = given.text;
	if (s->in_ring)
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* and EOF on fd 3 for one who died before this */
	open_descriptors(s);
}

static void on_input(void *ctx, uint32_t events)
{
	struct stage *s = ctx;
	struct frame f;
	int got;

	(void)events;
	while (!s->ended && (s->in_watch.watched || s->in.form != READER_PACKETS) && (got = reader_next(&s->in, &f)) != 0) {
		if (got > 0) {
			stage_rules_frame(s, &f);
			continue;
		}
		loop_unwatch(&s->loop, &s->in_watch);
		if (errno == EBADMSG) {
			log_error("%s at %s %llu", s->in.why, s->in.form == READER_LINES ? "line" : "byte",
				  (unsigned long long)s->in.offset);
			stage_end(s, 100);
		} else if (errno) {
			log_error("cannot read a frame: %s", strerror(errno));
			stage_end(s, 111);
		} else if (s->in_ring || !s->program->source) {
			finish(s);
		}
		return;
	}
}

int stage_run(struct stage *s)
{
	if (loop_watch(&s->loop, &s->in_watch, 0, EPOLLIN) < 0)
		log_die(111, "cannot watch the input: %s", strerror(errno));
	if (s->in_ring) {
		stage_rules_hello(s);
		timer_after(&s->loop, &s->stats_timer, 5 * SECOND);
	}
	if (loop_run(&s->loop) < 0) {
		log_error("loop failed: %s", strerror(errno));
		return 111;
	}
	return s->status;
}

void stage_end(struct stage *s, int status)
{
	if (s->status == 0)
		s->status = status;
	if (s->ending)
		return;
	s->ending = true;
	if (!writer_waiting(&s->out))
		loop_stop(&s->loop);
	else
		timer_after(&s->loop, &s->end_timer, FLUSH_US);
}

void stage_close(struct stage *s)
{
	if (s->rules)
		receipts_close(&s->rules->receipts);
	free(s->rules);
	s->rules = NULL;
	writer_close(&s->out);
	reader_close(&s->in);
	loop_close(&s->loop);
	conf_close(s->conf);
	s->conf = NULL;
}

int stage_line_send(struct stage *s, const char *json, int pass)
{
	if (!s->line_watch.watched)
		return errno = ENOTCONN, -1;
	return line_send(LINE_FD, json, NULL, 0, pass);
}
