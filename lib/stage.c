#include "stage.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"
#include "conf.h"
#include "heap.h"
#include "log.h"
#include "pages.h"
#include "paths.h"
#include "sandbox.h"
#include "stage_back.h"
#include "stage_rules.h"
#include "template.h"
#include "title.h"

#define FLUSH_US (2 * SECOND)

/* What every stage takes, beyond what everybody does. */
static struct {
	const char *agent, *call, *dir, *origin;
	long life;
	bool text, template;
} given;

static const struct option_row of_stages[] = {
	{ "agent", 'a', OPTION_TEXT, &given.agent, .argument = "AGENT",
	  .help = "whose part of the configuration counts" },
	{ "call", 0, OPTION_TEXT, &given.call, .argument = "ID", .help = "the call" },
	{ "dir", 0, OPTION_TEXT, &given.dir, .argument = "FOLDER", .help = "the call's folder" },
	{ "origin", 0, OPTION_TEXT, &given.origin, .argument = "N[,N]",
	  .help = "its place in the ring, then places it takes over" },
	{ "life", 0, OPTION_NUMBER, &given.life, 0, 255, "N", .help = "how often that place was started before" },
	{ "text", 0, OPTION_FLAG, &given.text, .help = "write frames as lines" },
	{ "template", 0, OPTION_FLAG, &given.template, .help = "for ringdown: wait to be forked for each call" },
};

static void on_input(void *ctx, uint32_t events);

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
			log_die(100, "--origin %s: places from 1 to 126 with commas between them expected",
				given.origin);
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

static void on_message(void *ctx, const struct cJSON *message, const void *bytes, size_t n, int fd)
{
	struct stage *s = ctx;

	if (s->program->on_line)
		s->program->on_line(s, message, bytes, n, fd);
	else if (fd >= 0)
		close(fd);
}

static void on_gone(void *ctx)
{
	finish(ctx);
}

static void watch_input(struct stage *s)
{
	if (loop_watch(&s->loop, &s->in_watch, 0, EPOLLIN) == 0)
		return;
	log_error("cannot watch the input: %s", strerror(errno));
	stage_end(s, 111);
}

static void on_output(void *ctx, uint32_t events)
{
	struct stage *s = ctx;

	(void)events;
	if (writer_flush(&s->out) < 0) {
		stage_rules_lost(s);
		return;
	}
	if (writer_waiting(&s->out))
		return;
	loop_unwatch(&s->loop, &s->out_watch);
	if (s->ending) {
		if (!stage_back_waiting(s))
			loop_stop(&s->loop);
	} else if (s->paused) {
		s->paused = false;
		on_input(s, 0); /* what it has read already makes no descriptor readable */
		if (!s->paused && !s->in_over)
			watch_input(s);
	}
}

static void on_flush_over(void *ctx)
{
	struct stage *s = ctx;

	log_warn("output not taken in time, dropped frames=%u", s->out.queue.depth + s->back.out.queue.depth);
	loop_stop(&s->loop);
}

static void open_descriptors(struct stage *s)
{
	s->in_watch = (struct watch){ .name = "input", .on = on_input, .ctx = s };
	s->out_watch = (struct watch){ .name = "output", .on = on_output, .ctx = s };
	s->line = (struct start_line){ .ctx = s, .on_message = on_message, .on_gone = on_gone };
	s->hello_timer = (struct timer){ .name = "hello", .on = stage_rules_gathered, .ctx = s };
	s->stats_timer = (struct timer){ .name = "stats", .on = stage_rules_stats, .ctx = s };
	s->end_timer = (struct timer){ .name = "end", .on = on_flush_over, .ctx = s };
	if (loop_open(&s->loop) < 0)
		log_die(111, "cannot open the loop: %s", strerror(errno));
	if (reader_open(&s->in, 0) < 0 || writer_open(&s->out, 1, given.text) < 0)
		log_die(111, "cannot open the input or output: %s", strerror(errno));
	if (s->in_ring)
		start_line_open(&s->line, &s->loop);
	if (loop_signal(&s->loop, SIGPIPE, NULL, NULL) < 0 || loop_signal(&s->loop, SIGTERM, on_signal, s) < 0 ||
	    loop_signal(&s->loop, SIGUSR1, on_signal, s) < 0 ||
	    (!s->in_ring && loop_signal(&s->loop, SIGINT, on_signal, s) < 0))
		log_die(111, "cannot take signals: %s", strerror(errno));
}

/* Begins as far as all calls have it in common; returns in forks, with their options read. */
static void warm_up(struct stage *s, const struct start_program *start, int argc, char **argv)
{
	argv = title_open(argc, argv);
	if (!argv)
		log_die(111, "cannot begin: %s", strerror(errno));
	start_options(start, argc, argv);
	sandbox_warm();
	s->conf = start_read();
	heap_settle(); /* so that what forks write to lies together, not in the configuration's holes */
	if (s->program->on_warm)
		s->program->on_warm(s->conf);
	heap_settle();
	argv = template_serve(&argc);
	start_options(start, argc, argv);
}

void stage_open(struct stage *s, const struct stage_program *program, void *self, int argc, char **argv)
{
	struct start_program start = { program->name,
				       program->synopsis,
				       program->purpose,
				       of_stages,
				       sizeof of_stages / sizeof *of_stages,
				       program->options,
				       program->option_count };
	bool check;

	heap_lean();
	*s = (struct stage){ .program = program, .self = self };
	start_options(&start, argc, argv);
	if (given.template)
		warm_up(s, &start, argc, argv);
	s->rules = calloc(1, sizeof *s->rules);
	if (!s->rules)
		log_die(111, "cannot begin: no memory");
	if (given.call && !paths_call_id(given.call))
		log_die(100, "--call %s: two capitals and 32 hex digits expected", given.call);
	log_open(program->name, given.call);
	s->agent = given.agent;
	if (!s->conf)
		s->conf = start_read();
	start_configuration(&start, s->conf, &s->agent, &check);
	if (check && program->on_check)
		program->on_check(s);
	if (check)
		exit(0);
	read_origin(s);
	s->life = (uint8_t)given.life;
	s->call = given.call;
	s->dir = given.dir;
	open_descriptors(s);
}

static void on_input_over(struct stage *s, int why)
{
	s->in_over = true;
	loop_unwatch(&s->loop, &s->in_watch);
	if (why == EBADMSG) {
		log_error("%s at %s %llu", s->in.why, s->in.form == READER_LINES ? "line" : "byte",
			  (unsigned long long)s->in.offset);
		stage_end(s, 100);
	} else if (why) {
		log_error("cannot read a frame: %s", strerror(why));
		stage_end(s, 111);
	} else if (s->in_ring || !s->program->source) {
		finish(s);
	}
}

static void on_input(void *ctx, uint32_t events)
{
	struct stage *s = ctx;
	struct frame f;
	int got = 0;

	(void)events;
	/* a byte stream is read until nothing is left: what the reader holds makes no descriptor readable */
	for (int n = 0; !s->ended && !s->paused && (n < STAGE_INPUT_MOST || s->in.form != READER_PACKETS); n++) {
		got = reader_next(&s->in, &f);
		if (got <= 0)
			break;
		stage_rules_frame(s, &f);
	}
	if (s->in.bad && !s->said_bad) {
		log_warn("dropped a message that is no frame; more are counted (SIGUSR1)");
		s->said_bad = true;
	}
	if (got < 0)
		on_input_over(s, errno);
}

int stage_run(struct stage *s)
{
	watch_input(s);
	pages_drop_stack();
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
	if (!writer_waiting(&s->out) && !stage_back_waiting(s))
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
	stage_back_close(s);
	writer_close(&s->out);
	reader_close(&s->in);
	loop_close(&s->loop);
	conf_close(s->conf);
	s->conf = NULL;
}

int stage_line_send(struct stage *s, const char *json, int pass)
{
	return start_line_send(&s->line, json, NULL, 0, pass);
}
