/* A message of the model's: read, and given to who acts on it. */
#ifndef RECEIVE_H
#define RECEIVE_H

#include <stddef.h>

struct bridge;

/* text is NUL-terminated behind n and is changed in place. */
void receive_text(struct bridge *b, char *text, size_t n);

#endif
