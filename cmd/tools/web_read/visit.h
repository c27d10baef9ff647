/* A page is fetched: over redirects, each looked at before it is followed, from public addresses only, no longer and no
 * more than somebody on the telephone would wait for. */
#ifndef VISIT_H
#define VISIT_H

#include <stdbool.h>
#include <stddef.h>

#include "ask.h"
#include "url.h"

#define VISIT_WHY_BYTES 256

struct visit {	       /* zeroed is closed */
	struct url at; /* where the page was found in the end */
	struct ask_answer page;
};

/* What somebody says or a page writes as an address, as a URL: "example.com/a b" is https://example.com/a%20b. 0, or
 * -1: it is none. */
int visit_read_address(struct url *u, const char *text);

/* Fetches it. own: hosts of one's own network, HOST or HOST:PORT with commas between them, or "yes" for whatever it is;
 * NULL: none. Blocks for so long as timeout_s. 0, or -1 with a sentence for the caller in why. Close it in both cases.
 */
int visit(struct visit *v, const struct url *address, const char *own, unsigned timeout_s, char why[VISIT_WHY_BYTES]);
void visit_close(struct visit *v);

#endif
