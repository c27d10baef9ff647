/* A text or Markdown document as paragraphs that can be read aloud: without marks, links by their words, code left out,
 * each list item and each heading on its own, none longer than a listener can bear. */
#ifndef PARAGRAPHS_H
#define PARAGRAPHS_H

#include <stdbool.h>
#include <stddef.h>

#define PARAGRAPHS_BYTES_MAX 1000u /* of one; a longer one goes on in the next */

struct paragraphs { /* zeroed is empty */
	char **all;
	size_t count;
	bool titled; /* the first is a heading, with the full stop it got */
};

/* Changes text (UTF-8) while it reads it. 0, or -1 without memory. */
int paragraphs_make(struct paragraphs *p, char *text, bool markdown);
void paragraphs_close(struct paragraphs *p);

#endif
