#include "fetch.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>

#include <curl/curl.h>

#include "clock.h"
#include "secret.h"

#define CONNECTIONS 16L /* that a pool keeps open */
#define REPLY_BYTES 200

/* libcurl must not be asked for anything of a pool from its own callbacks (its transfers are in mid-work then): what is
 * wanted there waits for settle(). */
struct fetch_pool {
	struct loop *loop;
	CURLM *multi;
	struct timer timer;
	struct slot *slots;
	struct fetch *fetches;
	bool working; /* inside libcurl */
	bool own;     /* of one fetch, and goes with it */
};

struct slot { /* a descriptor that libcurl wants to hear of */
	struct watch watch;
	struct fetch_pool *pool;
	struct slot *next;
};

struct fetch {
	struct fetch_pool *pool;
	struct fetch *next;
	struct fetch_request r; /* its callbacks and limits; what it points to is not ours */
	void (*on_answer)(void *ctx, const struct fetch_answer *a);
	void *ctx;
	CURL *easy;
	struct curl_slist *headers, *recipients;
	struct timer idle;
	curl_off_t moved; /* bytes, when it was last looked */
	char *body, *upload;
	size_t body_bytes, body_size, body_seen, upload_done;
	char error[CURL_ERROR_SIZE], reply[REPLY_BYTES];
	unsigned sent; /* how often the request was */
	bool mail, safe, added, cancelled, headed, too_long, cut, refused;
};

static void forget(struct fetch *f)
{
	struct fetch_pool *p = f->pool;

	for (struct fetch **at = &p->fetches; *at; at = &(*at)->next)
		if (*at == f) {
			*at = f->next;
			break;
		}
	timer_stop(p->loop, &f->idle);
	if (f->added)
		curl_multi_remove_handle(p->multi, f->easy);
	curl_easy_cleanup(f->easy);
	curl_slist_free_all(f->headers);
	curl_slist_free_all(f->recipients);
	free(f->upload);
	free(f->body);
	free(f);
}

static void release(struct fetch *f)
{
	struct fetch_pool *p = f->pool;

	forget(f);
	if (p->own)
		fetch_pool_close(p);
}

/* --- answers */

static const char *words_for(const struct fetch *f, CURLcode code, char *out, size_t size)
{
	const char *said = f->error[0] ? f->error : curl_easy_strerror(code);

	if (f->too_long)
		return "the answer is too long";
	if (f->refused && code == CURLE_COULDNT_CONNECT)
		return "its address is not allowed";
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return "the connection broke before there was an answer";
	if (!f->mail || !f->reply[0])
		return said;
	snprintf(out, size, "%s (%s)", said, f->reply);
	return out;
}

/* Mail has arrived when its last line was accepted; a reply that refuses says that it has not. */
static enum fetch_outcome outcome_of_mail(const struct fetch *f, CURLcode code, long reply)
{
	bool began = f->upload ? f->upload_done > 0 : f->sent && !f->safe;

	if (code == CURLE_OK)
		return FETCH_DONE;
	return !began || reply >= 400 || code == CURLE_QUOTE_ERROR || code == CURLE_UPLOAD_FAILED ||
			       code == CURLE_LOGIN_DENIED
		       ? FETCH_NOT_DONE
		       : FETCH_UNKNOWN;
}

static enum fetch_outcome outcome_of(const struct fetch *f, CURLcode code, long status)
{
	if (f->mail)
		return outcome_of_mail(f, code, status);
	if (code == CURLE_OK && status < 400)
		return FETCH_DONE;
	return f->safe || !f->sent || (status >= 400 && status < 500) ? FETCH_NOT_DONE : FETCH_UNKNOWN;
}

static void finish(struct fetch *f, CURLcode code)
{
	struct fetch_answer a = { .body = f->body, .body_bytes = f->body_bytes, .cut = f->cut, .of = f };
	char *type = NULL, *location = NULL, words[CURL_ERROR_SIZE + REPLY_BYTES + 4];
	curl_off_t retry_after = 0;
	long status = 0;

	if (f->cut)
		code = CURLE_OK; /* we have what we wanted */
	curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(f->easy, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(f->easy, CURLINFO_RETRY_AFTER, &retry_after);
	curl_easy_getinfo(f->easy, CURLINFO_REDIRECT_URL, &location);
	a.outcome = outcome_of(f, code, status);
	a.type = type;
	a.retry_after_s = (long)retry_after;
	a.location = location;
	if (code != CURLE_OK)
		a.why = words_for(f, code, words, sizeof words);
	else
		a.status = f->mail ? 250 : (int)status;
	f->cancelled = true; /* whatever on_answer does, nothing more comes */
	f->on_answer(f->ctx, &a);
	release(f);
}

/* What waited for libcurl to be done. Whoever is told may start and cancel others, so it begins anew each time; and the
 * pool may go with its only fetch. */
static void settle(struct fetch_pool *p)
{
	bool own = p->own;

	for (struct fetch *f = p->fetches, *next; f; f = next) {
		next = f->next;
		if (f->cancelled)
			release(f);
		else if (!f->added)
			f->added = curl_multi_add_handle(p->multi, f->easy) == CURLM_OK;
		if (own)
			break;
	}
}

static void tell(struct fetch_pool *p)
{
	bool own = p->own;
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(p->multi, &left))) {
		struct fetch *f = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &f);
		finish(f, m->data.result);
		if (own)
			return;
	}
}

static void work(struct fetch_pool *p, curl_socket_t fd, int events)
{
	bool own = p->own, gone = false;
	int running;

	p->working = true;
	curl_multi_socket_action(p->multi, fd, events, &running);
	p->working = false;
	gone = own && p->fetches->cancelled;
	settle(p);
	if (!gone)
		tell(p);
}

/* --- libcurl's wishes */

static void on_socket_ready(void *ctx, uint32_t events)
{
	struct slot *s = ctx;

	work(s->pool, s->watch.fd,
	     (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
		     (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0));
}

static void on_timer(void *ctx)
{
	work(ctx, CURL_SOCKET_TIMEOUT, 0);
}

static void drop_slot(struct fetch_pool *p, struct slot *s)
{
	for (struct slot **at = &p->slots; *at; at = &(*at)->next)
		if (*at == s) {
			*at = s->next;
			break;
		}
	loop_unwatch(p->loop, &s->watch);
	free(s);
}

/* libcurl says what it wants to know of a socket. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *known)
{
	struct fetch_pool *p = ctx;
	struct slot *s = known;
	uint32_t events = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0);

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (s)
			drop_slot(p, s);
		return 0;
	}
	if (!s) {
		s = calloc(1, sizeof *s);
		if (!s)
			return -1;
		*s = (struct slot){ .pool = p, .next = p->slots };
		s->watch = (struct watch){ .name = "fetch", .on = on_socket_ready, .ctx = s };
		p->slots = s;
		curl_multi_assign(p->multi, fd, s);
	}
	return loop_watch(p->loop, &s->watch, fd, events);
}

static int on_timeout(CURLM *multi, long ms, void *ctx)
{
	struct fetch_pool *p = ctx;

	(void)multi;
	if (ms < 0)
		timer_stop(p->loop, &p->timer);
	else
		timer_after(p->loop, &p->timer, (uint64_t)ms * MS);
	return 0;
}

static void on_idle(void *ctx)
{
	struct fetch *f = ctx;

	snprintf(f->error, sizeof f->error, "nothing came for %u ms", f->r.idle_ms);
	finish(f, CURLE_OPERATION_TIMEDOUT);
}

static void stir(struct fetch *f)
{
	if (f->r.idle_ms)
		timer_after(f->pool->loop, &f->idle, (uint64_t)f->r.idle_ms * MS);
}

static int on_progress(void *ctx, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
	struct fetch *f = ctx;

	(void)down_all;
	(void)up_all;
	if (down + up != f->moved)
		stir(f);
	f->moved = down + up;
	return 0;
}

static curl_socket_t on_connect(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct fetch *f = ctx;

	(void)purpose;
	if (f->r.may_connect(f->ctx, &a->addr, a->addrlen))
		return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
	f->refused = true;
	return CURL_SOCKET_BAD;
}

/* The request is about to be sent. libcurl sends it again if a connection that was kept open breaks at that; what
 * changes something must not be done twice. */
static int on_send(void *ctx, char *to, char *from, int to_port, int from_port)
{
	struct fetch *f = ctx;

	(void)to;
	(void)from;
	(void)to_port;
	(void)from_port;
	return f->sent++ == 0 || f->safe ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static int gather(struct fetch *f, const char *bytes, size_t n)
{
	if (f->body_bytes + n + 1 > f->body_size) {
		size_t size = (f->body_bytes + n + 1) * 2;
		char *body = realloc(f->body, size);

		if (!body)
			return -1;
		f->body = body;
		f->body_size = size;
	}
	memcpy(f->body + f->body_bytes, bytes, n);
	f->body_bytes += n;
	f->body[f->body_bytes] = '\0';
	return 0;
}

/* A piece of the body. What is not taken ends it. */
static size_t take(struct fetch *f, char *bytes, size_t n)
{
	bool limited = f->r.limit_bytes || !f->r.on_bytes, over = limited && n > f->r.limit_bytes - f->body_seen;
	size_t taken = over ? (f->r.cut ? f->r.limit_bytes - f->body_seen : 0) : n;

	if (f->cancelled)
		return 0;
	f->body_seen += taken;
	f->cut = over && f->r.cut;
	f->too_long = over && !f->r.cut;
	if (taken && f->r.on_bytes)
		f->r.on_bytes(f->ctx, bytes, taken);
	else if (taken && gather(f, bytes, taken) < 0)
		return 0;
	return over || f->cancelled ? 0 : n;
}

static size_t on_body(char *bytes, size_t one, size_t n, void *ctx)
{
	struct fetch *f = ctx;

	(void)one;						/* always 1 */
	return f->mail && f->r.replies ? n : take(f, bytes, n); /* those came as replies */
}

/* A line of the head of an answer, or a reply of a mail server. */
static size_t on_header(char *bytes, size_t one, size_t n, void *ctx)
{
	struct fetch *f = ctx;
	struct fetch_answer a = { .body = "", .of = f };
	char *type = NULL;
	long status = 0;

	(void)one; /* always 1 */
	stir(f);
	if (f->mail)
		snprintf(f->reply, sizeof f->reply, "%.*s", (int)strcspn(bytes, "\r\n"), bytes);
	if (f->mail && f->r.replies)
		return take(f, bytes, n);
	curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	if (f->mail || f->headed || status < 200 || n > 2 || bytes[0] > '\r')
		return n;
	f->headed = true;
	curl_easy_getinfo(f->easy, CURLINFO_CONTENT_TYPE, &type);
	a.status = (int)status;
	a.type = type;
	if (f->r.on_head && !f->cancelled)
		f->r.on_head(f->ctx, &a);
	return f->cancelled ? 0 : n;
}

static size_t on_upload(char *bytes, size_t one, size_t n, void *ctx)
{
	struct fetch *f = ctx;
	size_t left = f->r.body_bytes - f->upload_done, taken = one * n < left ? one * n : left;

	memcpy(bytes, f->upload + f->upload_done, taken);
	f->upload_done += taken;
	return taken;
}

/* --- the request */

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words && strcmp(word, *words) != 0)
		words++;
	return *words;
}

static bool begins(const char *url, const char *scheme)
{
	return strncasecmp(url, scheme, strlen(scheme)) == 0;
}

static void set_credentials(struct fetch *f, const struct fetch_request *r)
{
	char name[SECRET_MAX_BYTES];
	const char *colon = r->user ? strchr(r->user, ':') : NULL;

	if (r->user) {
		snprintf(name, sizeof name, "%.*s", (int)(colon ? colon - r->user : (long)strlen(r->user)), r->user);
		curl_easy_setopt(f->easy, CURLOPT_USERNAME, name);
		curl_easy_setopt(f->easy, CURLOPT_PASSWORD, colon ? colon + 1 : "");
	}
	curl_easy_setopt(f->easy, CURLOPT_HTTPAUTH, r->bearer ? (long)CURLAUTH_BEARER : (long)CURLAUTH_BASIC);
	curl_easy_setopt(f->easy, CURLOPT_XOAUTH2_BEARER, r->bearer);
	secret_wipe(name, sizeof name);
}

static void set_http(struct fetch *f, const struct fetch_request *r)
{
	static const char *const safe[] = { "GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", NULL };
	const char *method = r->method ? r->method : r->body ? "POST" : "GET";

	f->safe = is_one_of(method, safe);
	if (r->body || strcmp(method, "POST") == 0) {
		curl_easy_setopt(f->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(r->body ? r->body_bytes : 0));
		curl_easy_setopt(f->easy, CURLOPT_COPYPOSTFIELDS, r->body ? r->body : "");
	} else if (strcmp(method, "HEAD") == 0) {
		curl_easy_setopt(f->easy, CURLOPT_NOBODY, 1L);
	}
	if (r->method)
		curl_easy_setopt(f->easy, CURLOPT_CUSTOMREQUEST, r->method);
	f->headers = curl_slist_append(NULL, "Expect:"); /* no waiting for leave to send a body */
	for (size_t i = 0; r->headers && r->headers[i]; i++)
		f->headers = curl_slist_append(f->headers, r->headers[i]);
	curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->headers);
	curl_easy_setopt(f->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (!r->on_bytes)
		curl_easy_setopt(f->easy, CURLOPT_ACCEPT_ENCODING, ""); /* all that it can unpack */
}

static int set_mail(struct fetch *f, const struct fetch_request *r)
{
	static const char *const safe[] = { "SEARCH", "UID SEARCH", "FETCH", "UID FETCH", "LIST", "NOOP", NULL };
	size_t words = r->method ? strcspn(r->method, " ") : 0;
	char verb[16];

	words += r->method && begins(r->method, "UID ") ? 1 + strcspn(r->method + 4, " ") : 0;
	snprintf(verb, sizeof verb, "%.*s", (int)words, r->method ? r->method : "FETCH");
	f->mail = true;
	f->safe = !r->body && (!r->method || is_one_of(verb, safe));
	for (size_t i = 0; r->mail_to && r->mail_to[i]; i++)
		f->recipients = curl_slist_append(f->recipients, r->mail_to[i]);
	curl_easy_setopt(f->easy, CURLOPT_USE_SSL,
			 fetch_is_loopback(r->url) ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	curl_easy_setopt(f->easy, CURLOPT_MAIL_FROM, r->mail_from);
	curl_easy_setopt(f->easy, CURLOPT_MAIL_RCPT, f->recipients);
	curl_easy_setopt(f->easy, CURLOPT_CUSTOMREQUEST, r->method);
	if (!r->body)
		return 0;
	f->upload = malloc(r->body_bytes + 1);
	if (!f->upload)
		return -1;
	memcpy(f->upload, r->body, r->body_bytes);
	curl_easy_setopt(f->easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(f->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)r->body_bytes);
	curl_easy_setopt(f->easy, CURLOPT_READFUNCTION, on_upload);
	curl_easy_setopt(f->easy, CURLOPT_READDATA, f);
	return 0;
}

static void set_guard(struct fetch *f)
{
	curl_easy_setopt(f->easy, CURLOPT_OPENSOCKETFUNCTION, on_connect);
	curl_easy_setopt(f->easy, CURLOPT_OPENSOCKETDATA, f);
	curl_easy_setopt(f->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(f->easy, CURLOPT_PROXY, "");	      /* it would connect for us, anywhere */
	curl_easy_setopt(f->easy, CURLOPT_FRESH_CONNECT, 1L); /* others are not asked about */
}

static void set_reading(struct fetch *f)
{
	curl_easy_setopt(f->easy, CURLOPT_PRIVATE, f);
	curl_easy_setopt(f->easy, CURLOPT_ERRORBUFFER, f->error);
	curl_easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(f->easy, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(f->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(f->easy, CURLOPT_HEADERDATA, f);
	curl_easy_setopt(f->easy, CURLOPT_PREREQFUNCTION, on_send);
	curl_easy_setopt(f->easy, CURLOPT_PREREQDATA, f);
	if (!f->r.idle_ms)
		return;
	curl_easy_setopt(f->easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(f->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(f->easy, CURLOPT_XFERINFODATA, f);
}

static int set_options(struct fetch *f, const struct fetch_request *r)
{
	curl_easy_setopt(f->easy, CURLOPT_URL, r->url);
	curl_easy_setopt(f->easy, CURLOPT_PROTOCOLS_STR, "http,https,smtp,smtps,imap,imaps");
	curl_easy_setopt(f->easy, CURLOPT_USERAGENT, "ringdown/" RD_VERSION);
	curl_easy_setopt(f->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(f->easy, CURLOPT_QUICK_EXIT, 1L); /* no waiting for a thread that looks a name up */
	curl_easy_setopt(f->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(f->easy, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
	/* the folder, not the bundle, which costs 20 ms to read */
	curl_easy_setopt(f->easy, CURLOPT_CAINFO, getenv("SSL_CERT_FILE"));
	curl_easy_setopt(f->easy, CURLOPT_CAPATH, "/etc/ssl/certs");
	curl_easy_setopt(f->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)r->connect_ms);
	curl_easy_setopt(f->easy, CURLOPT_TIMEOUT_MS, (long)r->total_ms);
	set_reading(f);
	set_credentials(f, r);
	if (begins(r->url, "smtp") || begins(r->url, "imap")) {
		if (set_mail(f, r) < 0)
			return -1;
	} else {
		set_http(f, r);
	}
	if (r->may_connect)
		set_guard(f);
	return 0;
}

struct fetch *fetch_start(struct loop *l, const struct fetch_request *r,
			  void (*on_answer)(void *ctx, const struct fetch_answer *a), void *ctx)
{
	struct fetch *f = calloc(1, sizeof *f);

	if (!f)
		return NULL;
	f->pool = r->pool ? r->pool : fetch_pool_open(l);
	if (!f->pool) {
		free(f);
		return NULL;
	}
	f->pool->own = !r->pool;
	f->next = f->pool->fetches;
	f->pool->fetches = f;
	f->r = *r;
	f->on_answer = on_answer;
	f->ctx = ctx;
	f->idle = (struct timer){ .name = "fetch idle", .on = on_idle, .ctx = f };
	f->easy = curl_easy_init();
	f->body = calloc(1, 1);
	if (!f->easy || !f->body || set_options(f, r) < 0) {
		release(f);
		return NULL;
	}
	stir(f);
	if (f->pool->working)
		return f;
	f->added = curl_multi_add_handle(f->pool->multi, f->easy) == CURLM_OK; /* which sets the timer */
	if (f->added)
		return f;
	release(f);
	return NULL;
}

void fetch_cancel(struct fetch *f)
{
	if (!f->pool->working) {
		release(f);
		return;
	}
	f->cancelled = true;
	timer_stop(f->pool->loop, &f->idle);
}

const char *fetch_header(const struct fetch_answer *a, const char *name)
{
	struct curl_header *h;

	return a->of && !a->of->mail && curl_easy_header(a->of->easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK
		       ? h->value
		       : NULL;
}

bool fetch_is_loopback(const char *url)
{
	CURLU *u = curl_url();
	char *host = NULL;
	struct in_addr four;
	bool is = false;

	if (u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK)
		is = strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
		     (inet_pton(AF_INET, host, &four) == 1 && (ntohl(four.s_addr) >> 24) == 127);
	curl_free(host);
	curl_url_cleanup(u);
	return is;
}

struct fetch_pool *fetch_pool_open(struct loop *l)
{
	struct fetch_pool *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	p->loop = l;
	p->timer = (struct timer){ .name = "fetch", .on = on_timer, .ctx = p };
	p->multi = curl_multi_init();
	if (!p->multi) {
		free(p);
		return NULL;
	}
	curl_multi_setopt(p->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(p->multi, CURLMOPT_SOCKETDATA, p);
	curl_multi_setopt(p->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
	curl_multi_setopt(p->multi, CURLMOPT_TIMERDATA, p);
	curl_multi_setopt(p->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS);
	return p;
}

void fetch_pool_close(struct fetch_pool *p)
{
	struct fetch *f, *next;

	if (!p)
		return;
	for (f = p->fetches; f; f = next) {
		next = f->next;
		forget(f);
	}
	curl_multi_cleanup(p->multi);
	timer_stop(p->loop, &p->timer);
	while (p->slots)
		drop_slot(p, p->slots);
	free(p);
}
