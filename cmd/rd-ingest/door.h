/* --listen: a TCP port of our own, for the shell and for tests, where no rd-webhook stands in front. No token, no
 * signature: loopback only, unless the user names another address. */
#ifndef DOOR_H
#define DOOR_H

#include "loop.h"

struct door {				    /* zeroed is closed */
	void (*on_come)(void *ctx, int fd); /* a connection, now the owner's */
	void *ctx;
	struct loop *loop;
	struct watch watch;
};

/* Listens on ADDRESS:PORT, numbers only ([::1]:8080, port 0: any that is free). The port, or -1 with errno (EINVAL: no
 * such address). on_come and ctx are set by the owner. */
int door_open(struct door *d, struct loop *l, const char *where);
void door_close(struct door *d);

#endif
