#include "fetch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <curl/curl.h>

#include "clock.h"

#define SOCKETS 8 /* that libcurl tries at once: one for each kind of address, and its thread's pipe */

struct slot {
	struct watch watch;
	struct fetch *fetch;
};

struct fetch {
	struct loop *loop;
	void (*on_answer)(void *ctx, const struct fetch_answer *a);
	void *ctx;
	CURLM *multi;
	CURL *easy;
	struct curl_slist *headers;
	struct slot slot[SOCKETS];
	struct timer timer;
	char *body;
	size_t body_bytes, body_size, limit_bytes;
	bool too_long;
};

static void finish(struct fetch *f, CURLcode code)
{
	struct fetch_answer a = { .body = f->body, .body_bytes = f->body_bytes };
	char *type = NULL;
	long status = 0;

	curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(f->easy, CURLINFO_CONTENT_TYPE, &type);
	a.type = type;
	if (f->too_long)
		a.why = "the answer is too long";
	else if (code != CURLE_OK)
		a.why = curl_easy_strerror(code);
	else
		a.status = (int)status;
	f->on_answer(f->ctx, &a);
	fetch_cancel(f);
}

static void work(struct fetch *f, curl_socket_t fd, int events)
{
	int running, left;
	CURLMsg *m;

	curl_multi_socket_action(f->multi, fd, events, &running);
	m = curl_multi_info_read(f->multi, &left);
	if (m && m->msg == CURLMSG_DONE)
		finish(f, m->data.result);
}

static void on_socket_ready(void *ctx, uint32_t events)
{
	struct slot *s = ctx;

	work(s->fetch, s->watch.fd,
	     (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
		     (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0));
}

static void on_timer(void *ctx)
{
	work(ctx, CURL_SOCKET_TIMEOUT, 0);
}

/* libcurl says what it wants to know of a socket. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *known)
{
	struct fetch *f = ctx;
	struct slot *s = known;
	uint32_t events = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0);

	(void)easy;
	for (size_t i = 0; i < SOCKETS && !s; i++)
		if (!f->slot[i].watch.watched)
			s = &f->slot[i];
	if (!s)
		return -1;
	if (what == CURL_POLL_REMOVE) {
		loop_unwatch(f->loop, &s->watch);
		return 0;
	}
	s->fetch = f;
	if (!s->watch.watched)
		s->watch = (struct watch){ .name = "fetch", .on = on_socket_ready, .ctx = s };
	curl_multi_assign(f->multi, fd, s);
	return loop_watch(f->loop, &s->watch, fd, events);
}

static int on_timeout(CURLM *multi, long ms, void *ctx)
{
	struct fetch *f = ctx;

	(void)multi;
	if (ms < 0)
		timer_stop(f->loop, &f->timer);
	else
		timer_after(f->loop, &f->timer, (uint64_t)ms * MS);
	return 0;
}

static size_t on_body(char *bytes, size_t one, size_t n, void *ctx)
{
	struct fetch *f = ctx;

	(void)one; /* always 1 */
	if (n > f->limit_bytes - f->body_bytes) {
		f->too_long = true;
		return 0;
	}
	if (f->body_bytes + n + 1 > f->body_size) {
		size_t size = (f->body_bytes + n + 1) * 2;
		char *body = realloc(f->body, size);

		if (!body)
			return 0;
		f->body = body;
		f->body_size = size;
	}
	memcpy(f->body + f->body_bytes, bytes, n);
	f->body_bytes += n;
	f->body[f->body_bytes] = '\0';
	return n;
}

static void set_options(struct fetch *f, const struct fetch_request *r)
{
	const char *file = getenv("SSL_CERT_FILE");

	curl_easy_setopt(f->easy, CURLOPT_URL, r->url);
	curl_easy_setopt(f->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(f->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(f->easy, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
	curl_easy_setopt(f->easy, CURLOPT_CAINFO, file); /* NULL: not the bundle, which costs 20 ms to read */
	curl_easy_setopt(f->easy, CURLOPT_CAPATH, "/etc/ssl/certs");
	curl_easy_setopt(f->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)r->connect_ms);
	curl_easy_setopt(f->easy, CURLOPT_TIMEOUT_MS, (long)r->total_ms);
	curl_easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(f->easy, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->headers);
	if (r->body) {
		curl_easy_setopt(f->easy, CURLOPT_POSTFIELDSIZE, (long)r->body_bytes);
		curl_easy_setopt(f->easy, CURLOPT_COPYPOSTFIELDS, r->body);
	}
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
}

struct fetch *fetch_start(struct loop *l, const struct fetch_request *r,
			  void (*on_answer)(void *ctx, const struct fetch_answer *a), void *ctx)
{
	struct fetch *f = calloc(1, sizeof *f);

	if (!f)
		return NULL;
	f->loop = l;
	f->on_answer = on_answer;
	f->ctx = ctx;
	f->limit_bytes = r->limit_bytes;
	f->timer = (struct timer){ .name = "fetch", .on = on_timer, .ctx = f };
	f->multi = curl_multi_init();
	f->easy = curl_easy_init();
	for (size_t i = 0; r->headers && r->headers[i]; i++)
		f->headers = curl_slist_append(f->headers, r->headers[i]);
	f->body = calloc(1, 1);
	if (f->multi && f->easy && f->body) {
		set_options(f, r);
		if (curl_multi_add_handle(f->multi, f->easy) == CURLM_OK) /* which sets the timer */
			return f;
	}
	fetch_cancel(f);
	return NULL;
}

void fetch_cancel(struct fetch *f)
{
	if (f->multi && f->easy)
		curl_multi_remove_handle(f->multi, f->easy);
	curl_easy_cleanup(f->easy);
	curl_multi_cleanup(f->multi);
	for (size_t i = 0; i < SOCKETS; i++)
		loop_unwatch(f->loop, &f->slot[i].watch);
	timer_stop(f->loop, &f->timer);
	curl_slist_free_all(f->headers);
	free(f->body);
	free(f);
}
