/* What an IMAP server says (RFC 3501) to UID SEARCH and to a UID FETCH of heads, taken from all lines that it sent.
 * Literals are counted, never looked into: what stands in a mail is no reply. Pure. */
#ifndef IMAPREPLY_H
#define IMAPREPLY_H

#include <stdbool.h>
#include <stddef.h>

/* The highest `most` UIDs, the highest first; *total is how many were found. How many are in out. */
size_t imapreply_search(const char *lines, size_t n, unsigned long *out, size_t most, long *total);

/* "* ESEARCH (TAG …) UID COUNT 3 MAX 99" (RFC 4731): how many, and the highest. false: the server cannot count. */
bool imapreply_count(const char *lines, size_t n, long *count, unsigned long *max);

struct imapreply_head {
	unsigned long uid;
	bool seen;
	const char *bytes; /* the head, borrowed of lines */
	size_t n;
};

/* The next head; *at is where to go on, at first 0. false: no more. */
bool imapreply_head(const char *lines, size_t n, size_t *at, struct imapreply_head *h);

#endif
