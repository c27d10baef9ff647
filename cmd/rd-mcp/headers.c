#include "headers.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base64.h"
#include "json.h"

#define MARK "x-mcp-header"
#define DEPTH_MAX 16

struct marks {
	const struct cJSON *arguments; /* NULL: only checked */
	const char *names[HEADERS_MAX];
	char **lines;
	size_t count, line_count;
	char *why;
	size_t size;
	bool failed;
};

static bool is_token(const char *name)
{
	static const char letters[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return *name && strlen(name) <= 64 && !name[strspn(name, letters)];
}

static void refuse(struct marks *m, const char *what)
{
	if (!m->failed)
		snprintf(m->why, m->size, MARK ": %s", what);
	m->failed = true;
}

char *headers_value(const char *value, char out[HEADERS_VALUE_BYTES])
{
	size_t n = strlen(value);
	bool plain = true;

	for (size_t i = 0; i < n; i++)
		plain &= (value[i] >= 0x20 && value[i] < 0x7f) || value[i] == '\t';
	if (n && (value[0] == ' ' || value[0] == '\t' || value[n - 1] == ' ' || value[n - 1] == '\t'))
		plain = false;
	if (n >= 11 && strncmp(value, "=?base64?", 9) == 0 && strcmp(value + n - 2, "?=") == 0)
		plain = false;
	if ((plain ? n : base64_length(n) + 11) >= HEADERS_VALUE_BYTES)
		return NULL;
	if (plain)
		return memcpy(out, value, n + 1);
	memcpy(out, "=?base64?", 9);
	n = 9 + base64_encode(out + 9, (const uint8_t *)value, n);
	memcpy(out + n, "?=", 3);
	return out;
}

static void make_line(struct marks *m, const char *name, const struct cJSON *value)
{
	char text[HEADERS_VALUE_BYTES], line[HEADERS_VALUE_BYTES + 80], number[32];
	const char *plain = NULL;

	if (cJSON_IsString(value))
		plain = value->valuestring;
	else if (cJSON_IsBool(value))
		plain = cJSON_IsTrue(value) ? "true" : "false";
	else if (cJSON_IsNumber(value) && value->valuedouble > -9e15 && value->valuedouble < 9e15) {
		snprintf(number, sizeof number, "%lld", (long long)value->valuedouble);
		plain = number;
	}
	if (!plain || !headers_value(plain, text))
		return;
	if (*text)
		snprintf(line, sizeof line, "Mcp-Param-%s: %s", name, text);
	else
		snprintf(line, sizeof line, "Mcp-Param-%s;", name); /* fetch.h: a header without a value */
	m->lines[m->line_count] = strdup(line);
	m->failed |= !m->lines[m->line_count];
	m->line_count += !m->failed;
}

static void take_mark(struct marks *m, const struct cJSON *schema, const struct cJSON *mark, const struct cJSON *value,
		      bool reachable)
{
	const char *name = cJSON_GetStringValue(mark), *type = json_text(schema, "type");

	if (!name || !is_token(name)) {
		refuse(m, "the name of a header expected");
		return;
	}
	if (!reachable)
		refuse(m, "it stands where only `properties` may lead");
	if (!type || (strcmp(type, "string") != 0 && strcmp(type, "integer") != 0 && strcmp(type, "boolean") != 0))
		refuse(m, "only a string, an integer or a boolean may carry it");
	for (size_t i = 0; i < m->count; i++)
		if (strcasecmp(m->names[i], name) == 0)
			refuse(m, "two arguments share a header");
	if (m->count == HEADERS_MAX)
		refuse(m, "too many headers");
	if (m->failed)
		return;
	m->names[m->count++] = name;
	if (m->arguments && value && !cJSON_IsNull(value))
		make_line(m, name, value);
}

/* Every object of the schema: a mark may hide anywhere, and where it must not be it spoils the tool. Below `properties`
 * and the root the path goes on; below anything else nothing can be reached. value: what the arguments hold there. */
static void walk(struct marks *m, const struct cJSON *schema, const struct cJSON *value, bool reachable, bool is_root,
		 int depth)
{
	const struct cJSON *child, *property, *mark = cJSON_GetObjectItemCaseSensitive(schema, MARK);

	if (depth > DEPTH_MAX || m->failed)
		return;
	if (mark && cJSON_IsObject(schema))
		take_mark(m, schema, mark, value, reachable && !is_root);
	cJSON_ArrayForEach(child, schema) {
		bool properties = cJSON_IsObject(schema) && cJSON_IsObject(child) && child->string &&
				  strcmp(child->string, "properties") == 0;

		if (!properties) {
			walk(m, child, NULL, false, false, depth + 1);
			continue;
		}
		cJSON_ArrayForEach(property, child)
			walk(m, property, cJSON_GetObjectItemCaseSensitive(value, property->string), reachable, false,
			     depth + 1);
	}
}

int headers_check(const struct cJSON *schema, char *why, size_t size)
{
	struct marks m = { .why = why, .size = size };

	walk(&m, schema, NULL, true, true, 0);
	return m.failed ? -1 : 0;
}

int headers_make(const struct cJSON *schema, const struct cJSON *arguments, char *lines[HEADERS_MAX], size_t *count)
{
	char why[100];
	struct marks m = { .arguments = arguments, .lines = lines, .why = why, .size = sizeof why };

	walk(&m, schema, arguments, true, true, 0);
	*count = m.line_count;
	if (!m.failed)
		return 0;
	while (*count)
		free(lines[--*count]);
	return -1;
}
