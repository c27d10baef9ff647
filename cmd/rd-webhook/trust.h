/* Whether a request is Twilio's: its signature over the public URL, its account. A refused signature is the commonest
 * trouble of a first call, so the log says over which URL it was computed and what to change; never token or signature.
 */
#ifndef TRUST_H
#define TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "refusals.h"
#include "signature.h"

#define TRUST_TOKEN_BYTES 128
#define TRUST_SIGNATURE_BYTES 64
#define TRUST_HOST_BYTES 256
#define TRUST_HINT_BYTES 1024

struct conf;

struct trust {
	char token[2][TRUST_TOKEN_BYTES];
	char account[64]; /* "": any */
	struct signature_keys keys;
	const char *public_url;
	struct refusals *refusals;
};

struct trust_claim {
	const char *target;	 /* as it was sent */
	const char *given;	 /* X-Twilio-Signature, "" without one */
	const char *host;	 /* Host: a stranger's word, good for advice alone */
	const char *address;	 /* of who asks, for the log */
	const struct form *form; /* of a form body, else NULL */
	bool upgrade;
};

/* Takes the secrets out of the environment, and says which is missing. public_url and refusals are borrowed. */
void trust_open(struct trust *t, const struct conf *c, const char *public_url, struct refusals *refusals);
void trust_close(struct trust *t); /* wipes them */

/* Whether any signature can be checked at all. */
bool trust_ready(const struct trust *t);

/* Whether Twilio signed it; if not, says so in the log, and what to do about it in hint, as far as it was found out: in
 * a flood only what costs nothing is. */
bool trust_signed(struct trust *t, const struct trust_claim *c, char hint[TRUST_HINT_BYTES]);

/* Whether it is our account (account may be NULL); if not, says so in the log. */
bool trust_account(struct trust *t, const char *account);

/* What -t says of the secrets: one line each to stdout. */
void trust_check(const struct conf *c);

#endif
