/* The listening socket of the HTTP door: the supervisor's, or our own when rd-webhook is started by hand. */
#ifndef LISTENER_H
#define LISTENER_H

#include <stdbool.h>
#include <stddef.h>

/* Whether fd is a listening socket. */
bool listener_is(int fd);

/* Makes a listening one non-blocking and close-on-exec. 0, or -1 with errno. */
int listener_take(int fd);

/* Binds "HOST:PORT" (port 0: any), close-on-exec, non-blocking. A host name is looked up, which blocks. -1: errno. */
int listener_bind(const char *address);

/* "127.0.0.1:8080": where it listens. Returns out. */
char *listener_name(int fd, char *out, size_t size);

#endif
