/* What there is to read on a page of HTML: its title and the text of its article as paragraphs, without menus, notices
 * and scripts. However broken the page is, something comes out, if only nothing. */
#ifndef ARTICLE_H
#define ARTICLE_H

#include <stdbool.h>
#include <stddef.h>

#define ARTICLE_MAX_BYTES 163840u /* of the text; about three hours aloud */
#define ARTICLE_TITLE_BYTES 160

struct article { /* zeroed is empty */
	char title[ARTICLE_TITLE_BYTES];
	char *text;    /* paragraphs with an empty line between them, none within; valid UTF-8 */
	bool cut;      /* there was more */
	bool scripted; /* hardly a text, but scripts that would have made one */
};

/* Reads n bytes of UTF-8 without a NUL; the page's own word on its character set does not count any more. 0, or -1
 * without memory. */
int article_read(struct article *a, const char *html, size_t n);
void article_close(struct article *a);

#endif
