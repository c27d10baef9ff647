/* What came from a site, whatever it is, as a text to be read aloud: HTML, plain text, Markdown, PDF; or the sentence
 * that says why it is none. */
#ifndef PAGETEXT_H
#define PAGETEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "article.h"
#include "paragraphs.h"

#define PAGETEXT_WHY_BYTES 200

struct pagetext {			 /* zeroed is empty */
	char title[ARTICLE_TITLE_BYTES]; /* "": it has none */
	struct paragraphs paragraphs;
	bool cut; /* there was more */
};

/* type: Content-Type, or "". name: the path it came from, whose ending tells Markdown from text. cut: more came than
 * was taken. Starts pdftotext for a PDF, for 10 s at most. 0, or -1 with a sentence in why. Close it in both cases. */
int pagetext_make(struct pagetext *t, const char *bytes, size_t n, const char *type, const char *name, bool cut,
		  char why[PAGETEXT_WHY_BYTES]);
void pagetext_close(struct pagetext *t);

#endif
