#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

int writer_open(struct writer *w, int fd, bool text)
{
	struct stat st;
	int type = 0;
	socklen_t size = sizeof type;

	*w = (struct writer){ .fd = fd };
	if (fstat(fd, &st) < 0)
		return -1;
	if (S_ISSOCK(st.st_mode) && getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0)
		w->packets = type == SOCK_SEQPACKET;
	w->text = text || isatty(fd);
	if (w->text && !(w->line = malloc(FRAME_LINE_MAX)))
		return -1;
	if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)) {
		int flags = fcntl(fd, F_GETFL);

		if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
			return -1;
	}
	return 0;
}

void writer_close(struct writer *w)
{
	queue_close(&w->queue);
	free(w->line);
	*w = (struct writer){ .fd = -1 };
}

/* All of a line, waiting where need be: text is for people, and a torn line would be no line. */
static int put_text(struct writer *w, const struct frame *f)
{
	long n = frame_to_line(f, w->line, FRAME_LINE_MAX);
	long done = 0;

	if (n < 0)
		return errno = EMSGSIZE, -1;
	while (done < n) {
		ssize_t k = write(w->fd, w->line + done, (size_t)(n - done));

		if (k < 0 && errno == EAGAIN) {
			int flags = fcntl(w->fd, F_GETFL);

			(void)fcntl(w->fd, F_SETFL, flags & ~O_NONBLOCK);
		} else if (k < 0 && errno != EINTR) {
			return -1;
		}
		done += k > 0 ? k : 0;
	}
	return 0;
}

/* Bytes taken, 0 if none go now, -1. */
static ssize_t put(struct writer *w, struct iovec *v, int n)
{
	struct msghdr m = { .msg_iov = v, .msg_iovlen = (size_t)n };
	ssize_t k = w->packets ? sendmsg(w->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) : writev(w->fd, v, n);

	if (k < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS))
		return 0;
	return k;
}

int writer_send(struct writer *w, const struct frame *f)
{
	uint8_t header[FRAME_HEADER];
	struct iovec v[2] = { { header, FRAME_HEADER }, { (void *)(uintptr_t)f->payload, f->length } };
	ssize_t done = 0;

	if (w->text)
		return put_text(w, f);
	if (!w->queue.head) {
		frame_pack(f, header);
		done = put(w, v, f->length ? 2 : 1);
		if (done < 0)
			return -1;
		if ((size_t)done == FRAME_HEADER + f->length)
			return 0;
	}
	return queue_push(&w->queue, f, (size_t)done);
}

int writer_flush(struct writer *w)
{
	struct queue_node *n;

	while ((n = w->queue.head)) {
		struct iovec v = { n->bytes + n->done, n->size - n->done };
		ssize_t k = put(w, &v, 1);

		if (k < 0)
			return -1;
		n->done += (size_t)k;
		if (n->done < n->size)
			return 0;
		queue_pop(&w->queue);
	}
	return 0;
}
