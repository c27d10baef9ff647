#include "hub.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libwebsockets.h>

#include "clock.h"
#include "log.h"

#define CA_FOLDER "/etc/ssl/certs"
#define CONNECTIONS 256 /* descriptors in the context; tables of 6 KiB. Unset, they would follow `ulimit -n` */
#define HEAD_BYTES 8192
#define CHUNK_BYTES 65536 /* read and written in one piece; 4096 without it */
#define TIMEOUT_S 10	  /* to connect, to shake hands, to close */

static struct {
	struct loop *loop;
	struct lws_context *context;
	struct lws_vhost *vhost;
	struct hub_peer *peers;
	struct hub_peer *adopting; /* whose wsi libwebsockets is about to make */
	struct timer wake;
	bool tls, failed;
	int eventfd; /* of a context that was made before the fork */
	char reason[128];
} hub;

/* A ping every five minutes and a hang-up ten seconds later is libwebsockets' default; Twilio need not answer pings. */
static const lws_retry_bo_t no_pings = { .secs_since_valid_ping = 0 };

/* libwebsockets says on its log alone why a certificate was refused. */
static void keep_reason(const char *line)
{
	const char *text = strstr(line, "SSL error: ");
	const char *end = text ? strstr(text, " (preverify_ok") : NULL;

	if (end)
		snprintf(hub.reason, sizeof hub.reason, "TLS: %.*s", (int)(end - text) - 11, text + 11);
	else if (strstr(line, "getaddrinfo46 failed"))
		snprintf(hub.reason, sizeof hub.reason, "no such host");
}

static void on_log(int level, const char *line)
{
	(void)level;
	if (strstr(line, "calling service")) /* said as an error at each good adoption */
		return;
	keep_reason(line);
	log_debug("libwebsockets: %.*s", (int)strcspn(line, "\n"), line);
}

/* The hashed folder: 0.1 ms and no memory where the bundle costs 20 ms and 0.9 MB. SSL_CERT_FILE names a private
 * authority. */
static int trust(SSL_CTX *ctx)
{
	const char *folder = getenv("SSL_CERT_DIR"), *file = getenv("SSL_CERT_FILE");

	if (!SSL_CTX_load_verify_dir(ctx, folder ? folder : CA_FOLDER))
		log_debug("cannot use certificates of %s", folder ? folder : CA_FOLDER);
	if (file && !SSL_CTX_load_verify_file(ctx, file))
		log_debug("cannot use certificates of %s", file);
	return 0;
}

static void on_wake(void *ctx)
{
	(void)ctx;
}

static void drop_head(struct hub_peer *p)
{
	int saved = errno;

	if (!p->head.bytes)
		return;
	loop_unwatch(hub.loop, &p->head.more);
	if (p->head.more.fd >= 0)
		close(p->head.more.fd);
	free(p->head.bytes);
	p->head.bytes = NULL;
	errno = saved;
}

/* Out of the list; told last. A peer that is still inside hub_start's timer is told there. */
static void over(struct hub_peer *p)
{
	p->wsi = NULL;
	p->over = true;
	if (p->starting)
		return;
	timer_stop(hub.loop, &p->timer);
	drop_head(p);
	*p->link = p->next;
	if (p->next)
		p->next->link = p->link;
	p->on_over(p);
	if (hub.loop->stopped) /* libwebsockets' time-outs run before its poll, which would sleep on */
		timer_after(hub.loop, &hub.wake, 0);
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n)
{
	struct hub_peer *p = wsi ? lws_get_opaque_user_data(wsi) : NULL;

	switch ((int)reason) {
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS: return trust(user);
	case LWS_CALLBACK_RAW_RX_FILE: /* our epoll set has something */
		if (loop_step(hub.loop, 0) < 0)
			hub.failed = true;
		return 0;
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
		if (hub.adopting) {
			lws_set_opaque_user_data(wsi, hub.adopting);
			hub.adopting->wsi = wsi;
			hub.adopting = NULL;
		}
		return 0;
	case LWS_CALLBACK_WSI_DESTROY: /* the one event that always comes, its descriptor closed */
		if (p)
			over(p);
		return 0;
	default: /* protocol 0 gets reasons of others too: without a peer they are nothing of ours */
		return p && !p->over ? p->on_event(p, (int)reason, in, n) : 0;
	}
}

/* protocols[0]: who names no sub-protocol is bound to it, and it gets the events of raw files. */
static const struct lws_protocols protocols[] = {
	{ .name = "ringdown", .callback = on_event, .rx_buffer_size = CHUNK_BYTES },
	{ .name = NULL },
};

/* The loop's own run: libwebsockets polls, our epoll set is one of its descriptors. Its own timers only count seconds,
 * for it rounds waits down to whole milliseconds and burns the rest. */
static int run(struct loop *l)
{
	while (!l->stopped && !hub.failed)
		if (lws_service(hub.context, 0) < 0)
			return -1;
	return hub.failed ? -1 : 0;
}

/* Hands a copy of the epoll descriptor over, for libwebsockets closes what it adopts. */
static int adopt_loop(struct loop *l)
{
	lws_sock_file_fd_type fd = { .filefd = dup(l->epoll) };

	if (fd.filefd < 0)
		return -1;
	if (!lws_adopt_descriptor_vhost(hub.vhost, LWS_ADOPT_RAW_FILE_DESC, fd, protocols[0].name, NULL))
		return errno = ENOMEM, -1;
	return 0;
}

static int make_context(bool tls)
{
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS |
			   LWS_SERVER_OPTION_VALIDATE_UTF8 | (tls ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0),
		.gid = (gid_t)-1,
		.uid = (uid_t)-1,
		.protocols = protocols,
		.pt_serv_buf_size = CHUNK_BYTES,
		.fd_limit_per_thread = CONNECTIONS,
		.max_http_header_data = HEAD_BYTES,
		.max_http_header_pool = CONNECTIONS,
		.timeout_secs = TIMEOUT_S,
		.connect_timeout_secs = TIMEOUT_S,
		.retry_and_idle_policy = &no_pings,
		.vhost_name = "ringdown",
	};

	memset(&hub, 0, sizeof hub);
	hub.tls = tls;
	hub.wake = (struct timer){ .name = "wake", .on = on_wake };
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_NOTICE, on_log);
	hub.context = lws_create_context(&info);
	if (hub.context)
		hub.vhost = lws_create_vhost(hub.context, &info);
	if (hub.vhost)
		return 0;
	lws_context_destroy(hub.context); /* NULL is fine */
	hub.context = NULL;
	return errno = ENOMEM, -1;
}

/* The eventfd by which libwebsockets wakes itself, -1 if there is none or more than one. */
static int find_eventfd(void)
{
	char path[32], name[32];
	int found = -1, count = 0;

	for (int fd = 3; fd < 64; fd++) {
		ssize_t n;

		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		n = readlink(path, name, sizeof name - 1);
		name[n > 0 ? n : 0] = 0;
		if (strcmp(name, "anon_inode:[eventfd]") == 0) {
			found = fd;
			count++;
		}
	}
	return count == 1 ? found : -1;
}

int hub_warm(bool tls)
{
	if (make_context(tls) < 0)
		return -1;
	hub.eventfd = find_eventfd();
	if (hub.eventfd < 0) { /* then each fork makes its own context */
		lws_context_destroy(hub.context);
		hub.context = NULL;
	}
	return 0;
}

/* In a fork. One eventfd for all forks would wake the wrong ones, which close it then and break down at their end. */
static int part_from_others(void)
{
	int own = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), ok;

	if (own < 0)
		return -1;
	ok = dup3(own, hub.eventfd, O_CLOEXEC) < 0 ? -1 : 0;
	close(own);
	return ok;
}

/* A context that a template has made serves if it can do what is asked for. */
int hub_open(struct loop *l, bool tls)
{
	if (hub.context && (part_from_others() < 0 || (tls && !hub.tls))) {
		lws_context_destroy(hub.context);
		hub.context = NULL;
	}
	if (!hub.context && make_context(tls) < 0)
		return -1;
	hub.loop = l;
	hub.tls = tls;
	if (adopt_loop(l) < 0) {
		hub_close(l);
		return errno = ENOMEM, -1;
	}
	l->outer = run;
	return 0;
}

void hub_close(struct loop *l)
{
	struct lws_context *context = hub.context;

	hub.context = NULL; /* nothing new from here on */
	hub.vhost = NULL;
	l->outer = NULL;
	if (context)
		lws_context_destroy(context);
	while (hub.peers) /* never started */
		over(hub.peers);
	timer_stop(l, &hub.wake);
}

struct loop *hub_loop(void)
{
	return hub.loop;
}

bool hub_has_tls(void)
{
	return hub.tls;
}

const char *hub_reason(void)
{
	return hub.reason[0] ? hub.reason : NULL;
}

static void on_start(void *ctx)
{
	struct hub_peer *p = ctx;
	struct lws *wsi;

	hub.reason[0] = '\0';
	p->starting = true;
	wsi = p->cut ? NULL : p->on_start(p);
	p->starting = false;
	drop_head(p);
	if (!wsi || p->over)
		over(p);
}

int hub_join(struct hub_peer *p)
{
	if (!hub.context)
		return errno = ESHUTDOWN, -1;
	p->next = hub.peers;
	p->link = &hub.peers;
	if (p->next)
		p->next->link = &p->next;
	hub.peers = p;
	return 0;
}

void hub_start(struct hub_peer *p)
{
	hub_timer(p, "start", on_start, 1);
}

static struct lws *adopt(struct hub_peer *p)
{
	struct lws *wsi;
	int fd = p->head.more.fd, on = 1;

	/* It does this for what it accepts itself, not for what it adopts. Fails on what is no TCP: no harm. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	p->head.more.fd = -1;
	hub.adopting = p;
	wsi = lws_adopt_socket_vhost_readbuf(hub.vhost, fd, p->head.bytes, p->head.n);
	hub.adopting = NULL;
	return wsi;
}

static bool head_is_whole(const struct hub_head *h)
{
	return memmem(h->bytes, h->n, "\r\n\r\n", 4) != NULL;
}

/* Not by libwebsockets: 4.1.6 writes its answer over what came behind a head that it has read itself. */
static void on_more(void *ctx, uint32_t events)
{
	struct hub_peer *p = ctx;
	struct hub_head *h = &p->head;
	ssize_t n = recv(h->more.fd, h->bytes + h->n, HEAD_BYTES - h->n, MSG_DONTWAIT);

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	h->n += n > 0 ? (size_t)n : 0;
	if (head_is_whole(h)) {
		loop_unwatch(hub.loop, &h->more);
		hub_start(p);
	} else if (n <= 0 || h->n == HEAD_BYTES) {
		loop_unwatch(hub.loop, &h->more);
		hub_cut(p);
	}
}

static void on_head_limit(void *peer)
{
	hub_cut(peer);
}

static void await_head(struct hub_peer *p)
{
	if (head_is_whole(&p->head)) {
		hub_start(p);
		return;
	}
	hub_timer(p, "head", on_head_limit, TIMEOUT_S * SECOND);
	if (p->head.n >= HEAD_BYTES || loop_watch(hub.loop, &p->head.more, p->head.more.fd, EPOLLIN) < 0)
		hub_cut(p);
}

int hub_adopt(struct hub_peer *p, int fd, const void *bytes, size_t n)
{
	p->on_start = adopt;
	p->head.more = (struct watch){ .name = "head", .on = on_more, .ctx = p, .fd = fd };
	p->head.bytes = malloc(n > HEAD_BYTES ? n : HEAD_BYTES);
	if (!p->head.bytes) {
		close(fd);
		return -1;
	}
	if (n)
		memcpy(p->head.bytes, bytes, n);
	p->head.n = n;
	if (hub_join(p) < 0) {
		drop_head(p);
		return -1;
	}
	await_head(p);
	return 0;
}

struct lws *hub_connect(struct hub_peer *p, struct lws_client_connect_info *info)
{
	info->context = hub.context;
	info->vhost = hub.vhost;
	info->local_protocol_name = protocols[0].name;
	info->opaque_user_data = p;
	info->retry_and_idle_policy = &no_pings;
	info->alpn = "http/1.1"; /* HTTP/2 is compiled in, and WebSocket over it is not ours */
	info->pwsi = &p->wsi;
	return lws_client_connect_via_info(info);
}

void hub_timer(struct hub_peer *p, const char *name, void (*on)(void *peer), uint64_t after_us)
{
	timer_stop(hub.loop, &p->timer);
	if (after_us == 0)
		return;
	p->timer.name = name;
	p->timer.on = on;
	p->timer.ctx = p;
	timer_after(hub.loop, &p->timer, after_us);
}

void hub_writable(struct hub_peer *p)
{
	if (p->wsi && !p->over)
		(void)lws_callback_on_writable(p->wsi); /* fails only where the connection is over, which is told */
}

void hub_cut(struct hub_peer *p)
{
	p->cut = true;
	if (p->over)
		return;
	if (p->wsi)
		lws_set_timeout(p->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
	else /* not started yet: its start is its end */
		hub_start(p);
}
