/* The fields of an application/x-www-form-urlencoded body or query: bounded, decoded once and in place. What is not
 * well formed is refused whole: a guess here would be signed, logged and believed further in. */
#ifndef FORM_H
#define FORM_H

#include <stddef.h>

#define FORM_FIELDS 256	 /* Twilio sends about 30 */
#define FORM_BYTES 65536 /* of a body, before decoding */

struct form_field {
	const char *name, *value; /* decoded, never NULL */
};

struct form {
	size_t count;
	struct form_field field[FORM_FIELDS]; /* in the order of arrival; a name may come more than once */
};

/* Decodes text[0..n) where it lies; text[n] must be writable too. The fields point into text, which the caller keeps.
 * -1: EMSGSIZE too long or too many fields, EILSEQ a bad % or a NUL byte; the form is empty then. */
int form_read(struct form *form, char *text, size_t n);

/* The first value of that name, or NULL. */
const char *form_get(const struct form *form, const char *name);

#endif
