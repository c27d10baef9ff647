/* A server that is a program: one message a line on its standard input and output; what it says on its standard error
 * is read, so that it never waits, and kept to the last line. */
#ifndef STDIO_PEER_H
#define STDIO_PEER_H

#include "loop.h"
#include "peer.h"
#include "process.h"

#define STDIO_SAID_BYTES 200

struct stdio { /* zeroed is closed */
	struct loop *loop;
	struct peer_user user;
	struct process *process;
	int in, out, err; /* ours of its three */
	struct watch in_watch, out_watch, err_watch;
	struct timer pause, gone; /* its errors come too fast; its output has ended */
	char *line, *waiting;	  /* a line that is not whole; what it has not yet read */
	size_t line_bytes, line_size, waiting_bytes, waiting_size, errors;
	char said[STDIO_SAID_BYTES], half[STDIO_SAID_BYTES]; /* the last line of its errors */
	size_t half_bytes;
};

/* Starts it. 0, or -1 with errno. */
int stdio_open(struct stdio *s, struct processes *all, const char *const *argv, const char *const *envp,
	       const struct peer_user *user);
bool stdio_is_open(const struct stdio *s);

/* 0, or -1: it does not read what it is told. Never blocks. */
int stdio_send(struct stdio *s, const char *text);

/* Its end in steps, or at once; nobody is told. Harmless twice. */
void stdio_close(struct stdio *s, bool at_once);

#endif
