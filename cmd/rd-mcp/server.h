/* One MCP server and our side of its life: started, asked what era it speaks, opened, its tools listed and called;
 * down, and started again after a pause. Whatever it does or does not do, it costs nobody else anything.
 *
 *      server.c   its life          opening.c   era, handshake, list of tools
 *      request.c  what is asked: ids, limits, calls of tools      receive.c  what comes
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <time.h>

#include "catalogue.h"
#include "fetch.h"
#include "http.h"
#include "jsonrpc.h"
#include "loop.h"
#include "peer.h"
#include "process.h"
#include "secret.h"
#include "stdio.h"

struct cJSON;
struct server;

enum server_state { SERVER_DOWN, SERVER_STARTING, SERVER_READY };
enum server_era { ERA_UNKNOWN, ERA_LEGACY, ERA_MODERN };

struct server_result {		    /* borrowed */
	const struct cJSON *result; /* the server's own, or NULL: then text says why there is none */
	const char *text;
	bool cut; /* it was asked, and what it did is not known */
};

struct server_call { /* its owner's; set all up to ctx */
	const char *tool;
	const struct cJSON *arguments;
	unsigned timeout_ms;
	void (*on_progress)(struct server_call *c, const char *text);
	void (*on_result)(struct server_call *c, const struct server_result *r); /* once; may free it */
	void *ctx;

	struct server *server;
	struct server_call *next; /* of those that wait */
	struct timer limit;
	bool again; /* it was sent once before */
};

enum request_kind { REQUEST_DISCOVER, REQUEST_INITIALIZE, REQUEST_LIST, REQUEST_PING, REQUEST_LISTEN, REQUEST_CALL };

struct request {
	struct request *next;
	struct server *server;
	enum request_kind kind;
	long id;
	uint64_t begun_us;
	struct timer limit;
	struct server_call *call;
};

struct server_terms {		    /* what is configured; borrowed */
	const char *name, *url;	    /* url "": it is a program */
	const char *const *command; /* NULL behind the last word */
	const char *const *allow;   /* names of tools; NULL: all */
	size_t allow_count;
	const char *secret_name; /* of the variable that a program finds it in; or "" */
	const char *auth;	 /* none, bearer, basic */
	enum server_era era;	 /* ERA_UNKNOWN: found out */
	unsigned timeout_s;
};

struct server { /* zeroed, then server_open */
	struct loop *loop;
	struct processes *processes;
	struct fetch_pool *pool;
	struct server_terms terms;
	char secret[SECRET_MAX_BYTES];
	/* Its state, its list or its era is another one. */
	void (*on_change)(struct server *s, bool list);
	void *ctx;

	enum server_state state;
	enum server_era era;				     /* as it was found, or remembered */
	bool refused, listing, relist, tells_changes, quiet; /* quiet: it is not listened to (--try) */
	char why[PEER_WHY_BYTES];
	char version[32];
	struct cJSON *info; /* what it says about itself: serverInfo, capabilities */
	char *instructions;
	struct stdio stdio;
	struct http http;
	struct request *requests;
	struct server_call *waiting;
	struct catalogue tools, incoming;
	struct cJSON *cursors;
	time_t listed_at; /* 0: never */
	unsigned pages, failures, noise;
	uint64_t started_us, ready_us, noise_since_us;
	long next_id, ping_ms; /* ping_ms: of the last answer, -1 none */
	struct timer again, opening, settle;
	void (*on_ping)(struct server *s, long ms); /* -1: no answer */
};

/* s->loop, processes, pool, terms, secret, on_change and ctx are set. */
void server_open(struct server *s);
void server_close(struct server *s, bool politely);

void server_start(struct server *s);
/* A telephone rings: one that is down and waits is tried now, a list that is old is asked for anew. */
void server_warm(struct server *s);
/* It cannot be used: closed, what was asked of it answered, started again after a pause. */
void server_down(struct server *s, const char *why, bool refused);
bool server_is_program(const struct server *s);

void server_call(struct server *s, struct server_call *c);
void server_cancel(struct server_call *c, const char *why);
/* on_ping is called, in 5 s at most. */
void server_ping(struct server *s);

/* --- for its own files */

/* opening.c */
void opening_begin(struct server *s);
void opening_answer(struct server *s, const struct request *q, const struct jsonrpc *r); /* r NULL: no answer */
void opening_fault(struct server *s, const struct request *q, const struct peer_fault *f);
void opening_list(struct server *s);

/* request.c. limit_ms 0: none. NULL: it could not be sent. params is taken over. */
struct request *request_send(struct server *s, enum request_kind kind, struct cJSON *params, unsigned limit_ms,
			     struct server_call *call);
int request_tell(struct server *s, const char *method, struct cJSON *params);
void request_drop(struct request *q);
void request_flush(struct server *s); /* calls that wait are sent */
void request_fail_all(struct server *s, const char *why, bool waiting_too);
/* Text is taken over; NULL: no memory. 0, or -1: it cannot be told. */
int request_send_text(struct server *s, char *text, struct peer_message *m);
void request_wait(struct server *s, struct server_call *c); /* until the server is ready */
void request_end_call(struct server_call *c, const struct cJSON *result, const char *text, bool cut);

/* receive.c: what the peer tells; its ctx is the server */
extern const struct peer_user receive_user;

#endif
