#include "door.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "notify.h"

/* The inode of the socket that listens on a port, from one of the kernel's tables; 0: none. */
static unsigned long listening_inode(const char *table, unsigned port)
{
	FILE *f = fopen(table, "re");
	unsigned long inode = 0;
	char line[512];

	while (f && !inode && fgets(line, sizeof line, f)) {
		unsigned local, state;
		unsigned long found;

		if (sscanf(line, " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*u %*d %lu", &local, &state,
			   &found) == 3 &&
		    local == port && state == 0x0a)
			inode = found;
	}
	if (f)
		fclose(f);
	return inode;
}

static int holds(const char *pid, unsigned long inode)
{
	char path[300], want[64], link[64];
	struct dirent *entry;
	int found = 0;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%s/fd", pid);
	snprintf(want, sizeof want, "socket:[%lu]", inode);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, link, sizeof link - 1);

		if (n > 0) {
			link[n] = 0;
			found = strcmp(link, want) == 0;
		}
	}
	if (dir)
		closedir(dir);
	return found;
}

/* "name (pid 123)" of the process that listens on a port; other users' processes cannot be seen. */
static void find_holder(unsigned port, char *out, size_t size)
{
	unsigned long inode = listening_inode("/proc/net/tcp", port);
	struct dirent *entry;
	DIR *proc;

	snprintf(out, size, "a process that cannot be seen from here");
	if (!inode)
		inode = listening_inode("/proc/net/tcp6", port);
	proc = inode ? opendir("/proc") : NULL;
	while (proc && (entry = readdir(proc))) {
		char path[300], name[64] = "?";
		FILE *f;

		if (entry->d_name[0] < '0' || entry->d_name[0] > '9' || !holds(entry->d_name, inode))
			continue;
		snprintf(path, sizeof path, "/proc/%s/comm", entry->d_name);
		f = fopen(path, "re");
		if (f && fgets(name, sizeof name, f))
			name[strcspn(name, "\n")] = 0;
		if (f)
			fclose(f);
		snprintf(out, size, "%s (pid %.20s)", name, entry->d_name);
		break;
	}
	if (proc)
		closedir(proc);
}

static int bind_one(const struct addrinfo *a)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 || bind(fd, a->ai_addr, a->ai_addrlen) < 0 ||
	    listen(fd, SOMAXCONN) < 0) { /* who finds no room tries again a second later */
		int saved = errno;

		close(fd);
		return errno = saved, -1;
	}
	return fd;
}

/* systemd's: whoever opened it decided whether reading it blocks. */
static int take_given(char *error, size_t size)
{
	int listens = 0, flags = fcntl(NOTIFY_FDS_START, F_GETFL);
	socklen_t n = sizeof listens;

	if (getsockopt(NOTIFY_FDS_START, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) == 0 && listens &&
	    fcntl(NOTIFY_FDS_START, F_SETFL, flags | O_NONBLOCK) == 0)
		return NOTIFY_FDS_START;
	snprintf(error, size, "cannot use the socket that systemd passed: it does not listen");
	return -1;
}

int door_open(const char *where, char *error, size_t size)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE },
			*found = NULL;
	char host[256], holder[128];
	const char *colon = strrchr(where, ':');
	int fd, failed;

	if (notify_listen_fds() > 0)
		return take_given(error, size);
	if (!colon || (size_t)(colon - where) >= sizeof host) {
		snprintf(error, size, "cannot listen on %s: HOST:PORT expected", where);
		return -1;
	}
	snprintf(host, sizeof host, "%.*s", (int)(colon - where), where);
	if (host[0] == '[' && host[strlen(host) - 1] == ']') {
		host[strlen(host) - 1] = 0;
		memmove(host, host + 1, strlen(host));
	}
	failed = getaddrinfo(host[0] ? host : NULL, colon + 1, &hints, &found);
	if (failed) {
		snprintf(error, size, "cannot listen on %s: %s", where, gai_strerror(failed));
		return -1;
	}
	fd = bind_one(found);
	freeaddrinfo(found);
	if (fd < 0 && errno == EADDRINUSE) {
		find_holder((unsigned)strtoul(colon + 1, NULL, 10), holder, sizeof holder);
		snprintf(error, size, "cannot listen on %s: the port is held by %s", where, holder);
	} else if (fd < 0) {
		snprintf(error, size, "cannot listen on %s: %s", where, strerror(errno));
	}
	return fd;
}

char *door_address(int fd, char *out, size_t size)
{
	struct sockaddr_storage a = { .ss_family = AF_UNSPEC };
	socklen_t n = sizeof a;
	char host[64], port[8];

	if (getsockname(fd, (struct sockaddr *)&a, &n) < 0 ||
	    getnameinfo((struct sockaddr *)&a, n, host, sizeof host, port, sizeof port,
			NI_NUMERICHOST | NI_NUMERICSERV))
		snprintf(out, size, "unknown");
	else
		snprintf(out, size, a.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	return out;
}
