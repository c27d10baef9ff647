/* X-Twilio-Signature as Twilio makes it: base64(HMAC-SHA1(auth token, URL + sorted form fields)). Written apart from
 * rd-webhook's check of it, so that one proves the other. */
#ifndef SIGN_H
#define SIGN_H

#include <stddef.h>

#define SIGN_BYTES 29 /* with its NUL */

struct field {
	const char *name, *value;
};

/* count 0 for GET and upgrades. 0, or -1: no memory. */
int sign(char out[SIGN_BYTES], const char *token, const char *url, const struct field *fields, size_t count);

#endif
