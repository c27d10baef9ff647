/* The folder of a call by hand: made, described in call.json, and removed with all that the stages left in it. */
#ifndef FOLDER_H
#define FOLDER_H

#include <stdbool.h>

#include "paths.h"
#include "sid.h"

struct folder { /* zeroed is none */
	char path[PATHS_MAX_BYTES];
	char call[SID_BYTES]; /* LO… */
	bool made;	      /* and so to be removed */
};

/* A folder of one's own below $TMPDIR, or `path` if it is not NULL: that one stays. from may be "". 0, or -1 with
 * error. */
int folder_open(struct folder *f, const char *path, const char *from, const char *agent, char *error, size_t size);
void folder_close(struct folder *f);

#endif
