/* A PDF's text by pdftotext(1), a child with little time, little memory and no network. */
#ifndef PDF_H
#define PDF_H

#include <stddef.h>

#define PDF_WHY_BYTES 200

/* The text of its first pages, malloced, the caller's; empty if it has none. NULL with a sentence in why. From then on
 * this process can open no sockets either. Blocks for 10 s at most. */
char *pdf_to_text(const char *bytes, size_t n, char why[PDF_WHY_BYTES]);

#endif
