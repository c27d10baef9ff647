/* Telephone numbers as text: what is one, and what only looks like one because the caller withheld his. */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdbool.h>

/* E.164: "+", then 7 to 15 digits of which the first is not 0. */
bool number_is_e164(const char *text);

/* A word such as "anonymous", or that word typed on a keypad, which is shaped like a number. Nobody is known by it. */
bool number_is_withheld(const char *text);

#endif
