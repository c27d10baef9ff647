#include "publisher.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "log.h"

#define AROUND_BYTES 256 /* of a line, beside the event */

static int count(const struct publisher *p)
{
	int n = 0;

	for (int i = 0; i < PUBLISHER_CLIENTS; i++)
		n += p->clients[i].lines.fd > 0;
	return n;
}

static void let_go(struct publisher_client *c)
{
	struct publisher *p = c->publisher;

	lines_close(&c->lines);
	if (p->refused == 0 || count(p) > PUBLISHER_CLIENTS / 2) /* not each time that one place was free */
		return;
	log_info("room for listeners again refused=%u", p->refused);
	p->refused = 0;
}

static void on_client_end(struct lines *l, const char *why)
{
	struct publisher_client *c = (struct publisher_client *)((char *)l - offsetof(struct publisher_client, lines));

	if (errno == EMSGSIZE)
		log_warn("a listener is let go: %s", why);
	else
		log_debug("a listener is gone why=\"%s\"", why);
	let_go(c);
}

static void on_client_line(struct lines *l, char *line, size_t n)
{
	struct publisher_client *c = (struct publisher_client *)((char *)l - offsetof(struct publisher_client, lines));

	c->publisher->on_line(c->publisher->ctx, l, line, n);
}

static void send_to(struct publisher_client *c, const char *line, size_t n)
{
	if (lines_send(&c->lines, line, n) == 0)
		return;
	if (errno == ENOBUFS)
		log_warn("a listener does not read and is let go");
	else
		log_debug("a listener is gone why=\"%s\"", strerror(errno));
	let_go(c);
}

/* --- what a listener is told first */

static void forget_early(struct publisher *p)
{
	while (p->early_count)
		free(p->early[--p->early_count]);
	p->early_over = true;
}

static void keep_early(struct publisher *p, const char *line, size_t n)
{
	if (p->early_over)
		return;
	p->early_bytes += n;
	if (p->early_count == PUBLISHER_EARLY || p->early_bytes > PUBLISHER_EARLY_BYTES ||
	    !(p->early[p->early_count] = strdup(line)))
		forget_early(p);
	else
		p->early_count++;
}

/* Who listens before much was said has missed nothing; later, what holds. */
static void tell_first(struct publisher *p, struct publisher_client *c)
{
	if (!p->early_over) {
		for (int i = 0; i < p->early_count && c->lines.fd > 0; i++)
			send_to(c, p->early[i], strlen(p->early[i]));
		return;
	}
	for (int i = 0; i < EVENT_TYPES && c->lines.fd > 0; i++)
		if (p->held[i])
			send_to(c, p->held[i], strlen(p->held[i]));
}

static void on_come(void *ctx, int fd, const struct sockaddr *peer)
{
	struct publisher *p = ctx;
	struct publisher_client *c = p->clients;

	(void)peer;
	while (c < p->clients + PUBLISHER_CLIENTS && c->lines.fd > 0)
		c++;
	if (c == p->clients + PUBLISHER_CLIENTS) {
		if (p->refused++ == 0)
			log_warn("listeners are refused, %d are there", PUBLISHER_CLIENTS);
		close(fd);
		return;
	}
	c->publisher = p;
	c->lines = (struct lines){ .on_line = on_client_line, .on_end = on_client_end };
	if (lines_open(&c->lines, p->loop, fd) == 0)
		tell_first(p, c);
}

static void on_full(void *ctx, int error)
{
	(void)ctx;
	if (error)
		log_error("cannot accept listeners: %s: they wait", strerror(error));
	else
		log_info("accepting listeners again");
}

int publisher_open(struct publisher *p, struct loop *loop, const char *path, const char *call,
		   void (*on_line)(void *ctx, struct lines *l, const char *line, size_t n), void *ctx)
{
	*p = (struct publisher){ .loop = loop, .call = call, .ctx = ctx, .on_line = on_line };
	p->acceptor = (struct acceptor){ .on_come = on_come, .on_full = on_full, .ctx = p };
	p->fd = lines_listen(path, 0600);
	return p->fd < 0 ? -1 : acceptor_open(&p->acceptor, loop, p->fd);
}

/* Lists are long, come in parts, and are for the brain: a watcher can see them go by. */
static bool is_list(enum event_type type)
{
	return type == EVENT_TOOLS_LIST || type == EVENT_CONTEXT;
}

/* Who has the call was said when this ring's monitor began, before anybody could listen. */
static bool is_held(enum event_type type)
{
	const struct event_info *info = event_info(type);

	if (type == EVENT_AGENT_SWITCHED)
		return true;
	return info && info->again == AGAIN_S && !is_list(type);
}

static void hold(struct publisher *p, enum event_type type, const char *line)
{
	free(p->held[type]);
	p->held[type] = strdup(line);
}

/* The event as it came, in a line of its own: numbers keep their digits, but blanks between words are one line's. */
static size_t make_line(const struct publisher *p, const struct frame *f, char *line, size_t size)
{
	size_t n = (size_t)snprintf(line, size, "{\"call\":\"%s\",\"at_us\":%llu,\"from\":\"%u.%u\",\"event\":",
				    p->call ? p->call : "", (unsigned long long)f->birth_us, f->origin, f->life);

	for (size_t i = 0; i < f->length; i++)
		line[n++] = f->payload[i] < 0x20 ? ' ' : (char)f->payload[i];
	line[n++] = '}';
	line[n] = 0;
	return n;
}

void publisher_say(struct publisher *p, const struct frame *f)
{
	char name[64] = "", *line;
	enum event_type type;
	struct cJSON *event;
	size_t n;

	(void)event_peek(f->payload, f->length, name, sizeof name);
	type = event_find(name);
	if (!is_held(type) && count(p) == 0 && p->early_over)
		return;
	event = json_parse(f->payload, f->length);
	if (!event)
		return;
	cJSON_Delete(event);
	line = malloc(f->length + AROUND_BYTES);
	if (!line)
		return;
	n = make_line(p, f, line, f->length + AROUND_BYTES);
	if (is_held(type))
		hold(p, type, line);
	if (!is_list(type))
		keep_early(p, line, n);
	for (int i = 0; i < PUBLISHER_CLIENTS; i++)
		if (p->clients[i].lines.fd > 0)
			send_to(&p->clients[i], line, n);
	free(line);
}

void publisher_close(struct publisher *p)
{
	for (int i = 0; i < PUBLISHER_CLIENTS; i++)
		if (p->clients[i].lines.fd > 0)
			lines_close(&p->clients[i].lines);
	for (int i = 0; i < EVENT_TYPES; i++)
		free(p->held[i]);
	forget_early(p);
	acceptor_close(&p->acceptor);
	if (p->loop && p->fd >= 0)
		close(p->fd);
	*p = (struct publisher){ 0 };
}
