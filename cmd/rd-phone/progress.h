/* What happens in the call, as it happens, for who watches: lines to standard error, and on a terminal below them a bar
 * that shows who speaks how loud, or what is being typed. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress { /* zeroed is silent */
	bool lines, bar;
	bool drawn;
	bool shown;	   /* what the assistant does is shown by somebody else */
	const char *typed; /* or NULL: nobody types */
	uint64_t begun_us, drawn_us;
};

/* verbose: lines also where standard error is no terminal. */
void progress_open(struct progress *p, bool verbose);

void progress_line(struct progress *p, const char *who, const char *format, ...) __attribute__((format(printf, 3, 4)));
void progress_show(struct progress *p, const char *line);  /* also where nothing else is told */
void progress_typed(struct progress *p, const char *text); /* borrowed until progress_close; stands there from now on */
void progress_bar(struct progress *p, unsigned caller, unsigned assistant, uint64_t now_us); /* levels of ear.h */
void progress_close(struct progress *p);

#endif
