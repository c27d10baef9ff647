/* JSON-RPC 2.0 as MCP uses it: what came is one of five things, what goes is made here. */
#ifndef JSONRPC_H
#define JSONRPC_H

#include <stdbool.h>
#include <stddef.h>

struct cJSON;

#define JSONRPC_MODERN "2026-07-28"
#define JSONRPC_LEGACY "2025-11-25" /* what we ask for; three older ones are taken too */

enum jsonrpc_code {
	JSONRPC_NO_METHOD = -32601,
	JSONRPC_BAD_HEADER = -32020,
	JSONRPC_NO_CAPABILITY = -32021,
	JSONRPC_BAD_VERSION = -32022,
};

enum jsonrpc_kind { JSONRPC_BAD, JSONRPC_REQUEST, JSONRPC_NOTICE, JSONRPC_RESULT, JSONRPC_ERROR };

struct jsonrpc { /* borrowed from the message */
	enum jsonrpc_kind kind;
	long id;				    /* of an answer: ours; 0: none that we ever gave */
	const struct cJSON *whose;		    /* of a request: the server's own id */
	const char *method;			    /* requests and notices */
	const struct cJSON *params, *result, *data; /* params may be NULL */
	int code;
	const char *message; /* errors; never NULL for one */
};

void jsonrpc_read(struct jsonrpc *r, const struct cJSON *message);

/* Whether it is an error that only a server of the modern era says. */
bool jsonrpc_is_modern_error(const struct jsonrpc *r);

/* Each is text of one line, malloced, the caller's; NULL without memory. params and result are taken over and may be
 * NULL; modern: the version that each request of that era carries, or NULL; progress: whether it is asked for. */
char *jsonrpc_request(long id, const char *method, struct cJSON *params, const char *modern, bool progress);
char *jsonrpc_notice(const char *method, struct cJSON *params);
char *jsonrpc_answer(const struct cJSON *whose, struct cJSON *result);
char *jsonrpc_refuse(const struct cJSON *whose, int code, const char *text);

#endif
