#include "control.h"

#include <cjson/cJSON.h>
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
#define LINE_MOST ((size_t)1 << 20)

static int limit(int fd, int option, unsigned seconds)
{
	struct timeval t = { .tv_sec = seconds };

	return setsockopt(fd, SOL_SOCKET, option, &t, sizeof t);
}

int control_open(struct control *c, const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	*c = (struct control){ .fd = -1 };
	if (strlen(path) >= sizeof a.sun_path)
		return errno = ENAMETOOLONG, -1;
	memcpy(a.sun_path, path, strlen(path));
	c->buf = malloc(LINE_MOST + 1);
	c->fd = c->buf ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
	if (c->fd >= 0 && limit(c->fd, SO_SNDTIMEO, LIMIT_S) == 0 &&
	    connect(c->fd, (struct sockaddr *)&a, sizeof a) == 0)
		return 0;
	control_close(c);
	return -1;
}

void control_close(struct control *c)
{
	int saved = errno;

	if (c->fd >= 0)
		close(c->fd);
	free(c->buf);
	*c = (struct control){ .fd = -1 };
	errno = saved;
}

static int send_all(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t k = send(fd, text, n, MSG_NOSIGNAL);

		if (k < 0 && errno != EINTR)
			return -1;
		text += k > 0 ? k : 0;
		n -= k > 0 ? (size_t)k : 0;
	}
	return 0;
}

static char *take_line(struct control *c)
{
	char *line = c->buf + c->start, *newline = memchr(line, '\n', c->end - c->start);

	if (!newline)
		return NULL;
	*newline = 0;
	c->start = (size_t)(newline - c->buf) + 1;
	return line;
}

char *control_line(struct control *c, unsigned limit_s)
{
	char *line;

	if (limit(c->fd, SO_RCVTIMEO, limit_s) < 0)
		return NULL;
	while (!(line = take_line(c))) {
		ssize_t n;

		memmove(c->buf, c->buf + c->start, c->end - c->start);
		c->end -= c->start;
		c->start = 0;
		if (c->end == LINE_MOST)
			return errno = EMSGSIZE, NULL;
		n = recv(c->fd, c->buf + c->end, LINE_MOST - c->end, 0);
		if (n == 0)
			return errno = 0, NULL;
		if (n < 0 && errno != EINTR)
			return NULL;
		c->end += n > 0 ? (size_t)n : 0;
	}
	return line;
}

static const char *reason(void)
{
	return errno == 0 ? "it has closed the connection" : errno == EAGAIN ? "no answer in 5 s" : strerror(errno);
}

struct cJSON *control_ask(struct control *c, struct cJSON *request, char *error, size_t size)
{
	char *text, *line;
	int sent;

	cJSON_AddNumberToObject(request, "id", ++c->id);
	text = json_print(request);
	sent = text ? send_all(c->fd, text, strlen(text)) == 0 && send_all(c->fd, "\n", 1) == 0 : 0;
	free(text);
	while (sent && (line = control_line(c, LIMIT_S))) {
		struct cJSON *answer = json_parse(line, strlen(line));

		if (json_number(answer, "id", -1) == c->id)
			return answer;
		cJSON_Delete(answer);
	}
	snprintf(error, size, "ringdown does not answer: %s", reason());
	return NULL;
}
