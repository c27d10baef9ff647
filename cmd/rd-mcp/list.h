/* What the door tells of the servers and their tools: each server a line, each tool that may be called a line. */
#ifndef LIST_H
#define LIST_H

#include "server.h"

struct cJSON;

/* Whether its tools can be offered: it is well, or nothing speaks against it but that it has only just begun. */
bool list_offers(const struct server *s);

/* A line about a server, as {"server","state",…}; the caller's. With details for who inspects it. */
struct cJSON *list_server(const struct server *s, bool details);

/* Each tool that `wants` names ("mcp:NAME", "mcp:NAME/TOOL"; NULL: all of all servers) goes to `say` as a line, taken
 * over; only: of this server alone, whatever its state. say returns false to end it. */
void list_tools(const struct server *servers, size_t count, const struct cJSON *wants, const struct server *only,
		bool (*say)(void *ctx, struct cJSON *line), void *ctx);

/* Whether any of wants names the server. */
bool list_wants(const struct cJSON *wants, const struct server *s);

#endif
