#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int notify_send(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = path ? strlen(path) : 0;
	ssize_t sent;
	int fd;

	if (n == 0)
		return 0;
	if ((path[0] != '/' && path[0] != '@') || n >= sizeof to.sun_path)
		return errno = EINVAL, -1;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@')
		to.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to,
		      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
	return sent < 0 ? -1 : 0;
}

/* An environment variable that is a pid must be ours. Absent is fine where optional. */
static int is_for_us(const char *variable, int otherwise)
{
	const char *pid = getenv(variable);

	return pid ? strtol(pid, NULL, 10) == (long)getpid() : otherwise;
}

uint64_t notify_watchdog_us(void)
{
	const char *usec = getenv("WATCHDOG_USEC");

	return usec && is_for_us("WATCHDOG_PID", 1) ? strtoull(usec, NULL, 10) / 2 : 0;
}

int notify_listen_fds(void)
{
	const char *fds = getenv("LISTEN_FDS");
	int n = fds && is_for_us("LISTEN_PID", 0) ? (int)strtol(fds, NULL, 10) : 0;

	for (int i = 0; i < n; i++)
		if (fcntl(NOTIFY_FDS_START + i, F_SETFD, FD_CLOEXEC) < 0)
			n = i;
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
	return n;
}
