/* The text of a mail that was written as a web page: what one would see, in lines. By libxml2. */
#ifndef HTMLTEXT_H
#define HTMLTEXT_H

#include <stddef.h>

/* Of n bytes of UTF-8, however broken. The caller's; NULL without memory. */
char *htmltext(const char *page, size_t n);

#endif
