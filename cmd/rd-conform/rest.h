/* Whether the program under test has something to do although nothing is asked of it: threads of its own may be loading
 * what it needs, long after its first frame. */
#ifndef REST_H
#define REST_H

struct subject;

/* Until all its threads sleep, or for a few seconds. Takes what comes meanwhile. */
void rest_wait(struct subject *s);

#endif
