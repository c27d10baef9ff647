/* The part of JSON Schema that tools describe their arguments with, and the check of arguments against it. Known: type
 * (one or a list), properties, required, additionalProperties, items, enum, minimum, maximum, minLength, maxLength,
 * minItems, maxItems. Other words are for the model's eyes only: a tool whose arguments need more looks at them itself.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <stddef.h>

#define SCHEMA_DEPTH_MAX 8 /* levels of a schema, and so of what it lets through unlooked at */

struct cJSON;

/* Whether it describes the arguments of a tool: an object, its known words of the right kinds. -1: what is wrong in
 * error. */
int schema_is_parameters(const struct cJSON *schema, char *error, size_t size);

/* Whether value fits a schema that schema_is_parameters accepted. -1: error names the argument and what was expected,
 * e.g. "to: one of \"+15550100000\" expected"; it is written for the model to read, never holds the value. */
int schema_check(const struct cJSON *schema, const struct cJSON *value, char *error, size_t size);

#endif
