#include "door.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "json.h"
#include "list.h"
#include "log.h"
#include "result.h"

#define ROOM_BYTES ((size_t)128 << 10) /* that a list leaves for others' answers */
#define DATA_BYTES_MAX 8192u	       /* of structured content */

struct door_call {
	struct door_call *next;
	struct door_client *client;
	double id;
	char *tool;
	struct cJSON *arguments;
	struct server_call call;
};

static void client_close(struct door_client *c);

/* Takes it over. False: he does not read, and is gone. */
static bool say(struct door_client *c, struct cJSON *line)
{
	char *text = json_print(line);
	bool said = text && lines_send(&c->lines, text, strlen(text)) == 0;

	free(text);
	return said;
}

static void refuse(struct door_client *c, double id, const char *why)
{
	struct cJSON *line = json_make("id:f ok:b error:s", id, 0, why);

	(void)say(c, line); /* who does not read is closed when he writes */
}

static struct server *find(const struct door *d, const struct cJSON *request)
{
	const char *name = json_text(request, "server");

	for (size_t i = 0; name && i < d->count; i++)
		if (strcmp(d->servers[i].terms.name, name) == 0)
			return &d->servers[i];
	return NULL;
}

/* --- lists */

struct telling {
	struct door_client *client;
	double id;
	unsigned untold;
};

static bool say_tool(void *ctx, struct cJSON *line)
{
	struct telling *t = ctx;

	if (t->client->lines.out_used > LINES_OUT_MAX - ROOM_BYTES) {
		cJSON_Delete(line);
		t->untold++;
		return true;
	}
	cJSON_AddNumberToObject(line, "id", t->id);
	return say(t->client, line);
}

static void do_list(struct door_client *c, const struct cJSON *request, double id)
{
	const struct cJSON *wants = json_array(request, "wants");
	struct telling t = { .client = c, .id = id };
	struct door *d = c->door;

	c->watches |= json_flag(request, "watch", false);
	for (size_t i = 0; i < d->count; i++) {
		struct cJSON *line = list_wants(wants, &d->servers[i]) ? list_server(&d->servers[i], false) : NULL;

		if (!line)
			continue;
		cJSON_AddNumberToObject(line, "id", id);
		(void)say(c, line);
	}
	if (json_flag(request, "tools", true))
		list_tools(d->servers, d->count, wants, NULL, say_tool, &t);
	(void)say(c, json_make("id:f ok:b untold:i", id, 1, (int)t.untold));
	if (!json_flag(request, "quiet", false)) /* the telephone rings */
		for (size_t i = 0; i < d->count; i++)
			if (list_wants(wants, &d->servers[i]))
				server_warm(&d->servers[i]);
}

static void do_inspect(struct door_client *c, const struct cJSON *request, double id)
{
	struct server *s = find(c->door, request);
	struct telling t = { .client = c, .id = id };
	struct cJSON *line = list_server(s, true);

	cJSON_AddNumberToObject(line, "id", id);
	(void)say(c, line);
	list_tools(c->door->servers, c->door->count, NULL, s, say_tool, &t);
	(void)say(c, json_make("id:f ok:b untold:i", id, 1, (int)t.untold));
}

/* --- calls */

static void call_drop(struct door_call *k)
{
	struct door_client *c = k->client;

	for (struct door_call **at = &c->calls; *at; at = &(*at)->next)
		if (*at == k) {
			*at = k->next;
			break;
		}
	c->call_count--;
	cJSON_Delete(k->arguments);
	free(k->tool);
	free(k);
}

static void on_progress(struct server_call *call, const char *text)
{
	struct door_call *k = call->ctx;

	(void)say(k->client, json_make("id:f progress:s", k->id, text));
}

static struct cJSON *data_of(const struct cJSON *result)
{
	const struct cJSON *structured = cJSON_GetObjectItemCaseSensitive(result, "structuredContent");
	char *text = structured ? cJSON_PrintUnformatted(structured) : NULL;
	bool fits = text && strlen(text) <= DATA_BYTES_MAX;

	free(text);
	return fits ? cJSON_Duplicate(structured, true) : NULL;
}

static void on_result(struct server_call *call, const struct server_result *r)
{
	struct door_call *k = call->ctx;
	bool failed = true;
	char *text = r->result ? result_text(r->result, &failed) : NULL;

	(void)say(k->client, json_make("id:f ok:b text:s data:j? outcome:s", k->id, (int)!failed,
				       text	 ? text
				       : r->text ? r->text
						 : "",
				       r->result ? data_of(r->result) : NULL,
				       !failed	? "done"
				       : r->cut ? "unknown"
						: "failed"));
	free(text);
	call_drop(k);
}

static void do_call(struct door_client *c, const struct cJSON *request, double id)
{
	struct server *s = find(c->door, request);
	const char *tool = json_text(request, "tool");
	const struct cJSON *arguments = json_object(request, "arguments");
	long most = (long)s->terms.timeout_s * 1000;
	struct door_call *k = tool && arguments && c->call_count < DOOR_CALLS_MAX ? calloc(1, sizeof *k) : NULL;

	if (!k) {
		refuse(c, id, tool && arguments ? "too many calls at once" : "tool and arguments expected");
		return;
	}
	*k = (struct door_call){ .next = c->calls, .client = c, .id = id, .tool = strdup(tool) };
	k->arguments = cJSON_Duplicate(arguments, true);
	k->call = (struct server_call){ .tool = k->tool,
					.arguments = k->arguments,
					.timeout_ms = (unsigned)json_whole(request, "timeout_ms", most, 100, most),
					.on_progress = on_progress,
					.on_result = on_result,
					.ctx = k };
	c->calls = k;
	c->call_count++;
	if (k->tool && k->arguments) {
		server_call(s, &k->call);
		return;
	}
	call_drop(k);
	refuse(c, id, "no memory");
}

static void do_cancel(struct door_client *c, const struct cJSON *request)
{
	double id = json_number(request, "call", 0);
	const char *why = json_text(request, "why");

	for (struct door_call *k = c->calls; k; k = k->next)
		if (k->id == id) {
			server_cancel(&k->call, why ? why : "no reason given");
			return;
		}
}

/* --- pings */

static void do_ping(struct door_client *c, const struct cJSON *request, double id)
{
	struct server *s = find(c->door, request);

	if (c->ping_count == sizeof c->pings / sizeof *c->pings) {
		refuse(c, id, "too many pings at once");
		return;
	}
	c->pings[c->ping_count] = id;
	c->pinged[c->ping_count++] = s;
	server_ping(s);
}

static void pinged(struct door_client *c, const struct server *s, long ms)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->ping_count; i++) {
		if (c->pinged[i] == s) {
			(void)say(c, ms >= 0 ? json_make("id:f ok:b ms:n", c->pings[i], 1, (long long)ms)
					     : json_make("id:f ok:b error:s", c->pings[i], 0,
							 s->why[0] ? s->why : "no answer"));
			continue;
		}
		c->pings[kept] = c->pings[i];
		c->pinged[kept++] = c->pinged[i];
	}
	c->ping_count = kept;
}

void door_pinged(struct door *d, const struct server *s, long ms)
{
	for (size_t i = 0; i < DOOR_CLIENTS_MAX; i++)
		if (d->clients[i])
			pinged(d->clients[i], s, ms);
}

void door_changed(struct door *d, const struct server *s)
{
	for (size_t i = 0; i < DOOR_CLIENTS_MAX; i++)
		if (d->clients[i] && d->clients[i]->watches)
			(void)say(d->clients[i], json_make("changed:s", s->terms.name));
}

/* --- clients */

static void on_line(struct lines *l, char *text, size_t n)
{
	struct door_client *c = (struct door_client *)l; /* its first member */
	struct cJSON *request = json_parse(text, n);
	const char *what = json_text(request, "do");
	double id = json_number(request, "id", 0);

	if (!what)
		refuse(c, id, "one JSON object with \"do\" expected");
	else if (strcmp(what, "list") == 0)
		do_list(c, request, id);
	else if (strcmp(what, "cancel") == 0)
		do_cancel(c, request);
	else if (strcmp(what, "call") != 0 && strcmp(what, "ping") != 0 && strcmp(what, "inspect") != 0)
		refuse(c, id, "list, call, cancel, ping or inspect expected");
	else if (!find(c->door, request))
		refuse(c, id, "there is no server of that name");
	else
		(strcmp(what, "call") == 0   ? do_call
		 : strcmp(what, "ping") == 0 ? do_ping
					     : do_inspect)(c, request, id);
	cJSON_Delete(request);
}

static void on_end(struct lines *l, const char *why)
{
	(void)why;
	client_close((struct door_client *)l);
}

static void client_close(struct door_client *c)
{
	struct door *d = c->door;

	lines_close(&c->lines);
	while (c->calls)
		server_cancel(&c->calls->call, "the call is over");
	for (size_t i = 0; i < DOOR_CLIENTS_MAX; i++)
		if (d->clients[i] == c)
			d->clients[i] = NULL;
	free(c);
}

/* Only our own processes, and root. */
static bool is_ours(int fd)
{
	struct ucred who;
	socklen_t size = sizeof who;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && (who.uid == geteuid() || who.uid == 0);
}

static int client_open(struct door *d, int fd)
{
	struct door_client *c = NULL;
	size_t i = 0;

	while (i < DOOR_CLIENTS_MAX && d->clients[i])
		i++;
	if (i < DOOR_CLIENTS_MAX && is_ours(fd))
		c = calloc(1, sizeof *c);
	if (!c) {
		close(fd);
		return -1;
	}
	c->door = d;
	c->lines.on_line = on_line;
	c->lines.on_end = on_end;
	if (lines_open(&c->lines, d->loop, fd) < 0) {
		free(c);
		return -1;
	}
	d->clients[i] = c;
	return 0;
}

static void on_come(void *ctx, int fd, const struct sockaddr *peer)
{
	struct door *d = ctx;

	(void)peer;
	if (client_open(d, fd) < 0 && d->refused++ == 0)
		log_warn("clients are refused");
}

int door_open(struct door *d, struct loop *loop, struct server *servers, size_t count, const char *path)
{
	*d = (struct door){ .loop = loop, .servers = servers, .count = count };
	d->acceptor = (struct acceptor){ .on_come = on_come, .ctx = d };
	d->fd = paths_format(d->path, sizeof d->path, "%s", path) == 0 ? lines_listen(path, 0600) : -1;
	if (d->fd >= 0 && acceptor_open(&d->acceptor, loop, d->fd) == 0)
		return 0;
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
	return -1;
}

void door_close(struct door *d)
{
	if (d->fd < 0 || !d->loop)
		return;
	(void)unlink(d->path); /* gone already: as well */
	for (size_t i = 0; i < DOOR_CLIENTS_MAX; i++)
		if (d->clients[i])
			client_close(d->clients[i]);
	acceptor_close(&d->acceptor);
	close(d->fd);
	d->fd = -1;
}
