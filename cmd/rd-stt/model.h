/* Where the recogniser's model of English lies: how its phones sound, and how words are said. */
#ifndef MODEL_H
#define MODEL_H

#include <stddef.h>

#include "paths.h"

#define MODEL_PACKAGE "pocketsphinx-en-us" /* Debian's, which brings both */

extern char model_acoustic[PATHS_MAX_BYTES], model_dictionary[PATHS_MAX_BYTES];

/* In this folder; NULL: where the package puts it. */
void model_use(const char *folder);
/* Whether both can be read: 0, or -1 with error, which names what is missing and the package. */
int model_check(char *error, size_t size);

#endif
