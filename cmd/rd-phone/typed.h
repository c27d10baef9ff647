/* Lines that somebody types, or that come through a pipe. On a terminal what is being typed stands in the last line of
 * the screen, below what happens in the call. */
#ifndef TYPED_H
#define TYPED_H

#include <stdbool.h>
#include <stddef.h>

#include "loop.h"
#include "progress.h"

#define TYPED_MAX 1024u /* bytes of a line; what is longer is cut */

struct typed { /* zeroed is closed */
	struct loop *loop;
	struct progress *progress; /* on a terminal */
	void (*on_line)(void *ctx, const char *line);
	void (*on_end)(void *ctx);
	void *ctx;
	struct watch watch;
	int fd;
	bool terminal;
	char text[TYPED_MAX + 1];
	size_t n;
	enum { TYPED_TEXT, TYPED_ESCAPE, TYPED_SEQUENCE } keys; /* where in the bytes of a key like an arrow */
};

/* on_line, on_end and ctx are set; progress, too, where fd may be a terminal. 0, or -1 with errno. The descriptor stays
 * the caller's. */
int typed_open(struct typed *t, struct loop *loop, int fd);
void typed_close(struct typed *t);

#endif
