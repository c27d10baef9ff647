#include "remote.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "log.h"

#define RETRY_FIRST_US (50 * MS)
#define RETRY_LAST_US (5 * SECOND)
#define PATIENCE 4 /* attempts until it is called away: 350 ms, more than its start takes */

struct remote_request {
	struct remote_request *next;
	struct remote *remote;
	long id;
	char *text;
	size_t n;
	bool sent;
	void (*on_answer)(void *ctx, const struct cJSON *answer, bool sent); /* NULL: a write */
	void *ctx;
	struct timer limit;
};

static void connect_to(struct remote *r);
static void on_socket(void *ctx, uint32_t events);

/* --- the queue */

static void detach(struct remote *r, struct remote_request *q)
{
	struct remote_request *before = NULL;

	for (struct remote_request *p = r->first; p != q; p = p->next)
		before = p;
	if (before)
		before->next = q->next;
	else
		r->first = q->next;
	if (r->last == q)
		r->last = before;
	r->count--;
	r->bytes -= q->n;
	timer_stop(r->loop, &q->limit);
}

static void release(struct remote_request *q)
{
	free(q->text);
	free(q);
}

static void give_up_oldest(struct remote *r)
{
	struct remote_request *q = r->first;

	while (q && q->on_answer) /* questions have their own limit */
		q = q->next;
	if (!q)
		return;
	detach(r, q);
	release(q);
	r->lost++;
}

static struct remote_request *append(struct remote *r, struct cJSON *request)
{
	struct remote_request *q = calloc(1, sizeof *q);

	if (q && request && cJSON_AddNumberToObject(request, "id", (double)++r->next_id)) {
		q->text = cJSON_PrintUnformatted(request);
		q->n = q->text ? strlen(q->text) : 0;
	}
	cJSON_Delete(request);
	if (!q || !q->text || q->n > REMOTE_MESSAGE_MAX) {
		if (q)
			release(q);
		r->lost++;
		return NULL;
	}
	q->remote = r;
	q->id = r->next_id;
	while (r->count && (r->count >= REMOTE_REQUESTS_MAX || r->bytes + q->n > REMOTE_BYTES_MAX)) {
		size_t count = r->count;

		give_up_oldest(r);
		if (r->count == count)
			break;
	}
	if (r->last)
		r->last->next = q;
	else
		r->first = q;
	r->last = q;
	r->count++;
	r->bytes += q->n;
	return q;
}

/* --- the connection */

static void trouble(struct remote *r, const char *text, bool away)
{
	if (r->said)
		return;
	r->said = true;
	r->on_trouble(r, text, away);
}

static void well(struct remote *r)
{
	if (r->said)
		log_info("the store is well again waiting=%zu lost=%lu", r->count, r->lost);
	r->said = r->read_only = false;
}

static void disconnect(struct remote *r, const char *why)
{
	uint64_t pause = RETRY_FIRST_US << (r->attempts < 7 ? r->attempts : 7);

	if (r->fd >= 0) {
		loop_unwatch(r->loop, &r->watch);
		close(r->fd);
		r->fd = -1;
	}
	for (struct remote_request *q = r->first; q; q = q->next)
		q->sent = false;
	if (++r->attempts >= PATIENCE)
		trouble(r, why, true);
	timer_after(r->loop, &r->retry, pause < RETRY_LAST_US ? pause : RETRY_LAST_US);
}

/* Sends what was not sent yet, in order, as far as it goes. */
static void flush(struct remote *r)
{
	if (r->fd < 0)
		return;
	for (struct remote_request *q = r->first; q; q = q->next) {
		if (q->sent)
			continue;
		if (send(r->fd, q->text, q->n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
			if (errno == EAGAIN || errno == ENOBUFS)
				(void)loop_watch(r->loop, &r->watch, r->fd, EPOLLIN | EPOLLOUT);
			else
				disconnect(r, strerror(errno));
			return;
		}
		q->sent = true;
	}
	(void)loop_watch(r->loop, &r->watch, r->fd, EPOLLIN);
}

static void take_answer(struct remote *r, const struct cJSON *answer)
{
	long id = json_whole(answer, "id", 0, 0, JSON_WHOLE_MAX);
	const char *error = json_text(answer, "error");
	bool ok = json_flag(answer, "ok", false);
	struct remote_request *q = r->first;

	while (q && q->id != id)
		q = q->next;
	if (!q)
		return; /* it came too late */
	detach(r, q);
	r->attempts = 0; /* only an answer shows that it lives */
	if (!ok) {
		r->lost += !q->on_answer;
		r->read_only |= !q->on_answer;
		trouble(r, error ? error : "it refused a request", false);
	} else if (!r->read_only || !q->on_answer) {
		well(r);
	}
	if (q->on_answer)
		q->on_answer(q->ctx, answer, true);
	release(q);
	if (!r->first && r->on_idle)
		r->on_idle(r);
}

static void on_socket(void *ctx, uint32_t events)
{
	struct remote *r = ctx;
	ssize_t n = recv(r->fd, r->buf, REMOTE_MESSAGE_MAX, MSG_DONTWAIT);
	struct cJSON *answer;

	if (n > 0) {
		answer = json_parse(r->buf, (size_t)n);
		take_answer(r, answer);
		cJSON_Delete(answer);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		disconnect(r, n == 0 ? "it closed the connection" : strerror(errno));
		return;
	}
	if (events & EPOLLOUT)
		flush(r);
}

static void on_retry(void *ctx)
{
	connect_to(ctx);
}

/* A Unix socket connects at once, or its backlog is full (EAGAIN), or not at all. */
static void connect_to(struct remote *r)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (strlen(r->path) < sizeof a.sun_path)
		memcpy(a.sun_path, r->path, strlen(r->path));
	r->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (r->fd < 0 || connect(r->fd, (const struct sockaddr *)&a, sizeof a) < 0 ||
	    loop_watch(r->loop, &r->watch, r->fd, EPOLLIN) < 0) {
		disconnect(r, strerror(errno));
		return;
	}
	flush(r);
}

int remote_open(struct remote *r, struct loop *loop, const char *path)
{
	r->loop = loop;
	r->fd = -1;
	r->buf = malloc(REMOTE_MESSAGE_MAX);
	r->watch = (struct watch){ .name = "store", .on = on_socket, .ctx = r };
	r->retry = (struct timer){ .name = "store retry", .on = on_retry, .ctx = r };
	snprintf(r->path, sizeof r->path, "%s", path);
	if (!r->buf)
		return -1;
	connect_to(r);
	return 0;
}

void remote_close(struct remote *r)
{
	if (!r->loop)
		return;
	while (r->first) {
		struct remote_request *q = r->first;

		r->lost += !q->on_answer;
		detach(r, q);
		release(q);
	}
	timer_stop(r->loop, &r->retry);
	loop_unwatch(r->loop, &r->watch);
	if (r->fd >= 0)
		close(r->fd);
	free(r->buf);
	r->buf = NULL;
	r->fd = -1;
	r->loop = NULL;
}

void remote_write(struct remote *r, struct cJSON *request)
{
	if (append(r, request))
		flush(r);
}

static void on_limit(void *ctx)
{
	struct remote_request *q = ctx;
	struct remote *r = q->remote;

	detach(r, q);
	trouble(r, "it did not answer in time", true);
	q->on_answer(q->ctx, NULL, q->sent);
	release(q);
	if (!r->first && r->on_idle)
		r->on_idle(r);
}

int remote_ask(struct remote *r, struct cJSON *request, uint64_t limit_us,
	       void (*on_answer)(void *ctx, const struct cJSON *answer, bool sent), void *ctx)
{
	struct remote_request *q = append(r, request);

	if (!q)
		return -1;
	q->on_answer = on_answer;
	q->ctx = ctx;
	q->limit = (struct timer){ .name = "store answer", .on = on_limit, .ctx = q };
	timer_after(r->loop, &q->limit, limit_us);
	flush(r);
	return 0;
}

bool remote_idle(const struct remote *r)
{
	return !r->first;
}
