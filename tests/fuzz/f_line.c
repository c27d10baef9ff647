/* The line to the supervisor (fd 3): a message arrives as it was sent, with its bytes and one descriptor, and none is
 * left open. First byte: how many descriptors; then the JSON, a newline, and the bytes. */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "line.h"

static void send_with(int fd, const uint8_t *bytes, size_t n, unsigned descriptors)
{
	union {
		char room[CMSG_SPACE(8 * sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec v = { (void *)(size_t)bytes, n };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };

	if (descriptors) {
		struct cmsghdr *c = (struct cmsghdr *)(void *)control.room;
		int all[8];

		for (unsigned i = 0; i < descriptors; i++)
			all[i] = fd;
		m.msg_control = control.room;
		m.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(descriptors * sizeof(int));
		memcpy(CMSG_DATA(c), all, descriptors * sizeof(int));
	}
	(void)sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL); /* too long: none arrives */
}

static void receive(int fd, const uint8_t *bytes, size_t n)
{
	static char text[LINE_MAX_BYTES + 1];
	ssize_t got;
	int pass;

	got = line_receive(fd, text, &pass);
	EXPECT(got != 0 && (got < 0 ? pass == -1 : (size_t)got == n && memcmp(text, bytes, n) == 0 && !text[n]));
	if (pass >= 0)
		close(pass);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static int next_fd;
	unsigned descriptors = fuzz_byte(&bytes, &n) % 9;
	char *json, *newline;
	int ends[2], other;

	EXPECT(line_pair(ends) == 0 && line_is(ends[0]));
	send_with(ends[0], bytes, n, descriptors);
	receive(ends[1], bytes, n);
	json = fuzz_text(bytes, n);
	newline = strchr(json, '\n');
	if (newline && strlen(json) == n) {
		*newline = 0;
		if (line_send(ends[1], json, newline + 1, n - (size_t)(newline - json) - 1, ends[1]) == 0)
			receive(ends[0], bytes, n);
		else
			EXPECT(n > LINE_MAX_BYTES || errno == EMSGSIZE);
	}
	free(json);
	close(ends[0]);
	close(ends[1]);
	other = open("/dev/null", O_RDONLY);
	EXPECT(!next_fd || other == next_fd); /* nothing was left open */
	next_fd = other;
	close(other);
	return 0;
}
