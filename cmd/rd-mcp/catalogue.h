/* The tools of one server as it last listed them: checked one by one, bounded, with the reason for each that is left
 * out. */
#ifndef CATALOGUE_H
#define CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

struct cJSON;

#define CATALOGUE_TOOLS_MAX 256
#define CATALOGUE_TOOL_BYTES_MAX 24576u

struct catalogue {	     /* zeroed is empty */
	struct cJSON *tools; /* name, title?, description, inputSchema, readOnly */
	size_t left_out;
	char why[240]; /* the first that was left out */
};

/* Over HTTP in the modern era the schema's headers count too. What cannot be used is counted. 0, or -1 without memory.
 */
int catalogue_add(struct catalogue *c, const struct cJSON *tool, bool with_headers);
size_t catalogue_count(const struct catalogue *c);
const struct cJSON *catalogue_find(const struct catalogue *c, const char *name); /* NULL */
void catalogue_close(struct catalogue *c);

#endif
