#include "twiml.h"

#include <string.h>

#include "utf8.h"

static void add_bytes(struct twiml *t, const char *bytes, size_t n)
{
	if (n > sizeof t->text - t->n) {
		t->bad = true;
		return;
	}
	memcpy(t->text + t->n, bytes, n);
	t->n += n;
}

static void add(struct twiml *t, const char *text)
{
	add_bytes(t, text, strlen(text));
}

/* How many bytes the character at s has; 0: not UTF-8 or not allowed in XML, which would cost the caller the call. */
static size_t character_bytes(const char *s)
{
	size_t n = utf8_character(s, strnlen(s, 4));

	if (n == 1 && (unsigned char)*s < 0x20 && !strchr("\t\n\r", *s))
		return 0;
	return n == 3 && (memcmp(s, "\xef\xbf\xbe", 3) == 0 || memcmp(s, "\xef\xbf\xbf", 3) == 0) ? 0 : n;
}

static const char *entity_of(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&apos;";
	default: return NULL;
	}
}

static void add_escaped(struct twiml *t, const char *text)
{
	while (*text) {
		size_t n = character_bytes(text);
		const char *entity = entity_of(*text);

		if (entity)
			add(t, entity);
		else
			add_bytes(t, n ? text : "?", n ? n : 1);
		text += n ? n : 1;
	}
}

static void begin(struct twiml *t)
{
	t->n = 0;
	t->bad = false;
	add(t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response>");
}

static int end(struct twiml *t)
{
	add(t, "</Response>\n");
	return t->bad ? -1 : 0;
}

int twiml_stream(struct twiml *t, const char *digits, const char *stream_url, const char *next)
{
	begin(t);
	if (strpbrk(stream_url, "?#"))
		t->bad = true;
	if (digits) {
		if (digits[strspn(digits, "0123456789ABCD#*wW")])
			t->bad = true;
		add(t, "<Play digits=\"");
		add_escaped(t, digits);
		add(t, "\"/>");
	}
	add(t, "<Connect><Stream url=\"");
	add_escaped(t, stream_url);
	add(t, "\"/></Connect><Redirect method=\"POST\">");
	add_escaped(t, next);
	add(t, "</Redirect>");
	return end(t);
}

int twiml_hangup(struct twiml *t)
{
	begin(t);
	add(t, "<Hangup/>");
	return end(t);
}

int twiml_say(struct twiml *t, const char *text)
{
	begin(t);
	add(t, "<Say>");
	add_escaped(t, text);
	add(t, "</Say><Hangup/>");
	return end(t);
}

int twiml_reject(struct twiml *t, bool busy)
{
	begin(t);
	add(t, busy ? "<Reject reason=\"busy\"/>" : "<Reject/>");
	return end(t);
}

int twiml_again(struct twiml *t, const char *next)
{
	begin(t);
	add(t, "<Pause length=\"1\"/><Redirect method=\"POST\">");
	add_escaped(t, next);
	add(t, "</Redirect>");
	return end(t);
}

int twiml_dial(struct twiml *t, const char *number, const char *next)
{
	begin(t);
	add(t, "<Dial method=\"POST\" action=\"");
	add_escaped(t, next);
	add(t, "\"><Number>");
	add_escaped(t, number);
	add(t, "</Number></Dial>");
	return end(t);
}
