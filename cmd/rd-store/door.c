#include "door.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "json.h"
#include "log.h"
#include "store.h"

#define PREDECESSOR_MS 1000

/* When half of them have gone, not each time that one place was free. */
static void say_room(struct door *d)
{
	int n = 0;

	for (int i = 0; i < DOOR_CLIENTS_MAX; i++)
		n += d->clients[i] != NULL;
	if (d->refused == 0 || n > DOOR_CLIENTS_MAX / 2)
		return;
	log_info("room for clients again refused=%u", d->refused);
	d->refused = 0;
}

static void client_close(struct door_client *c)
{
	struct door *d = c->door;

	for (int i = 0; i < DOOR_CLIENTS_MAX; i++)
		if (d->clients[i] == c)
			d->clients[i] = NULL;
	loop_unwatch(d->loop, &c->watch);
	say_room(d);
	close(c->fd);
	free(c->waiting);
	free(c);
}

/* The answer as text, malloced. One that is too long for a message is our bug; the client still gets an answer. */
static char *answer(struct door *d, const char *bytes, size_t n)
{
	struct cJSON *request = n <= STORE_MESSAGE_MAX ? json_parse(bytes, n) : NULL, *made, *id;
	char *text;

	if (!request && !d->said_bad)
		log_warn("a client sends what is no JSON object of at most 64 KiB");
	d->said_bad |= !request;
	made = request ? store_answer(d->store, request)
		       : json_make("ok:b error:s", 0, "one JSON object of at most 64 KiB expected");
	id = cJSON_DetachItemFromObjectCaseSensitive(request, "id");
	if (id && !cJSON_AddItemToObject(made, "id", id))
		cJSON_Delete(id);
	cJSON_Delete(request);
	text = json_print(made);
	if (text && strlen(text) > STORE_MESSAGE_MAX) {
		free(text);
		text = strdup("{\"ok\":false,\"error\":\"the answer is too long\"}");
	}
	return text;
}

/* Sends the answer, or keeps it until there is room. Who has gone meanwhile gets none, but what he asked before is
 * still carried out: it was sent to be written down. -1: he cannot be watched. */
static int client_send(struct door_client *c)
{
	if (send(c->fd, c->waiting, strlen(c->waiting), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 &&
	    (errno == EAGAIN || errno == ENOBUFS))
		return loop_watch(c->door->loop, &c->watch, c->fd, EPOLLOUT);
	free(c->waiting);
	c->waiting = NULL;
	return loop_watch(c->door->loop, &c->watch, c->fd, EPOLLIN);
}

static void on_client(void *ctx, uint32_t events)
{
	struct door_client *c = ctx;
	ssize_t n;

	(void)events;
	if (!c->waiting) {
		n = recv(c->fd, c->door->buf, STORE_MESSAGE_MAX + 1, MSG_DONTWAIT | MSG_TRUNC);
		if (n < 0 &&
		    (errno == EAGAIN || errno == EINTR || errno == ECONNRESET)) /* reset: told once, before the rest */
			return;
		if (n <= 0) {
			client_close(c);
			return;
		}
		c->waiting = answer(c->door, c->door->buf, (size_t)n);
	}
	if (!c->waiting || client_send(c) < 0)
		client_close(c);
}

/* Only our own processes, and root. The folder's mode says so already; a socket can be passed on. */
static bool is_ours(int fd)
{
	struct ucred who;
	socklen_t size = sizeof who;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && (who.uid == geteuid() || who.uid == 0);
}

static int client_open(struct door *d, int fd)
{
	struct door_client *c = NULL;
	int i = 0;

	while (i < DOOR_CLIENTS_MAX && d->clients[i])
		i++;
	if (i == DOOR_CLIENTS_MAX || !is_ours(fd))
		return errno = i == DOOR_CLIENTS_MAX ? EMFILE : EACCES, -1;
	c = calloc(1, sizeof *c);
	if (!c)
		return -1;
	*c = (struct door_client){ .door = d, .fd = fd, .watch = { .name = "client", .on = on_client, .ctx = c } };
	if (loop_watch(d->loop, &c->watch, fd, EPOLLIN) < 0) {
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
	if (client_open(d, fd) == 0)
		return;
	if (d->refused++ == 0)
		log_warn("clients are refused: %s", strerror(errno));
	close(fd);
}

static void on_full(void *ctx, int error)
{
	(void)ctx;
	if (error)
		log_error("cannot accept clients: %s: they wait", strerror(error));
	else
		log_info("accepting clients again");
}

/* Whether somebody listens there and stays: who ends because their supervisor was killed needs a moment, and the next
 * supervisor is quicker. */
static bool is_held(const struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct pollfd peer = { .fd = fd }; /* no events: its end only */
	bool held = false;

	if (fd >= 0 && connect(fd, (const struct sockaddr *)a, sizeof *a) == 0)
		held = poll(&peer, 1, PREDECESSOR_MS) <= 0; /* cut short: to be on the safe side */
	else if (fd >= 0)
		held = errno == EAGAIN; /* more wait there than it lets in */
	if (fd >= 0)
		close(fd);
	return held;
}

static int listen_at(struct door *d)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (strlen(d->path) >= sizeof a.sun_path)
		return errno = ENAMETOOLONG, -1;
	memcpy(a.sun_path, d->path, strlen(d->path));
	if (is_held(&a))
		return errno = EADDRINUSE, -1;
	(void)unlink(d->path); /* what is left of a dead one; bind says if it cannot be */
	if (bind(d->fd, (const struct sockaddr *)&a, sizeof a) < 0)
		return -1;
	return chmod(d->path, 0600) < 0 ? -1 : listen(d->fd, DOOR_CLIENTS_MAX);
}

int door_open(struct door *d, struct loop *loop, struct store *store, const char *path)
{
	*d = (struct door){ .loop = loop, .store = store, .buf = malloc(STORE_MESSAGE_MAX + 1) };
	d->acceptor = (struct acceptor){ .on_come = on_come, .on_full = on_full, .ctx = d };
	d->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (d->buf && d->fd >= 0 && paths_format(d->path, sizeof d->path, "%s", path) == 0 && listen_at(d) == 0 &&
	    acceptor_open(&d->acceptor, loop, d->fd) == 0)
		return 0;
	d->path[0] = 0; /* not ours to remove */
	door_close(d);
	return -1;
}

/* The name goes first: who waits for our end takes it when they see our descriptors closed. */
void door_close(struct door *d)
{
	int saved = errno;

	if (d->path[0])
		(void)unlink(d->path); /* gone already: as well */
	for (int i = 0; i < DOOR_CLIENTS_MAX; i++)
		if (d->clients[i])
			client_close(d->clients[i]);
	if (d->loop) {
		acceptor_close(&d->acceptor);
		if (d->fd >= 0)
			close(d->fd);
	}
	free(d->buf);
	*d = (struct door){ .fd = -1 };
	errno = saved;
}
