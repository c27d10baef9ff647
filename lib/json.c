#include "json.h"

#include <cjson/cJSON.h>
#include <string.h>

struct cJSON *json_parse(const void *bytes, size_t n)
{
	const char *end = NULL;
	struct cJSON *object;

	if (n == 0 || memchr(bytes, 0, n)) /* cJSON takes a NUL for a space, and in a text for its end */
		return NULL;
	object = cJSON_ParseWithLengthOpts(bytes, n, &end, 0);
	while (object && end < (const char *)bytes + n && (*end == ' ' || *end == '\n' || *end == '\r' || *end == '\t'))
		end++;
	if (object && (!cJSON_IsObject(object) || end != (const char *)bytes + n)) {
		cJSON_Delete(object);
		return NULL;
	}
	return object;
}

const char *json_text(const struct cJSON *object, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

double json_number(const struct cJSON *object, const char *key, double otherwise)
{
	const struct cJSON *field = cJSON_GetObjectItemCaseSensitive(object, key);

	/* 1e999 is read as infinite, which is no number of JSON's and would go out as null */
	return cJSON_IsNumber(field) && field->valuedouble - field->valuedouble == 0 ? field->valuedouble : otherwise;
}

long json_whole(const struct cJSON *object, const char *key, long otherwise, long min, long max)
{
	const struct cJSON *field = cJSON_GetObjectItemCaseSensitive(object, key);
	double number = cJSON_IsNumber(field) ? field->valuedouble : (double)otherwise;

	if (!(number > (double)min)) /* no number at all, too */
		return min;
	return number < (double)max ? (long)number : max;
}

bool json_flag(const struct cJSON *object, const char *key, bool otherwise)
{
	const struct cJSON *field = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsBool(field) ? (bool)cJSON_IsTrue(field) : otherwise;
}

const struct cJSON *json_object(const struct cJSON *object, const char *key)
{
	const struct cJSON *field = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsObject(field) ? field : NULL;
}

const struct cJSON *json_array(const struct cJSON *object, const char *key)
{
	const struct cJSON *field = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsArray(field) ? field : NULL;
}

/* Adds one field; its value is taken from args whatever happens, so that a failure leaks nothing. */
static bool add_field(struct cJSON *object, const char *key, char kind, bool optional, va_list *args)
{
	struct cJSON *value = NULL;
	const char *text;

	switch (kind) {
	case 's':
		text = va_arg(*args, const char *);
		if (!text && optional)
			return true;
		value = cJSON_CreateString(text ? text : "");
		break;
	case 'b': value = cJSON_CreateBool(va_arg(*args, int)); break;
	case 'i': value = cJSON_CreateNumber(va_arg(*args, int)); break;
	case 'n': value = cJSON_CreateNumber((double)va_arg(*args, long long)); break;
	case 'f': value = cJSON_CreateNumber(va_arg(*args, double)); break;
	case 'j':
		value = va_arg(*args, struct cJSON *);
		if (!value && optional)
			return true;
		break;
	default: break;
	}
	if (value && cJSON_AddItemToObject(object, key, value))
		return true;
	cJSON_Delete(value);
	return false;
}

int json_add_v(struct cJSON *object, const char *format, va_list given)
{
	bool ok = true;
	va_list args;

	va_copy(args, given);
	while (*format) {
		char key[40];
		size_t n = strcspn(format, ":");
		char kind = format[n] ? format[n + 1] : 0;
		bool optional = kind && format[n + 2] == '?';

		if (n >= sizeof key || !kind) {
			ok = false;
			break;
		}
		memcpy(key, format, n);
		key[n] = 0;
		ok &= add_field(object, key, kind, optional, &args);
		format += n + 2 + optional;
		format += *format == ' ';
	}
	va_end(args);
	return ok ? 0 : -1;
}

struct cJSON *json_make_v(const char *format, va_list args)
{
	struct cJSON *object = cJSON_CreateObject();

	if (object && json_add_v(object, format, args) < 0) {
		cJSON_Delete(object);
		return NULL;
	}
	return object;
}

struct cJSON *json_make(const char *format, ...)
{
	struct cJSON *object;
	va_list args;

	va_start(args, format);
	object = json_make_v(format, args);
	va_end(args);
	return object;
}

char *json_print(struct cJSON *object)
{
	char *text = object ? cJSON_PrintUnformatted(object) : NULL;

	cJSON_Delete(object);
	return text;
}
