/* A text that is gathered piece by piece from a page: one space where there were many, an empty line between
 * paragraphs, without what nobody sees; stops where a heading or an item lacks one. Bounded. */
#ifndef PROSE_H
#define PROSE_H

#include <stdbool.h>
#include <stddef.h>

struct prose {	    /* zeroed but for limit is empty */
	char *text; /* NULL as long as nothing is in it */
	size_t n, size, limit;
	bool space, comma, broken; /* what comes before the next character */
	bool full;		   /* there was more than limit */
	bool failed;		   /* no memory */
};

void prose_text(struct prose *p, const char *text); /* UTF-8 */
void prose_break(struct prose *p);		    /* a paragraph ends */
void prose_stop(struct prose *p);		    /* it ends as a sentence does */
void prose_comma(struct prose *p);		    /* what follows in it stands beside what was */
void prose_empty(struct prose *p);

/* The text, malloced, the caller's; cut at the end of a paragraph or at least of a word if it was full. NULL without
 * memory. */
char *prose_take(struct prose *p);
void prose_close(struct prose *p);

#endif
