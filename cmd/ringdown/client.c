#include "client.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "feed.h"
#include "json.h"
#include "log.h"
#include "super.h"
#include "watch.h"

#define CLIENTS_MAX 32

static void count_down(struct control *control)
{
	if (--control->count > CLIENTS_MAX / 2 || !control->dropped)
		return;
	log_info("fewer clients at the control socket dropped=%u", control->dropped);
	control->dropped = 0;
}

/* Frees a client that is in the list no more. */
static void release(struct client *c)
{
	count_down(c->control);
	if (c->injection)
		feed_close(c->injection);
	lines_close(&c->lines);
	watch_close_feeds(c->control, NULL);
	free(c);
}

static void drop(struct client *c)
{
	struct client **p = &c->control->clients;

	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	release(c);
}

static void on_sweep(void *ctx)
{
	struct control *control = ctx;
	struct client *next;

	for (struct client *c = control->clients; c; c = next) {
		next = c->next;
		if (c->injection && c->waits != WAITS_FOR_MONITOR) {
			feed_close(c->injection);
			c->injection = NULL;
		}
		if (c->leaving)
			drop(c);
	}
}

void client_sweep(struct control *control)
{
	timer_after(&control->super->loop, &control->sweep, 0);
}

void client_send(struct client *c, const char *text, size_t n)
{
	if (c->leaving || lines_send(&c->lines, text, n) == 0)
		return;
	if (errno == ENOBUFS)
		log_warn("an operator's client is dropped: it does not read");
	c->leaving = true;
	client_sweep(c->control);
}

void client_answer(struct client *c, struct cJSON *object)
{
	char *text = json_print(object);

	if (text)
		client_send(c, text, strlen(text));
	free(text);
}

void client_answer_ok(struct client *c, double id)
{
	client_answer(c, json_make("id:f ok:b", id, 1));
}

void client_answer_error(struct client *c, double id, const char *error)
{
	client_answer(c, json_make("id:f ok:b error:s", id, 0, error));
}

double client_id(const struct cJSON *request)
{
	return json_number(request, "id", 0);
}

double client_awaited(struct client *c)
{
	c->waits = WAITS_FOR_NOTHING;
	if (c->injection)
		client_sweep(c->control);
	return c->asked_id;
}

void client_await(struct client *c, const struct cJSON *request, enum client_wait what)
{
	if (c->waits)
		client_answer_error(c, client_awaited(c), "another request came before the answer to this one");
	c->waits = what;
	c->asked_id = client_id(request);
}

static struct client *client_of(struct lines *l)
{
	return (struct client *)((char *)l - offsetof(struct client, lines));
}

static void on_request(struct lines *l, char *line, size_t n)
{
	struct cJSON *request = json_parse(line, n);

	control_request(client_of(l), request);
	cJSON_Delete(request);
}

static void on_client_end(struct lines *l, const char *why)
{
	struct client *c = client_of(l);

	if (errno == EMSGSIZE) {
		log_warn("an operator's client is dropped: %s", why);
		client_answer_error(c, 0, "a line of at most 64 KiB is expected");
	} else {
		log_debug("an operator's client is gone why=\"%s\"", why);
	}
	drop(c);
}

/* The one that has been there longest; who watches does so for long, and is not idle. NULL: all watch. */
static struct client *oldest_idle(const struct control *control)
{
	struct client *oldest = NULL;

	for (struct client *c = control->clients; c; c = c->next) /* the newest is the first */
		if (!c->watching)
			oldest = c;
	return oldest;
}

/* Too many, who perhaps only stay: they must not keep the operator out. false: nobody can go. */
static bool make_room(struct control *control)
{
	struct client *oldest = oldest_idle(control);

	if (control->dropped++ == 0)
		log_warn("too many clients at the control socket: %s",
			 oldest ? "the oldest idle ones are dropped" : "all watch, new ones are refused");
	if (oldest)
		drop(oldest);
	return oldest;
}

static void on_come(void *ctx, int fd, const struct sockaddr *peer)
{
	struct control *control = ctx;
	struct client *c = control->count < CLIENTS_MAX || make_room(control) ? calloc(1, sizeof *c) : NULL;

	(void)peer;
	if (!c) {
		close(fd);
		return;
	}
	c->control = control;
	c->number = ++control->numbers;
	c->lines = (struct lines){ .on_line = on_request, .on_end = on_client_end };
	if (lines_open(&c->lines, &control->super->loop, fd) < 0) {
		free(c);
		return;
	}
	control->count++;
	c->next = control->clients;
	control->clients = c;
}

static void on_full(void *ctx, int error)
{
	(void)ctx;
	if (error)
		log_error("cannot accept operators: %s: they wait", strerror(error));
	else
		log_info("accepting operators again");
}

struct control *control_open(struct super *s, char *error, size_t size)
{
	struct control *c = calloc(1, sizeof *c);

	if (!c) {
		snprintf(error, size, "cannot listen: %s", strerror(errno));
		return NULL;
	}
	c->super = s;
	c->acceptor = (struct acceptor){ .on_come = on_come, .on_full = on_full, .ctx = c };
	c->sweep = (struct timer){ .name = "sweep", .on = on_sweep, .ctx = c };
	c->fd = paths_format(c->path, sizeof c->path, "%s/control", s->runtime) < 0 ? -1 : lines_listen(c->path, 0660);
	if (c->fd < 0 || acceptor_open(&c->acceptor, &s->loop, c->fd) < 0) {
		snprintf(error, size, "cannot listen on %s: %s", c->path, strerror(errno));
		if (c->fd >= 0)
			close(c->fd);
		free(c);
		return NULL;
	}
	return c;
}

void control_close(struct control *c)
{
	if (!c)
		return;
	while (c->clients) {
		struct client *first = c->clients;

		c->clients = first->next;
		release(first);
	}
	timer_stop(&c->super->loop, &c->sweep);
	acceptor_close(&c->acceptor);
	close(c->fd);
	(void)unlink(c->path);
	free(c);
}
