/* A connection at the door: its head is read within its bounds; then it is refused with a status, passed on as a
 * WebSocket (media.c), or served (routes.c, over lib/http.h). Each of its functions may be its end: the door's place is
 * empty then. */
#ifndef VISITOR_H
#define VISITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guard.h"
#include "head.h"
#include "loop.h"
#include "routes.h"

struct webhook;

enum visitor_state {
	VISITOR_HEAD,	  /* its head is being read */
	VISITOR_EXCHANGE, /* its request is being served (lib/http.h) */
	VISITOR_LEAVING,  /* refused; what it still sends is thrown away, else the answer might be lost */
};

struct visitor {
	struct webhook *webhook;
	enum visitor_state state;
	int fd;
	char address[GUARD_KEY_BYTES];
	bool local;
	uint64_t came_us;
	struct watch watch;
	struct timer limit;
	struct exchange exchange;
	size_t n;
	char bytes[HEAD_BYTES];
};

/* Begins with an accepted connection, which is its own from now on; its place in the door is taken, its address
 * counted. */
void visitor_open(struct visitor *v, struct webhook *w, int fd, const char *address, bool local);

/* Reads what is in the socket already. */
void visitor_look(struct visitor *v);

/* Leaves it only a moment to say its first word. */
void visitor_hurry(struct visitor *v);

/* Whether it is they who let us wait: such a one may make room for somebody else. Who waits for us has proved to be
 * Twilio. */
bool visitor_waits(const struct visitor *v);

/* Closes it, at once (not from inside its exchange), or as soon as the loop comes by. */
void visitor_drop(struct visitor *v);
void visitor_cut(struct visitor *v);

#endif
