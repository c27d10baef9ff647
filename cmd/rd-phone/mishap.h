/* What befalls a stream on request: the bad wire that it goes over, and its end before its time. */
#ifndef MISHAP_H
#define MISHAP_H

#include <stddef.h>

#include "badline.h"
#include "loop.h"
#include "manners.h"
#include "progress.h"
#include "stream.h"
#include "url.h"
#include "wire.h"

#define MISHAP_URL (URL_BYTES + 64)

enum mishap_kind { MISHAP_BREAK, MISHAP_RESET, MISHAP_HALF_OPEN };

struct mishap {
	struct loop *loop;
	const struct badline *line;
	const struct manners *manners;
	struct progress *progress;
	struct stream *stream;
	struct timer timer;
	struct wire *wires; /* one a stream where one is needed, the newest first; half-open ones stay */
	unsigned done[3];   /* streams that it befell */
};

/* The first five members are set. */
void mishap_open(struct mishap *m);
void mishap_close(struct mishap *m);

/* The URL to connect to instead of url: over a bad wire, or the same where a good one does. -1 with error. */
int mishap_route(struct mishap *m, const char *url, char *over, size_t over_size, char *error, size_t size);

/* The stream has opened: what is owed to this call is set going. It is over: it is not any more. */
void mishap_begin(struct mishap *m);
void mishap_end(struct mishap *m);

#endif
