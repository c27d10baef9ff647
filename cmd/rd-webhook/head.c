#include "head.h"

#include <string.h>
#include <strings.h>

#define ALPHANUMERIC "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define NAME_CHARS ALPHANUMERIC "!#$%&'*+-.^_`|~"

static enum head_state bad(struct head *h, int status, const char *why)
{
	h->status = status;
	h->why = why;
	return HEAD_BAD;
}

/* Looks for the empty line: h->bytes. Here every bare CR, bare LF and control character is refused, so that nobody
 * behind us can find another end or another line; and a TLS client is told from a slow one by its first byte. */
static enum head_state find_end(struct head *h, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n && i < HEAD_BYTES; i++) {
		unsigned char c = (unsigned char)bytes[i];
		bool after_cr = i > 0 && bytes[i - 1] == '\r';

		if ((c == '\n') != after_cr)
			return bad(h, 400, "a line that does not end in CR LF");
		if ((c < 0x20 && c != '\r' && c != '\n' && c != '\t') || c == 0x7f)
			return bad(h, 400, "a control character");
		if (c == '\n' && i >= 3 && bytes[i - 2] == '\n') {
			h->bytes = i + 1;
			return HEAD_WHOLE;
		}
	}
	return n < HEAD_BYTES ? HEAD_MORE : bad(h, 431, "a head over 8 KiB");
}

/* How many bytes from the first are all in set. */
static size_t span(struct head_slice s, const char *set)
{
	size_t n = 0;

	while (n < s.n && s.at[n] && strchr(set, s.at[n]))
		n++;
	return n;
}

/* Cuts what is before the first `separator` off rest, and the separator. Without one: all of it. */
static struct head_slice cut(struct head_slice *rest, char separator)
{
	const char *stop = memchr(rest->at, separator, rest->n);
	struct head_slice first = { rest->at, stop ? (size_t)(stop - rest->at) : rest->n };
	size_t gone = stop ? first.n + 1 : first.n;

	rest->at += gone;
	rest->n -= gone;
	return first;
}

static struct head_slice trim(struct head_slice s)
{
	size_t blanks = span(s, " \t");

	s.at += blanks;
	s.n -= blanks;
	while (s.n > 0 && (s.at[s.n - 1] == ' ' || s.at[s.n - 1] == '\t'))
		s.n--;
	return s;
}

static struct head_slice cut_line(struct head_slice *rest)
{
	struct head_slice line = cut(rest, '\n');

	line.n--; /* its CR: find_end saw to that */
	return line;
}

static bool equal_ignoring_case(struct head_slice s, const char *text)
{
	return s.n == strlen(text) && strncasecmp(s.at, text, s.n) == 0;
}

bool head_equal(struct head_slice s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.at, text, s.n) == 0;
}

/* A path of visible ASCII: no absolute URL, no *, no fragment. */
static bool good_target(struct head_slice s)
{
	if (s.n == 0 || s.at[0] != '/' || memchr(s.at, '#', s.n))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.at[i] <= 0x20 || (unsigned char)s.at[i] >= 0x7f)
			return false;
	return true;
}

static enum head_state read_request_line(struct head *h, struct head_slice line)
{
	h->method = cut(&line, ' ');
	h->target = cut(&line, ' ');
	if (h->method.n == 0 || span(h->method, NAME_CHARS) != h->method.n)
		return bad(h, 400, "no method");
	if (line.n != 8 || memcmp(line.at, "HTTP/", 5) != 0)
		return bad(h, 400, "no HTTP version");
	if (!head_equal(line, "HTTP/1.0") && !head_equal(line, "HTTP/1.1"))
		return bad(h, 505, "an HTTP version that is not 1.0 or 1.1");
	if (!good_target(h->target))
		return bad(h, 400, "a target that is no path");
	h->minor = line.at[7] - '0';
	return HEAD_WHOLE;
}

static enum head_state read_field(struct head *h, struct head_slice line)
{
	struct head_field *f = &h->field[h->count];
	const char *colon = memchr(line.at, ':', line.n);

	if (line.at[0] == ' ' || line.at[0] == '\t')
		return bad(h, 400, "a folded header");
	if (h->count == HEAD_FIELDS)
		return bad(h, 431, "too many headers");
	if (!colon)
		return bad(h, 400, "a header without a colon");
	f->name = cut(&line, ':');
	f->value = trim(line);
	if (f->name.n == 0 || span(f->name, NAME_CHARS) != f->name.n)
		return bad(h, 400, "a header without a name");
	h->count++;
	return HEAD_WHOLE;
}

static size_t count_of(const struct head *h, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->count; i++)
		n += equal_ignoring_case(h->field[i].name, name);
	return n;
}

static enum head_state read_length(struct head *h)
{
	const struct head_slice *value = head_get(h, "content-length");
	size_t lengths = count_of(h, "content-length");

	h->content_length = 0;
	if (count_of(h, "transfer-encoding") > 0)
		return lengths > 0 ? bad(h, 400, "two lengths of the body") : bad(h, 411, "a body without its length");
	if (lengths == 0)
		return HEAD_WHOLE;
	if (!value)
		return bad(h, 400, "two lengths of the body");
	if (value->n == 0 || value->n > 9 || span(*value, "0123456789") != value->n)
		return bad(h, 400, "a length of the body that is no number");
	for (size_t i = 0; i < value->n; i++)
		h->content_length = h->content_length * 10 + (value->at[i] - '0');
	return HEAD_WHOLE;
}

enum head_state head_read(struct head *h, const char *bytes, size_t n)
{
	enum head_state state = find_end(h, bytes, n);
	struct head_slice rest, line;

	if (state != HEAD_WHOLE)
		return state;
	rest = (struct head_slice){ bytes, h->bytes };
	h->count = 0;
	state = read_request_line(h, cut_line(&rest));
	for (line = cut_line(&rest); state == HEAD_WHOLE && line.n > 0; line = cut_line(&rest))
		state = read_field(h, line);
	if (state == HEAD_WHOLE)
		state = read_length(h);
	if (state == HEAD_WHOLE && (count_of(h, "host") > 1 || (h->minor == 1 && count_of(h, "host") == 0)))
		return bad(h, 400, "not one Host");
	return state;
}

struct head_slice head_path(const struct head *h)
{
	struct head_slice rest = h->target;

	return cut(&rest, '?');
}

struct head_slice head_query(const struct head *h)
{
	struct head_slice rest = h->target;

	cut(&rest, '?');
	return rest;
}

const struct head_slice *head_get(const struct head *h, const char *name)
{
	const struct head_slice *found = NULL;

	for (size_t i = 0; i < h->count; i++) {
		if (!equal_ignoring_case(h->field[i].name, name))
			continue;
		if (found)
			return NULL;
		found = &h->field[i].value;
	}
	return found;
}

int head_text(const struct head *h, const char *name, char *out, size_t size)
{
	const struct head_slice *value = head_get(h, name);

	out[0] = '\0';
	if (!value || value->n >= size)
		return -1;
	memcpy(out, value->at, value->n);
	out[value->n] = '\0';
	return 0;
}

/* Whether a header that is a list, in one line or several, has that word. */
static bool lists(const struct head *h, const char *name, const char *word)
{
	for (size_t i = 0; i < h->count; i++) {
		struct head_slice rest = h->field[i].value;

		while (equal_ignoring_case(h->field[i].name, name) && rest.n > 0)
			if (equal_ignoring_case(trim(cut(&rest, ',')), word))
				return true;
	}
	return false;
}

/* 16 bytes in base64. */
static bool good_key(const struct head_slice *key)
{
	return key && key->n == 24 && span(*key, ALPHANUMERIC "+/") == 22 && memcmp(key->at + 22, "==", 2) == 0;
}

int head_upgrade(const struct head *h)
{
	const struct head_slice *version = head_get(h, "sec-websocket-version");

	if (!lists(h, "connection", "upgrade") || !lists(h, "upgrade", "websocket"))
		return 0;
	if (!head_equal(h->method, "GET") || h->minor != 1 || h->content_length > 0)
		return -1;
	if (!version || !head_equal(*version, "13"))
		return -1;
	return good_key(head_get(h, "sec-websocket-key")) ? 1 : -1;
}

bool head_media_token(const struct head *h, char out[TOKEN_CHARS + 1])
{
	static const char media[] = "/media/";

	if (h->target.n != sizeof media - 1 + TOKEN_CHARS || memcmp(h->target.at, media, sizeof media - 1) != 0)
		return false;
	memcpy(out, h->target.at + sizeof media - 1, TOKEN_CHARS);
	out[TOKEN_CHARS] = '\0';
	return true;
}
