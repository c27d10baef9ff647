#include "template.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "line.h"
#include "log.h"
#include "pages.h"
#include "secret.h"
#include "title.h"

#define STRINGS_MAX 128 /* words, and so many of the environment, with the NULL behind the last */

/* A request: its number, then words, each with its NUL, an empty one; the environment likewise; descriptors 0 to 3. And
 * its answer. A fork keeps its own: its words are there. */
static char *request;
#define REQUEST_BYTES LINE_MAX_BYTES

union descriptors {
	char room[CMSG_SPACE(TEMPLATE_FDS * sizeof(int))];
	struct cmsghdr align;
};

static int make_room(void)
{
	if (!request)
		request = malloc(REQUEST_BYTES + 1);
	return request ? 0 : -1;
}

/* Appends strings and the empty one. How long it is by then; 0: it does not fit. */
static size_t pack(size_t n, const char *const *strings)
{
	for (int count = 1; *strings; strings++, count++) {
		size_t need = strlen(*strings) + 1;

		/* an empty word would end the list */
		if (need == 1 || count == STRINGS_MAX || need + 1 >= REQUEST_BYTES - n)
			return 0;
		memcpy(request + n, *strings, need);
		n += need;
	}
	request[n] = 0;
	return n + 1;
}

static int send_request(int line, size_t n, const int fds[TEMPLATE_FDS])
{
	union descriptors control = { { 0 } };
	struct iovec v = { request, n };
	struct msghdr m = {
		.msg_iov = &v, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(TEMPLATE_FDS * sizeof(int));
	memcpy(CMSG_DATA(c), fds, TEMPLATE_FDS * sizeof(int));
	return sendmsg(line, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* The pid of one answer, or -1; *number tells whose. */
static pid_t take_answer(int line, long *number)
{
	struct cJSON *answer;
	ssize_t n;
	pid_t pid;
	int fd;

	n = line_receive(line, request, &fd);
	if (fd >= 0)
		close(fd);
	answer = n > 0 ? json_parse(request, (size_t)n) : NULL;
	*number = json_whole(answer, "number", 0, 0, LONG_MAX);
	pid = (pid_t)json_whole(answer, "pid", 0, 0, INT_MAX);
	cJSON_Delete(answer);
	return n == 0 ? (errno = EPIPE, -1) : pid > 0 ? pid : (errno = ECHILD, -1);
}

pid_t template_take(int line, long number, int fork_line, uint64_t until_us)
{
	struct pollfd p = { .fd = line, .events = POLLIN };

	if (make_room() < 0)
		return -1;
	for (;;) {
		uint64_t now = clock_us();
		long whose;
		pid_t pid;

		if (poll(&p, 1, until_us > now ? (int)((until_us - now) / MS) : 0) <= 0)
			return errno = ETIME, -1;
		pid = take_answer(line, &whose);
		if (whose != number && !(pid < 0 && errno == EPIPE))
			continue;
		if (pid > 0) {
			(void)setpgid(pid, pid); /* it does so itself, maybe later than somebody looks or kills */
			(void)line_send(fork_line, NULL, NULL, 0, -1); /* go; if it has died, its end is told as any */
		}
		return pid;
	}
}

long template_ask(int line, const char *const *words, const char *const *environment, const int fds[TEMPLATE_FDS])
{
	static long number;
	size_t n;
	int sent;

	if (make_room() < 0)
		return -1;
	n = (size_t)snprintf(request, REQUEST_BYTES, "%ld", ++number) + 1;
	n = pack(n, words);
	n = n ? pack(n, environment) : 0;
	if (n == 0)
		return secret_wipe(request, REQUEST_BYTES), errno = E2BIG, -1;
	sent = send_request(line, n, fds);
	secret_wipe(request, n);
	return sent < 0 ? -1 : number;
}

/* The strings from *at on up to the empty one, behind which *at is then. How many, or -1: too many, or cut off. */
static int unpack(size_t *at, size_t n, char *strings[STRINGS_MAX])
{
	int count = 0;

	for (; *at < n && request[*at] && count < STRINGS_MAX - 1; *at += strlen(request + *at) + 1)
		strings[count++] = request + *at;
	if (*at >= n || request[*at])
		return -1;
	strings[count] = NULL;
	++*at;
	return count;
}

/* In the fork: its place in the world, as an exec would have found it. */
static char **become(size_t n, const int fds[TEMPLATE_FDS], int *argc)
{
	static char *words[STRINGS_MAX], *environment[STRINGS_MAX]; /* for good, as what they point to */
	size_t at = strlen(request) + 1;
	char go, *copy = malloc(n + 1);

	if (!copy)
		_exit(111);
	memcpy(copy, request, n + 1); /* small, where other small things are: the room for any request is given back */
	secret_wipe(request, n);      /* with its NUL, receive()'s: nothing is read beyond it */
	free(request);
	request = copy;
	for (int i = 0; i < TEMPLATE_FDS; i++) {
		if (dup2(fds[i], i) < 0)
			_exit(111);
		close(fds[i]);
	}
	(void)setpgid(0, 0); /* a terminal's Ctrl-C is the supervisor's alone */
	*argc = unpack(&at, n, words);
	if (*argc < 1 || unpack(&at, n, environment) < 0)
		_exit(111);
	environ = environment;
	title_set(words);
	if (recv(LINE_FD, &go, 1, 0) != 1) /* whoever asked has given us up and started another one */
		_exit(111);
	return words;
}

/* A request in `request`, how long it is; 0: the supervisor is gone; -1: nothing that could be obeyed. */
static ssize_t receive(int fds[TEMPLATE_FDS])
{
	union descriptors control;
	struct iovec v = { request, REQUEST_BYTES };
	struct msghdr m = {
		.msg_iov = &v, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room
	};
	ssize_t n = recvmsg(LINE_FD, &m, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;

	if (n < 0)
		return errno == EINTR ? -1 : 0;
	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(TEMPLATE_FDS * sizeof(int)))
		return n ? -1 : 0; /* a log order, a ping: the fork gets its own */
	request[n] = 0;
	memcpy(fds, CMSG_DATA(c), TEMPLATE_FDS * sizeof(int));
	return n;
}

static void say_pid(pid_t pid)
{
	char json[64];

	snprintf(json, sizeof json, "{\"number\":%ld,\"pid\":%d}", strtol(request, NULL, 10), (int)pid);
	(void)line_send(LINE_FD, json, NULL, 0, -1); /* a supervisor that does not read it takes us for dead */
}

char **template_serve(int *argc)
{
	int fds[TEMPLATE_FDS];
	ssize_t n;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* it holds nothing that would be lost */
	if (!line_is(LINE_FD))
		log_die(100, "--template: a supervisor on descriptor 3 expected");
	if (make_room() < 0)
		log_die(111, "cannot begin: %s", strerror(errno));
	(void)line_send(LINE_FD, NULL, NULL, 0, -1); /* ready */
	pages_drop_stack();
	pages_drop_files();
	while ((n = receive(fds))) {
		pid_t pid;

		if (n < 0)
			continue;
		/* past glibc, whose fork cannot leave the child to our parent: one thread, and no lock is held */
		pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
		if (pid == 0)
			return become((size_t)n, fds, argc);
		say_pid(pid);
		secret_wipe(request, (size_t)n);
		for (int i = 0; i < TEMPLATE_FDS; i++)
			close(fds[i]);
	}
	_exit(0);
}
