#include "service.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "heap.h"
#include "log.h"
#include "pages.h"

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

static void on_gone(void *ctx)
{
	finish(ctx);
}

static void on_message(void *ctx, const struct cJSON *message, const void *bytes, size_t n, int fd)
{
	struct service *s = ctx;

	if (s->program->on_line)
		s->program->on_line(s, message, bytes, n, fd);
	else if (fd >= 0)
		close(fd);
}

void service_open(struct service *s, const struct service_program *program, void *self, int argc, char **argv)
{
	struct start_program start = { program->name,	 program->synopsis,    program->purpose, NULL, 0,
				       program->options, program->option_count };
	const char *agent = NULL;
	bool check;

	heap_lean();
	*s = (struct service){ .program = program, .self = self };
	start_options(&start, argc, argv);
	s->conf = start_read();
	start_configuration(&start, s->conf, &agent, &check);
	if (check && program->on_check)
		program->on_check(s);
	if (check)
		exit(0);
	s->line = (struct start_line){ .ctx = s, .on_message = on_message, .on_gone = on_gone };
	if (loop_open(&s->loop) < 0)
		log_die(111, "cannot open the loop: %s", strerror(errno));
	start_line_open(&s->line, &s->loop);
	if (loop_signal(&s->loop, SIGPIPE, NULL, NULL) < 0 || loop_signal(&s->loop, SIGTERM, on_signal, s) < 0 ||
	    loop_signal(&s->loop, SIGINT, on_signal, s) < 0)
		log_die(111, "cannot take signals: %s", strerror(errno));
}

int service_ready(struct service *s)
{
	int sent = service_line_send(s, NULL, NULL, 0, -1);

	/* a supervisor that has gone meanwhile ends us by the end of its line */
	return sent < 0 && (errno == ENOTCONN || errno == EPIPE) ? 0 : sent;
}

int service_run(struct service *s)
{
	pages_drop_files();
	pages_drop_stack();
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
	return start_line_send(&s->line, json, bytes, n, pass);
}
