/* What the program under test does, seen from outside: its output compared with what is expected as it comes, its log,
 * its end. subject.c's other half; nobody else includes this. */
#ifndef WIRE_H
#define WIRE_H

#include "subject.h"

/* One wait for whatever comes first, writing: or for room in its input. false: it is later than until_us. */
bool wire_step(struct subject *s, uint64_t until_us, bool writing);

/* A whole frame that it has written. */
void wire_frame(struct subject *s, const uint8_t *bytes, size_t n);

#endif
