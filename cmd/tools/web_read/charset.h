/* What character set a page is in, and its text as UTF-8: the mark at its beginning goes before what the server says,
 * that before what the page says of itself, that before what it looks like. */
#ifndef CHARSET_H
#define CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#define CHARSET_NAME_BYTES 41

/* The set's name as iconv has it, and how many bytes of a mark go before the text. type: Content-Type, or NULL; markup:
 * the page may name it itself. Returns out. */
char *charset_find(const char *bytes, size_t n, const char *type, bool markup, char out[CHARSET_NAME_BYTES],
		   size_t *mark);

/* The whole as UTF-8, malloced, a NUL behind its *length bytes and no other control character than tab and newline in
 * it; what is no character of its set is U+FFFD. At most 3 * n bytes. NULL without memory. */
char *charset_to_utf8(const char *bytes, size_t n, const char *type, bool markup, size_t *length);

#endif
