/* How long a connection to the model may live: by its age, or until the service ends it, and when the next one is made
 * and takes over. Pure: the time is passed in. */
#ifndef TERM_H
#define TERM_H

#include <stdbool.h>
#include <stdint.h>

struct term {
	long most_s;	   /* how old a connection may become */
	double expires_at; /* Unix seconds, as the service said; 0: not yet on this one */
	uint64_t end_us;   /* when it is time for another one: it is made beside this one */
	uint64_t last_us;  /* when that one takes over, whatever is under way */
};

/* It runs from now on. An end that is past or a day away is a clock's fault: then its age alone counts. */
void term_begin(struct term *t, uint64_t now_us, double now_unix_s);
/* It is to be replaced soon, for another reason. */
void term_cut(struct term *t, uint64_t now_us);

bool term_over(const struct term *t, uint64_t now_us); /* time for another one */
bool term_late(const struct term *t, uint64_t now_us); /* and half of what was left then is gone */
bool term_last(const struct term *t, uint64_t now_us);

#endif
