/* What a configuration that is broken still says: the operator is to reach a ringdown that runs by an older copy. */
#ifndef GUESS_H
#define GUESS_H

#include <stddef.h>

/* The runtime-dir that stands in the file, whatever else is wrong there; a relative one is beside the file. 0, or -1:
 * it cannot be read, or names none. Blocks on the disk. */
int guess_runtime(const char *file, char *out, size_t size);

#endif
