/* A Google account for tools: access tokens for a service account's key (which may act for a user) or a refresh token,
 * kept in the tool's own folder while they are good; and requests that carry them. tool-services: what is sent is
 * sent to the service's own address and nowhere else. */
#ifndef GOOGLE_H
#define GOOGLE_H

#include <stdbool.h>

#include "trouble.h"

#define GOOGLE_TOKEN_BYTES 2048
#define GOOGLE_LIMIT_BYTES 4194304u

struct google { /* zeroed is closed */
	struct ask *ask;
	struct cJSON *key;
	const char *who, *scope, *subject, *folder; /* borrowed; subject NULL: the account itself */
	struct trouble *trouble;
	char token[GOOGLE_TOKEN_BYTES];
};

/* key is a service account's file or {"type":"authorized_user","client_id","client_secret","refresh_token"}, as Google
 * hands them out. Fields but ask, key and token are set before. 0, or -1 with trouble. */
int google_open(struct google *g, struct ask *ask, const char *key);
void google_close(struct google *g); /* wipes the token */

/* Asks by JSON (body NULL: none; is deleted) and repeats what may be: with another token where the first is refused,
 * later where Google says so. etag NULL: no If-Match. The answer is the caller's to close; its status tells. 0, or -1
 * with trouble: no token, no answer. */
int google_ask(struct google *g, const char *method, const char *url, const char *etag, struct cJSON *body,
	       struct ask_answer *a);

/* google_ask, and its JSON (NULL body: an empty object) if the status is below 300. The caller's; NULL with trouble. */
struct cJSON *google_json(struct google *g, const char *method, const char *url, struct cJSON *body);

/* -1 with the trouble that an answer of 300 and more is. */
int google_refused(struct google *g, const char *method, const char *url, const struct ask_answer *a);

#endif
