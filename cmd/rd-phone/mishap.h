/* What befalls a stream on request: a bad wire that it goes over, another one that wants in with its token, and its end
 * before its time. */
#ifndef MISHAP_H
#define MISHAP_H

#include <stdbool.h>
#include <stddef.h>

#include "badline.h"
#include "loop.h"
#include "manners.h"
#include "progress.h"
#include "stream.h"
#include "summary.h"
#include "url.h"
#include "wire.h"

#define MISHAP_URL (URL_BYTES + 64)

enum mishap_kind { MISHAP_BREAK, MISHAP_RESET, MISHAP_HALF_OPEN, MISHAP_KINDS };

struct mishap {
	struct loop *loop;
	const struct badline *line;
	const struct manners *manners;
	struct summary *summary;
	struct progress *progress;
	struct stream *stream;
	struct timer timer;
	struct wire *wires;		   /* one a stream where one is needed, the newest first; half-open ones stay */
	unsigned done[MISHAP_KINDS];	   /* streams that it befell */
	struct ws *second;		   /* wants in; NULL: none does */
	char url[URL_BYTES], headers[160]; /* of the stream, by a good wire */
};

/* Whether they ask for what only a bad wire can do, which has to be plain TCP. */
bool mishap_needs_wire(const struct badline *line, const struct manners *m);

/* All up to stream are set. */
void mishap_open(struct mishap *m);
void mishap_close(struct mishap *m);

/* The URL to connect to instead of url: over a bad wire, or the same where a good one does. -1 with error. */
int mishap_route(struct mishap *m, const char *url, const char *headers, char over[MISHAP_URL], char *error,
		 size_t size);

/* The stream has opened: what is owed to this call is set going. It is over: it is not any more. */
void mishap_begin(struct mishap *m);
void mishap_end(struct mishap *m);

#endif
