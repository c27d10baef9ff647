#include "twiml.h"

#include <stdint.h>
#include <string.h>

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
static size_t character_bytes(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
	uint32_t c = n == 1 ? s[0] : s[0] & (0x7fu >> n);

	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80) /* the NUL too */
			return 0;
		c = c << 6 | (s[i] & 0x3fu);
	}
	if (n == 0 || c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) || (c & 0xfffe) == 0xfffe)
		return 0;
	return c < 0x20 && c != '\t' && c != '\n' && c != '\r' ? 0 : n;
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
		size_t n = character_bytes((const unsigned char *)text);
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
