/* `rd-mcp --try URL`: one server by hand: opened, its tools listed and called, and the end. */
#ifndef TRY_H
#define TRY_H

/* The exit status. Calls those of $MCP_CONFORMANCE_CONTEXT, else each tool once with arguments made up from its schema.
 */
int try_server(const char *url);

#endif
