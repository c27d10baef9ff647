#include "messages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "json.h"

#define LIMIT_S 5
#define MESSAGE_MAX_BYTES 65536u

static const char question[] = "{\"id\":1,\"do\":\"message.list\"}";

static int connect_store(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = LIMIT_S };
	int fd, why;

	if (strlen(path) >= sizeof a.sun_path)
		return errno = ENAMETOOLONG, -1;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	memcpy(a.sun_path, path, strlen(path));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
	    connect(fd, (const struct sockaddr *)&a, sizeof a) == 0)
		return fd;
	why = errno;
	close(fd);
	return errno = why, -1;
}

/* NULL with errno. */
static struct cJSON *exchange(int fd)
{
	char *buf = malloc(MESSAGE_MAX_BYTES);
	ssize_t n = -1;
	struct cJSON *answer;
	int why;

	if (buf && send(fd, question, sizeof question - 1, MSG_NOSIGNAL) > 0)
		n = recv(fd, buf, MESSAGE_MAX_BYTES, 0);
	why = n < 0 ? errno : n ? EBADMSG : ECONNRESET;
	answer = n > 0 ? json_parse(buf, (size_t)n) : NULL;
	free(buf);
	errno = why;
	return answer;
}

struct cJSON *messages_ask(const char *socket_path, char *error, size_t size)
{
	int fd = connect_store(socket_path);
	struct cJSON *answer = fd < 0 ? NULL : exchange(fd);

	if (fd < 0)
		snprintf(error, size, "cannot connect %s: %s", socket_path, strerror(errno));
	else if (!answer)
		snprintf(error, size, "no answer from %s: %s", socket_path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return answer;
}
