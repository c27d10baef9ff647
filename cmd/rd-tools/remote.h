/* A call of a tool that an MCP server runs: what call.h is for those that are processes of ours. */
#ifndef REMOTE_H
#define REMOTE_H

#include "calls.h"
#include "mcp.h"

struct call;

/* Starts the call if its name is one of rd-mcp's. 1: done with it, for now or for good; 0: no such tool. */
int remote_start(struct call *k);

bool remote_is_name(const struct calls *c, const char *name); /* whether only a server could have it */

/* Answers it as ended by us, and frees it. */
void remote_cancel(struct call *k);

/* What mcp.h tells: the calls' user is m's owner. */
void remote_progress(struct calls *c, long id, const char *text);
void remote_result(struct calls *c, long id, const struct cJSON *answer);
void remote_lost(struct calls *c);

#endif
