/* Text that came from elsewhere, made fit for events: UTF-8 whatever it was. */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>

/* Every byte that is no part of valid UTF-8 becomes '?', a NUL a space; the length stays. bytes need no NUL behind. */
void utf8_clean(char *bytes, size_t n);

/* The length of the character at s, of which at most n bytes are there; 0: it is none. */
size_t utf8_character(const char *s, size_t n);

/* How many of the first `most` bytes of a text may stand without cutting a character. */
size_t utf8_clip(const char *text, size_t most);

/* How many characters n bytes of valid UTF-8 are. */
size_t utf8_count(const char *text, size_t n);

/* A copy of n bytes in the place of *at, which is malloced or NULL. 0, or -1 without memory: then all is as it was. */
int utf8_replace(char **at, const char *text, size_t n);

#endif
