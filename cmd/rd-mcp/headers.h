/* The headers of the modern era that repeat what a request holds: the arguments that a tool's schema marks with
 * "x-mcp-header", and values in the form that a header can carry. */
#ifndef HEADERS_H
#define HEADERS_H

#include <stddef.h>

struct cJSON;

#define HEADERS_MAX 16 /* marks of one tool */
#define HEADERS_VALUE_BYTES 2048

/* 0, or -1: the marks of the schema break the rules, why says how; such a tool must not be used over HTTP. */
int headers_check(const struct cJSON *schema, char *why, size_t size);

/* The "Mcp-Param-NAME: value" lines of a call, malloced, the caller's; count at most HEADERS_MAX. -1 without memory. */
int headers_make(const struct cJSON *schema, const struct cJSON *arguments, char *lines[HEADERS_MAX], size_t *count);

/* A value as a header carries it: as it is, or "=?base64?…?=". NULL: it is longer than HEADERS_VALUE_BYTES. Returns
 * out. */
char *headers_value(const char *value, char out[HEADERS_VALUE_BYTES]);

#endif
