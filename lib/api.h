/* A service that is asked in JSON over HTTPS with a key: what the tools for tasks and for searching share. Requests
 * that change nothing are repeated where that may help and there is time. */
#ifndef API_H
#define API_H

#include <stdbool.h>

#include "trouble.h"

struct cJSON;

#define API_BASE_BYTES 512
#define API_HEADERS 6
#define API_TRIES 3
#define API_PATIENCE_S 4 /* longer than that nobody waits on the telephone: told instead */

struct api { /* zeroed is closed */
	struct ask session;
	char base[API_BASE_BYTES];	      /* without a slash at its end */
	const char *headers[API_HEADERS + 1]; /* with every request: "Name: value"; NULL behind the last. Borrowed */
	const char *bearer;		      /* or NULL. Borrowed */
	bool reads;			      /* whatever is asked changes nothing */
};

struct api_reply { /* zeroed is empty */
	struct ask_answer answer;
	struct cJSON *json; /* NULL: what came is no JSON object */
};

/* Whether a key may go there: HTTPS, or this machine. */
bool api_is_safe(const char *base);

/* Opens a session of so many seconds in all. 0, or -1 with errno (EINVAL: base is no address, or too long). Set headers
 * and bearer then. */
int api_open(struct api *a, const char *base, unsigned seconds);
void api_close(struct api *a);

/* Asks for base + path and waits. request_id: the header X-Request-Id, or NULL. body is deleted; NULL: none. What
 * only reads is repeated on 408, 5xx and when nothing came, anything on 429; what else may be is the caller's to know.
 * The reply is the caller's to close. */
void api_call(struct api *a, const char *method, const char *path, const char *request_id, struct cJSON *body,
	      struct api_reply *r);
void api_reply_close(struct api_reply *r);

/* How it went wrong as a line for the log and a sentence about `who` ("Todoist"): for what is peculiar to a service,
 * look at the status before. Returns -1. */
int api_trouble(struct trouble *t, const struct api *a, const char *who, const char *path, const struct api_reply *r);

#endif
