#include "sse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int append(struct sse_text *t, const char *bytes, size_t n, size_t limit)
{
	if (t->n > limit || n > limit - t->n)
		return errno = EMSGSIZE, -1;
	if (t->n + n + 1 > t->size) {
		size_t size = (t->n + n + 1) * 2;
		char *grown = realloc(t->bytes, size);

		if (!grown)
			return -1;
		t->bytes = grown;
		t->size = size;
	}
	memcpy(t->bytes + t->n, bytes, n);
	t->n += n;
	t->bytes[t->n] = 0;
	return 0;
}

/* The value fits and holds no NUL, or it counts as absent. */
static void set_text(char *out, size_t size, const char *value, size_t n)
{
	bool fits = n < size && !memchr(value, 0, n);

	memcpy(out, value, fits ? n : 0);
	out[fits ? n : 0] = 0;
}

static void set_retry(struct sse *s, const char *value, size_t n)
{
	if (n && n <= 9 && strspn(value, "0123456789") == n)
		s->retry_ms = strtol(value, NULL, 10);
}

/* Lines of data are joined by newlines: each brings one, and the last goes when the event is told. */
static int take_field(struct sse *s, const char *name, size_t name_bytes, const char *value, size_t n)
{
	if (name_bytes == 4 && memcmp(name, "data", 4) == 0) {
		s->has_data = true;
		return append(&s->data, value, n, s->limit) < 0 || append(&s->data, "\n", 1, s->limit + 1) < 0 ? -1 : 0;
	}
	if (name_bytes == 5 && memcmp(name, "event", 5) == 0)
		set_text(s->name, sizeof s->name, value, n);
	else if (name_bytes == 2 && memcmp(name, "id", 2) == 0)
		set_text(s->id, sizeof s->id, value, n);
	else if (name_bytes == 5 && memcmp(name, "retry", 5) == 0)
		set_retry(s, value, n);
	return 0;
}

/* 1: an event was told and its user wants no more. */
static int tell(struct sse *s)
{
	char name[sizeof s->name];
	struct sse_event e = { .name = s->name[0] ? name : "message", .data = s->data.bytes };
	bool has_data = s->has_data;

	memcpy(name, s->name, sizeof name);
	memcpy(s->last_id, s->id, sizeof s->last_id);
	s->name[0] = 0;
	s->has_data = false;
	if (!has_data)
		return 0;
	e.data_bytes = s->data.n - 1;
	s->data.bytes[e.data_bytes] = 0;
	s->data.n = 0;
	return s->on_event(s, &e) ? 0 : 1;
}

static int take_line(struct sse *s)
{
	const char *line = s->line.bytes, *colon;
	size_t n = s->line.n, name_bytes, skip;

	s->line.n = 0;
	if (n == 0)
		return tell(s);
	colon = memchr(line, ':', n);
	if (!colon)
		return take_field(s, line, n, "", 0);
	name_bytes = (size_t)(colon - line);
	skip = name_bytes + 1 + (name_bytes + 1 < n && colon[1] == ' ');
	return take_field(s, line, name_bytes, line + skip, n - skip);
}

/* A stream may begin with a byte order mark. */
static void drop_mark(struct sse *s)
{
	if (s->begun)
		return;
	s->begun = true;
	if (s->line.n < 3 || memcmp(s->line.bytes, "\xef\xbb\xbf", 3) != 0)
		return;
	s->line.n -= 3;
	memmove(s->line.bytes, s->line.bytes + 3, s->line.n + 1);
}

/* Lines end with LF, CR, or both. */
int sse_feed(struct sse *s, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t run = 0;
		int done;

		if (s->after_return && bytes[i] == '\n')
			i++;
		s->after_return = false;
		while (i + run < n && bytes[i + run] != '\n' && bytes[i + run] != '\r')
			run++;
		if (append(&s->line, bytes + i, run, s->limit) < 0)
			return -1;
		i += run;
		if (i == n)
			break;
		s->after_return = bytes[i++] == '\r';
		drop_mark(s);
		done = take_line(s);
		if (done)
			return done < 0 ? -1 : 0;
	}
	return 0;
}

void sse_begin(struct sse *s)
{
	s->line.n = s->data.n = 0;
	s->name[0] = 0;
	memcpy(s->id, s->last_id, sizeof s->id);
	s->after_return = s->begun = s->has_data = false;
}

void sse_close(struct sse *s)
{
	free(s->line.bytes);
	free(s->data.bytes);
	s->line = s->data = (struct sse_text){ .bytes = NULL };
}
