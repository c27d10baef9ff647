/* Whom a call may be transferred to: the numbers of RINGDOWN_TRANSFER_TO, and the names that RINGDOWN_CONTACTS has for
 * them. */
#ifndef BOOK_H
#define BOOK_H

#include <stdbool.h>
#include <stddef.h>

#define BOOK_NAME_MAX_BYTES 80
#define BOOK_NUMBER_BYTES 32
#define BOOK_LIST_BYTES 1024u

enum book_answer {
	BOOK_ALLOWED,
	BOOK_REFUSED, /* a contact, but of a number that is not allowed */
	BOOK_STRANGER
};

/* to is a number or a name, cases do not count. The number when it is allowed. */
enum book_answer book_find(const char *to, char number[BOOK_NUMBER_BYTES]);

/* All that is possible, names before numbers that have none: "Ben, +15550100000"; what fits. false: nothing is. */
bool book_list(char *out, size_t size);

#endif
