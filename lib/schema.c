#include "schema.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

struct check {
	char *error;
	size_t size;
	char path[160]; /* of the argument at hand: "items[2].name" */
};

static const struct cJSON *word(const struct cJSON *schema, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(schema, name);
}

__attribute__((format(printf, 2, 3))) static int refuse(struct check *c, const char *format, ...)
{
	int n = snprintf(c->error, c->size, "%s: ", c->path[0] ? c->path : "arguments");
	va_list args;

	va_start(args, format);
	if (n >= 0 && (size_t)n < c->size)
		vsnprintf(c->error + n, c->size - (size_t)n, format, args);
	va_end(args);
	return -1;
}

/* The path grows by a name or an index while what is below is checked; the old length is given back to leave(). */
static size_t enter(struct check *c, const char *name, int index)
{
	size_t n = strlen(c->path);

	if (name)
		snprintf(c->path + n, sizeof c->path - n, "%s%.60s", n ? "." : "", name);
	else
		snprintf(c->path + n, sizeof c->path - n, "[%d]", index);
	return n;
}

static void leave(struct check *c, size_t n)
{
	c->path[n] = 0;
}

/* --- of the schema itself */

static const char *const types[] = { "object", "array", "string", "number", "integer", "boolean", "null" };

static bool is_type(const struct cJSON *name)
{
	for (size_t i = 0; cJSON_IsString(name) && i < sizeof types / sizeof types[0]; i++)
		if (strcmp(name->valuestring, types[i]) == 0)
			return true;
	return false;
}

static int check_type_word(struct check *c, const struct cJSON *type)
{
	const struct cJSON *name;

	if (!type || is_type(type))
		return 0;
	if (!cJSON_IsArray(type) || !type->child)
		return refuse(c, "type: object, array, string, number, integer, boolean or null expected");
	cJSON_ArrayForEach(name, type)
		if (!is_type(name))
			return refuse(c, "type: a list of known types expected");
	return 0;
}

static int check_plain_words(struct check *c, const struct cJSON *schema)
{
	static const char *const numbers[] = { "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems" };
	const struct cJSON *required = word(schema, "required"), *values = word(schema, "enum"), *name;

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (word(schema, numbers[i]) && !cJSON_IsNumber(word(schema, numbers[i])))
			return refuse(c, "%s: number expected", numbers[i]);
	if (values && (!cJSON_IsArray(values) || !values->child))
		return refuse(c, "enum: a list of values expected");
	if (required && !cJSON_IsArray(required))
		return refuse(c, "required: a list of names expected");
	cJSON_ArrayForEach(name, required)
		if (!cJSON_IsString(name))
			return refuse(c, "required: a list of names expected");
	return 0;
}

static int check_schema(struct check *c, const struct cJSON *schema, int depth)
{
	const struct cJSON *properties = word(schema, "properties"), *items = word(schema, "items"),
			   *others = word(schema, "additionalProperties"), *property;
	size_t n;

	if (!cJSON_IsObject(schema))
		return refuse(c, "a schema expected");
	if (depth > SCHEMA_DEPTH_MAX)
		return refuse(c, "at most %d levels expected", SCHEMA_DEPTH_MAX);
	if (check_type_word(c, word(schema, "type")) < 0 || check_plain_words(c, schema) < 0)
		return -1;
	if (properties && !cJSON_IsObject(properties))
		return refuse(c, "properties: an object expected");
	if (others && !cJSON_IsBool(others) && check_schema(c, others, depth + 1) < 0)
		return -1;
	cJSON_ArrayForEach(property, properties) {
		n = enter(c, property->string, 0);
		if (check_schema(c, property, depth + 1) < 0)
			return -1;
		leave(c, n);
	}
	return items ? check_schema(c, items, depth + 1) : 0;
}

int schema_is_parameters(const struct cJSON *schema, char *error, size_t size)
{
	struct check c = { .error = error, .size = size };
	const char *type = cJSON_GetStringValue(word(schema, "type"));

	if (!cJSON_IsObject(schema) || !type || strcmp(type, "object") != 0) {
		snprintf(error, size, "a schema of type object expected");
		return -1;
	}
	return check_schema(&c, schema, 1);
}

/* --- of a value */

static int check_value(struct check *c, const struct cJSON *schema, const struct cJSON *value, int depth);

/* Beyond 2^53 every number is whole; none is infinite but by overflow. */
static bool is_whole(double value)
{
	return value > -9e15 && value < 9e15 ? value == (double)(long long)value : value - value == 0;
}

static bool type_fits(const char *type, const struct cJSON *value)
{
	switch (type[0]) {
	case 'o': return cJSON_IsObject(value);
	case 'a': return cJSON_IsArray(value);
	case 's': return cJSON_IsString(value);
	case 'b': return cJSON_IsBool(value);
	case 'i': return cJSON_IsNumber(value) && is_whole(value->valuedouble);
	case 'n': return type[2] == 'm' ? cJSON_IsNumber(value) : cJSON_IsNull(value);
	default: return false;
	}
}

static int check_type(struct check *c, const struct cJSON *type, const struct cJSON *value)
{
	const struct cJSON *name;
	char names[80] = "";

	if (!type || (cJSON_IsString(type) && type_fits(type->valuestring, value)))
		return 0;
	if (cJSON_IsString(type))
		return refuse(c, "%s expected", type->valuestring);
	cJSON_ArrayForEach(name, type) {
		size_t n = strlen(names);

		if (type_fits(name->valuestring, value))
			return 0;
		snprintf(names + n, sizeof names - n, "%s%s", n ? " or " : "", name->valuestring);
	}
	return refuse(c, "%s expected", names);
}

static int check_enum(struct check *c, const struct cJSON *values, const struct cJSON *value)
{
	char names[400] = "";
	const struct cJSON *one;

	if (!values)
		return 0;
	cJSON_ArrayForEach(one, values) {
		char text[80] = "…";
		size_t n = strlen(names);

		if (cJSON_Compare(one, value, true))
			return 0;
		(void)cJSON_PrintPreallocated((struct cJSON *)(size_t)one, text, sizeof text,
					      false); /* too long: cut below */
		snprintf(names + n, sizeof names - n, "%s%s", n ? ", " : "", text);
	}
	return refuse(c, "one of %s expected", names);
}

static int check_number(struct check *c, const struct cJSON *schema, double value)
{
	const struct cJSON *low = word(schema, "minimum"), *high = word(schema, "maximum");

	if (low && value < low->valuedouble)
		return refuse(c, "at least %g expected", low->valuedouble);
	if (high && value > high->valuedouble)
		return refuse(c, "at most %g expected", high->valuedouble);
	return 0;
}

static int check_count(struct check *c, const struct cJSON *schema, const char *low_word, const char *high_word,
		       size_t count, const char *unit)
{
	const struct cJSON *low = word(schema, low_word), *high = word(schema, high_word);

	if (low && (double)count < low->valuedouble)
		return refuse(c, "at least %g %s expected", low->valuedouble, unit);
	if (high && (double)count > high->valuedouble)
		return refuse(c, "at most %g %s expected", high->valuedouble, unit);
	return 0;
}

static int check_array(struct check *c, const struct cJSON *schema, const struct cJSON *value, int depth)
{
	const struct cJSON *items = word(schema, "items"), *item;
	int index = 0;

	if (check_count(c, schema, "minItems", "maxItems", (size_t)cJSON_GetArraySize(value), "items") < 0)
		return -1;
	cJSON_ArrayForEach(item, value) {
		size_t n = enter(c, NULL, index++);

		if (items && check_value(c, items, item, depth + 1) < 0)
			return -1;
		leave(c, n);
	}
	return 0;
}

static int check_property(struct check *c, const struct cJSON *schema, const struct cJSON *value, int depth)
{
	const struct cJSON *property = word(word(schema, "properties"), value->string),
			   *others = word(schema, "additionalProperties");
	size_t n = enter(c, value->string, 0);

	if (!property && cJSON_IsFalse(others))
		return refuse(c, "there is no such argument");
	if (!property && cJSON_IsObject(others))
		property = others;
	if (property && check_value(c, property, value, depth + 1) < 0)
		return -1;
	leave(c, n);
	return 0;
}

static int check_object(struct check *c, const struct cJSON *schema, const struct cJSON *value, int depth)
{
	const struct cJSON *required = word(schema, "required"), *name, *field;

	cJSON_ArrayForEach(name, required)
		if (!word(value, name->valuestring)) {
			(void)enter(c, name->valuestring, 0);
			return refuse(c, "missing");
		}
	cJSON_ArrayForEach(field, value)
		if (check_property(c, schema, field, depth) < 0)
			return -1;
	return 0;
}

static int check_value(struct check *c, const struct cJSON *schema, const struct cJSON *value, int depth)
{
	if (depth > SCHEMA_DEPTH_MAX)
		return refuse(c, "at most %d levels expected", SCHEMA_DEPTH_MAX);
	if (check_type(c, word(schema, "type"), value) < 0 || check_enum(c, word(schema, "enum"), value) < 0)
		return -1;
	if (cJSON_IsNumber(value))
		return check_number(c, schema, value->valuedouble);
	if (cJSON_IsString(value))
		return check_count(c, schema, "minLength", "maxLength",
				   utf8_count(value->valuestring, strlen(value->valuestring)), "characters");
	if (cJSON_IsArray(value))
		return check_array(c, schema, value, depth);
	if (cJSON_IsObject(value))
		return check_object(c, schema, value, depth);
	return 0;
}

int schema_check(const struct cJSON *schema, const struct cJSON *value, char *error, size_t size)
{
	struct check c = { .error = error, .size = size };

	return check_value(&c, schema, value, 1);
}
