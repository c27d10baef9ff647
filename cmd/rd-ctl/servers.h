/* The MCP servers: rd-mcp is asked, through its own socket. */
#ifndef SERVERS_H
#define SERVERS_H

#include <stdbool.h>
#include <stdio.h>

#include "control.h"

struct cJSON;

/* Asks (request is taken over) and hands each line of the answer to on_line, the last one too. 0, or -1 with error:
 * rd-mcp does not answer, or it refuses. */
int servers_ask(struct control *c, struct cJSON *request, void (*on_line)(void *ctx, const struct cJSON *line),
		void *ctx, char *error, size_t size);

/* The commands, on the line to rd-mcp; json: lines as they come. What cannot be is said in error: -1. */
int servers_list(struct control *c, bool json, char *error, size_t size);
int servers_ping(struct control *c, const char *name, bool json, char *error, size_t size);
int servers_inspect(struct control *c, const char *name, bool json, char *error, size_t size);

#endif
