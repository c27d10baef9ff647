#include "requests.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "json.h"

#include <cjson/cJSON.h>

#define DIGITS "0123456789"
#define LONGEST_DIGITS 6 /* that may stand: more are a number */
#define LONGEST_HEX 31	 /* the same: more are a call's id or a token */

/* How many bytes at text are only told by their end, in *shown. 0: none. */
static size_t private_bytes(const char *text, size_t *shown)
{
	size_t digits = strspn(text, DIGITS), hex = strspn(text, DIGITS "abcdef");

	if (hex > LONGEST_HEX) {
		*shown = 2;
		return hex;
	}
	*shown = 4;
	return digits > LONGEST_DIGITS ? digits : 0;
}

/* How many bytes the character at text has, as far as it is there; 1 for a byte that begins none. */
static size_t character_bytes(const char *text)
{
	size_t n = 1;

	if (((unsigned char)text[0] & 0xc0) == 0xc0)
		while (n < 4 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n++;
	return n;
}

/* What a character is shown as. A quote or a backslash would have twice its bytes in JSON. */
static const char *plain(const char *text)
{
	if (iscntrl((unsigned char)*text))
		return " ";
	return *text == '"' ? "'" : *text == '\\' ? "/" : text;
}

void requests_show(char *out, size_t size, const char *text)
{
	size_t at = 0, shown;

	while (*text) {
		size_t hidden = private_bytes(text, &shown);
		size_t n = hidden > 0 ? hidden : character_bytes(text);
		char piece[16];

		if (hidden > 0)
			snprintf(piece, sizeof piece, "…%.*s", (int)shown, text + n - shown);
		else
			snprintf(piece, sizeof piece, "%.*s", (int)n, plain(text));
		if (at + strlen(piece) >= size)
			break;
		at += (size_t)snprintf(out + at, size - at, "%s", piece);
		text += n;
	}
	out[at] = '\0';
}

void requests_show_path(char *out, size_t size, const char *target)
{
	char path[512];

	snprintf(path, sizeof path, "%.*s", (int)strcspn(target, "?"), target);
	requests_show(out, size, path);
}

void requests_note(struct requests *r, const char *method, const char *path, const char *verdict, const char *detail,
		   ...)
{
	struct request *q = &r->request[r->next];
	char text[512];
	va_list args;

	va_start(args, detail);
	vsnprintf(text, sizeof text, detail, args);
	va_end(args);
	clock_date(q->at, sizeof q->at);
	requests_show(q->method, sizeof q->method, method);
	requests_show(q->verdict, sizeof q->verdict, verdict);
	requests_show(q->detail, sizeof q->detail, text);
	requests_show_path(q->path, sizeof q->path, path);
	r->next = (r->next + 1) % REQUESTS_KEPT;
	if (r->count < REQUESTS_KEPT)
		r->count++;
}

char *requests_print(const struct requests *r)
{
	struct cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; array && i < r->count; i++) {
		const struct request *q = &r->request[(r->next + REQUESTS_KEPT - r->count + i) % REQUESTS_KEPT];
		struct cJSON *item = json_make("at:s method:s path:s verdict:s detail:s", q->at, q->method, q->path,
					       q->verdict, q->detail);

		if (!item || !cJSON_AddItemToArray(array, item)) {
			cJSON_Delete(item);
			cJSON_Delete(array);
			return NULL;
		}
	}
	return json_print(array);
}
