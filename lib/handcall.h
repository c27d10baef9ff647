/* A call by hand, for rd-ring and rd-conform: an id and a folder of its own with call.json in it, which is removed with
 * all that the stages left there. */
#ifndef HANDCALL_H
#define HANDCALL_H

#include <stdbool.h>

#include "paths.h"
#include "sid.h"

struct handcall { /* zeroed is none */
	char path[PATHS_MAX_BYTES];
	char call[SID_BYTES]; /* LO… */
	bool made;	      /* and so to be removed */
};

/* A folder of one's own below $TMPDIR, or `path` if it is not NULL: that one stays. from may be "". 0, or -1 with
 * error. Blocks on the disk. */
int handcall_open(struct handcall *h, const char *path, const char *from, const char *agent, char *error, size_t size);
void handcall_close(struct handcall *h);

#endif
