/* Which languages the recognisers of this machine hear. There is one, with a model of American English; every other
 * language can be spoken and read here, and answered to keys, but not heard. Pure. */
#ifndef LANGUAGE_H
#define LANGUAGE_H

#include <stdbool.h>

/* language: as a configuration or a sentences' file names it, "en-gb", "de"; "" is English. */
bool language_is_heard(const char *language);

#endif
