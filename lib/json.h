/* Short words for cJSON: bounded parsing, typed look-ups that tolerate what is missing, objects built from a format. */
#ifndef JSON_H
#define JSON_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct cJSON;

/* An object, the caller's to cJSON_Delete; NULL if the bytes are not exactly one JSON object (spaces around it
 * allowed, a NUL nowhere). */
struct cJSON *json_parse(const void *bytes, size_t n);

/* A field of an object, or what to take if it is missing or of another type. Borrowed. object may be NULL. */
const char *json_text(const struct cJSON *object, const char *key); /* NULL */
double json_number(const struct cJSON *object, const char *key, double otherwise);
/* A number without its fraction, within min and max: what comes from outside may be 1e300, which no cast survives. */
long json_whole(const struct cJSON *object, const char *key, long otherwise, long min, long max);
#define JSON_WHOLE_MAX (1L << 53) /* for max: beyond it doubles have gaps */
bool json_flag(const struct cJSON *object, const char *key, bool otherwise);
const struct cJSON *json_object(const struct cJSON *object, const char *key); /* NULL */
const struct cJSON *json_array(const struct cJSON *object, const char *key);  /* NULL */

/* A new object from "type:s id:s ok:b at_ms:n x:f items:j": s const char *, b int, i int, n long long, f double, j
 * struct cJSON * (taken over, also on failure). A ? behind the letter leaves a NULL s or j out. NULL without memory. */
struct cJSON *json_make(const char *format, ...);
struct cJSON *json_make_v(const char *format, va_list args);
/* The same into an object that exists. 0 or -1. */
int json_add_v(struct cJSON *object, const char *format, va_list args);

/* Unformatted text, malloced, the caller's; deletes the object. NULL without memory (or object). */
char *json_print(struct cJSON *object);

#endif
