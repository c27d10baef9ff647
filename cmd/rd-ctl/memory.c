#include "memory.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "json.h"

#define LIMIT_S 30 /* to forget a long life it works for seconds */
#define MESSAGE_MAX_BYTES 65536u

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
static struct cJSON *exchange(int fd, const char *question)
{
	char *buf = malloc(MESSAGE_MAX_BYTES);
	ssize_t n = -1;
	struct cJSON *answer;
	int why;

	if (buf && send(fd, question, strlen(question), MSG_NOSIGNAL) > 0)
		n = recv(fd, buf, MESSAGE_MAX_BYTES, 0);
	why = n < 0 ? errno : n ? EBADMSG : ECONNRESET;
	answer = n > 0 ? json_parse(buf, (size_t)n) : NULL;
	free(buf);
	errno = why;
	return answer;
}

struct cJSON *memory_ask(const char *socket_path, struct cJSON *request, char *error, size_t size)
{
	char *question = json_print(request);
	int fd = question ? connect_store(socket_path) : -1;
	struct cJSON *answer = fd < 0 ? NULL : exchange(fd, question);

	if (fd < 0)
		snprintf(error, size, "cannot connect %s: %s", socket_path, strerror(errno));
	else if (!answer)
		snprintf(error, size, "no answer from %s: %s", socket_path, strerror(errno));
	if (fd >= 0)
		close(fd);
	free(question);
	return answer;
}

/* All rows of one kind into list, piece by piece. */
static bool fetch(const char *socket_path, const char *number, const char *kind, struct cJSON *list, char *error,
		  size_t size)
{
	bool more = true;
	double after = 0;

	while (more) {
		struct cJSON *answer =
			memory_ask(socket_path,
				   json_make("do:s caller:s kind:s after:n", "export", number, kind, (long long)after),
				   error, size);
		const char *why = json_text(answer, "error");
		struct cJSON *rows = cJSON_GetObjectItemCaseSensitive(answer, "rows"), *row;

		if (answer && !json_flag(answer, "ok", false))
			snprintf(error, size, "%s", why ? why : "the memory refuses without a reason");
		if (!json_flag(answer, "ok", false)) {
			cJSON_Delete(answer);
			return false;
		}
		more = json_flag(answer, "more", false) && rows->child;
		while ((row = cJSON_DetachItemFromArray(rows, 0))) {
			after = json_number(row, "row", after);
			cJSON_DeleteItemFromObjectCaseSensitive(row, "row");
			cJSON_AddItemToArray(list, row);
		}
		cJSON_Delete(answer);
	}
	return true;
}

struct cJSON *memory_export(const char *socket_path, const char *number, char *error, size_t size)
{
	static const char *const kinds[] = { "facts", "messages", "calls", "turns", "tools", "usage" };
	struct cJSON *all = json_make("number:s", number);

	snprintf(error, size, "no memory");
	for (size_t i = 0; all && i < sizeof kinds / sizeof *kinds; i++) {
		struct cJSON *list = cJSON_AddArrayToObject(all, kinds[i]);

		if (!list || !fetch(socket_path, number, kinds[i], list, error, size)) {
			cJSON_Delete(all);
			all = NULL;
		}
	}
	return all;
}
