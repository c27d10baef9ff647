/* The line to the supervisor (fd 3): SOCK_SEQPACKET, one JSON object a message, optionally a newline and raw bytes
 * behind it, optionally one descriptor with it (SCM_RIGHTS). A lone newline means "ready". */
#ifndef LINE_H
#define LINE_H

#include <stddef.h>
#include <sys/types.h>

#define LINE_FD 3
#define LINE_MAX_BYTES 65536u

/* A pair of connected SOCK_SEQPACKET sockets, close-on-exec. 0 or -1. */
int line_pair(int fds[2]);

/* Whether fd is a SOCK_SEQPACKET socket: so a stage by hand, whose fd 3 may be anything, leaves it alone. */
int line_is(int fd);

/* Never blocks. json and bytes may be NULL/0; pass is a descriptor or -1 and stays the caller's, who closes it.
 * 0, or -1 with errno (EAGAIN: the other side lags by a whole buffer; EPIPE: it is gone). */
int line_send(int fd, const char *json, const void *bytes, size_t n, int pass);

/* > 0: length of the message in buf (NUL-terminated; buf has LINE_MAX_BYTES + 1), *pass is a descriptor that is now the
 * caller's, or -1; 0: the other side is gone; -1 with errno, EAGAIN when there is none, EMSGSIZE for one that was empty
 * or too long and is dropped. Never blocks. */
ssize_t line_receive(int fd, char *buf, int *pass);

#endif
