/* Whom a mail may be sent to: the address book (contact.mail), the caller, and what the setting allow= names; nobody
 * else, whoever asks. */
#ifndef RECIPIENTS_H
#define RECIPIENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "mailaddress.h"

#define RECIPIENTS_MAX 5
#define RECIPIENTS_WHY_BYTES 400
#define RECIPIENTS_LIST_BYTES 1000

struct recipients {
	char address[RECIPIENTS_MAX][MAILADDRESS_BYTES];
	char name[RECIPIENTS_MAX][80]; /* as one says it */
	int count;
};

/* Names and addresses with commas between them; "me" is the caller. 0, or -1 with a sentence. */
int recipients_read(struct recipients *r, const char *to, char why[RECIPIENTS_WHY_BYTES]);

/* "Ben, Carol Ann, me, anybody at example.com", for who may choose. false: nobody at all. */
bool recipients_list(char *out, size_t size);

#endif
