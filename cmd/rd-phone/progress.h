/* What happens in the call, as it happens, for who watches: lines to standard error, and on a terminal a bar that shows
 * who speaks how loud. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress { /* zeroed is silent */
	bool lines, bar;
	bool drawn;
	uint64_t begun_us, drawn_us;
};

/* verbose: lines also where standard error is no terminal. */
void progress_open(struct progress *p, bool verbose);

void progress_line(struct progress *p, const char *who, const char *format, ...) __attribute__((format(printf, 3, 4)));
void progress_bar(struct progress *p, unsigned caller, unsigned assistant, uint64_t now_us); /* levels of ear.h */
void progress_close(struct progress *p);

#endif
