/* libwebsockets as ws.c and http.c share it, and nobody else: its one context, hung into our loop. A connection is a
 * struct hub_peer, the first member of what ws.c or http.c knows about it. libwebsockets is told of it from the loop,
 * never inside the call that made it, so no callback comes before the caller has its pointer. */
#ifndef HUB_H
#define HUB_H

#include <stdbool.h>
#include <stddef.h>

#include "loop.h"

struct lws;
struct lws_client_connect_info;

struct hub_peer {
	struct lws *wsi; /* NULL until started, and once it is over */
	int (*on_event)(struct hub_peer *p, int reason, void *in, size_t n); /* an lws_callback_reasons; -1 closes */
	struct lws *(*on_start)(struct hub_peer *p); /* makes the connection; NULL: it cannot be */
	void (*on_over)(struct hub_peer *p);	     /* the last word: tells its user and frees it */
	struct timer timer;			     /* starts it; its owner's afterwards */
	struct hub_head {			     /* adopted: what was read, until it is started */
		char *bytes;
		size_t n;
		struct watch more;
	} head;
	bool starting, cut, over;
	struct hub_peer *next, **link; /* of all that live */
};

/* Makes what hub_open needs of libwebsockets, before forks that will call it. -1: errno. */
int hub_warm(bool tls);
int hub_open(struct loop *l, bool tls);
void hub_close(struct loop *l);

/* Lists the peer (its three functions are set). -1: errno ESHUTDOWN, no hub. */
int hub_join(struct hub_peer *p);
/* Starts a listed peer at once, but from the loop. */
void hub_start(struct hub_peer *p);

/* The same for a connection of which `bytes` were read already; on_start is ours then. The descriptor is taken over in
 * any case. It is started when the head of its request is whole. -1: errno. */
int hub_adopt(struct hub_peer *p, int fd, const void *bytes, size_t n);

/* For on_start. */
struct lws *hub_connect(struct hub_peer *p, struct lws_client_connect_info *info);

void hub_timer(struct hub_peer *p, const char *name, void (*on)(void *peer), uint64_t after_us); /* 0: stops it */
void hub_writable(struct hub_peer *p); /* asks for a WRITEABLE event */
void hub_cut(struct hub_peer *p);      /* closes without a word, from the loop */
struct loop *hub_loop(void);
bool hub_has_tls(void);

/* What libwebsockets' log said since the last start about a certificate or a name, or NULL. Its callbacks do not say
 * it. */
const char *hub_reason(void);

#endif
