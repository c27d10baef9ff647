/* An agent's tools as its model will see them, and one run by hand. */
#ifndef TOOLS_H
#define TOOLS_H

#include <stdbool.h>
#include <stddef.h>

#include "control.h"

struct conf;

/* Prints what the agent has, and what is missing and why. mcp: the line to rd-mcp, or NULL: then why_not. 0, or -1 with
 * error. */
int tools_list(const struct conf *conf, const char *agent, struct control *mcp, const char *why_not, bool json,
	       char *error, size_t size);

/* Runs one with these arguments (a JSON object) through rd-tools, and prints what it says. 1: it has failed; -1 with
 * error: it could not be run. file: the configuration, or NULL. */
int tools_run(const char *file, const char *agent, const char *name, const char *arguments, bool json, char *error,
	      size_t size);

#endif
