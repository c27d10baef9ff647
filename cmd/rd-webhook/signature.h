/* X-Twilio-Signature: base64(HMAC-SHA1(auth token, URL + sorted form fields)) over the URL as Twilio knows it. That is
 * the configured public URL and the raw request target, never the Host header, which a stranger writes. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

struct form;

struct signature_keys {
	const char *token[2]; /* the second while one is being rotated; NULL or "" is none and signs nothing */
};

struct signature_request {
	const char *url;	 /* as signature_url made it */
	const struct form *form; /* of a form body; NULL for GET, upgrades and JSON */
	const char *json;	 /* a JSON body as it came: the URL must hold its bodySHA256; else NULL */
	size_t json_bytes;
	bool upgrade; /* WebSocket: a second try with / behind the path */
};

/* The URL that Twilio signed, for log lines too: public_url (http or https; a path is kept, user:password@ and a last /
 * are not) and target, as ws or wss for an upgrade. -1: it does not fit, or public_url is neither http nor https. */
int signature_url(char *out, size_t size, const char *public_url, const char *target, bool upgrade);

/* Whether `given` (the header; NULL: absent) is the signature of r by one of the keys, the URL taken with its port,
 * without, and with the scheme's own. Compared in constant time. */
bool signature_good(const struct signature_keys *keys, const char *given, const struct signature_request *r);

#endif
