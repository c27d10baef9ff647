#include "charset.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "utf8.h"

#define HEAD_BYTES 1024u /* in which a page names its set */
#define OUT_PER_BYTE 3u	 /* a byte of a known set becomes no more in UTF-8; U+FFFD for one has three */
#define REPLACEMENT "\xef\xbf\xbd"

/* What a label means to a browser, and iconv's name of it. Sets in which "<" may be something else (UTF-7 and the like)
 * are in no list of a browser's, nor in this one: they are read as what they look like. */
static const struct {
	const char *label, *name;
} known[] = {
	{ "utf-8", "UTF-8" },
	{ "utf8", "UTF-8" },
	{ "unicode-1-1-utf-8", "UTF-8" },
	{ "iso-8859-1", "CP1252" },
	{ "iso8859-1", "CP1252" },
	{ "iso_8859-1", "CP1252" },
	{ "latin1", "CP1252" },
	{ "l1", "CP1252" },
	{ "ascii", "CP1252" },
	{ "us-ascii", "CP1252" },
	{ "ansi_x3.4-1968", "CP1252" },
	{ "windows-1252", "CP1252" },
	{ "cp1252", "CP1252" },
	{ "x-cp1252", "CP1252" },
	{ "windows-1250", "CP1250" },
	{ "cp1250", "CP1250" },
	{ "windows-1251", "CP1251" },
	{ "cp1251", "CP1251" },
	{ "windows-1253", "CP1253" },
	{ "windows-1254", "CP1254" },
	{ "iso-8859-9", "CP1254" },
	{ "latin5", "CP1254" },
	{ "windows-1255", "CP1255" },
	{ "windows-1256", "CP1256" },
	{ "windows-1257", "CP1257" },
	{ "windows-1258", "CP1258" },
	{ "windows-874", "CP874" },
	{ "tis-620", "CP874" },
	{ "iso-8859-11", "CP874" },
	{ "iso-8859-2", "ISO-8859-2" },
	{ "latin2", "ISO-8859-2" },
	{ "iso-8859-3", "ISO-8859-3" },
	{ "iso-8859-4", "ISO-8859-4" },
	{ "iso-8859-5", "ISO-8859-5" },
	{ "iso-8859-6", "ISO-8859-6" },
	{ "iso-8859-7", "ISO-8859-7" },
	{ "iso-8859-8", "ISO-8859-8" },
	{ "iso-8859-10", "ISO-8859-10" },
	{ "iso-8859-13", "ISO-8859-13" },
	{ "iso-8859-14", "ISO-8859-14" },
	{ "iso-8859-15", "ISO-8859-15" },
	{ "latin-9", "ISO-8859-15" },
	{ "iso-8859-16", "ISO-8859-16" },
	{ "koi8-r", "KOI8-R" },
	{ "koi8-u", "KOI8-U" },
	{ "macintosh", "MACINTOSH" },
	{ "ibm866", "CP866" },
	{ "cp866", "CP866" },
	{ "gb2312", "GB18030" },
	{ "gbk", "GB18030" },
	{ "gb18030", "GB18030" },
	{ "big5", "BIG5-HKSCS" },
	{ "big5-hkscs", "BIG5-HKSCS" },
	{ "shift_jis", "CP932" },
	{ "shift-jis", "CP932" },
	{ "sjis", "CP932" },
	{ "x-sjis", "CP932" },
	{ "windows-31j", "CP932" },
	{ "euc-jp", "EUC-JP" },
	{ "iso-2022-jp", "ISO-2022-JP" },
	{ "euc-kr", "CP949" },
	{ "ks_c_5601-1987", "CP949" },
	{ "windows-949", "CP949" },
	{ "utf-16", "UTF-16LE" },
	{ "utf-16le", "UTF-16LE" },
	{ "utf-16be", "UTF-16BE" },
};

static const char *name_of(const char *label, size_t n)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strlen(known[i].label) == n && strncasecmp(known[i].label, label, n) == 0)
			return known[i].name;
	return NULL;
}

static const char *from_mark(const char *bytes, size_t n, size_t *mark)
{
	static const struct {
		const char *bytes, *name;
		size_t n;
	} marks[] = { { "\xef\xbb\xbf", "UTF-8", 3 }, { "\xfe\xff", "UTF-16BE", 2 }, { "\xff\xfe", "UTF-16LE", 2 } };

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (n >= marks[i].n && memcmp(bytes, marks[i].bytes, marks[i].n) == 0)
			return *mark = marks[i].n, marks[i].name;
	return NULL;
}

/* The label behind `word` and "=" in so many bytes: charset=utf-8, charset = "utf-8", encoding='utf-8'. */
static const char *labelled(const char *bytes, size_t n, const char *word)
{
	size_t length = strlen(word);
	const char *end = bytes + n, *p;

	for (p = bytes; p + length < end; p++) {
		const char *from = p + length, *to;

		if (strncasecmp(p, word, length) != 0)
			continue;
		while (from < end && isspace((unsigned char)*from))
			from++;
		if (from == end || *from++ != '=')
			continue;
		while (from < end && (isspace((unsigned char)*from) || *from == '"' || *from == '\''))
			from++;
		for (to = from; to < end && !isspace((unsigned char)*to) && !strchr("\"';>/,?", *to);)
			to++;
		return name_of(from, (size_t)(to - from));
	}
	return NULL;
}

/* <meta charset>, <meta http-equiv content="…; charset=">, <?xml encoding="…"?>. One that says so in letters of one
 * byte is not in UTF-16. */
static const char *from_head(const char *bytes, size_t n)
{
	const char *end = bytes + (n < HEAD_BYTES ? n : HEAD_BYTES), *name = NULL;
	const char *close = memchr(bytes, '>', (size_t)(end - bytes));

	if (end - bytes > 5 && memcmp(bytes, "<?xml", 5) == 0 && close)
		name = labelled(bytes, (size_t)(close - bytes), "encoding");
	for (const char *p = bytes; !name && p + 5 < end; p++)
		if (strncasecmp(p, "<meta", 5) == 0) {
			close = memchr(p, '>', (size_t)(end - p));
			name = labelled(p, (size_t)((close ? close : end) - p), "charset");
		}
	return name && strncmp(name, "UTF-16", 6) == 0 ? "UTF-8" : name;
}

/* All of it characters; behind others of more than one byte the last may have been cut. */
static bool is_utf8(const char *bytes, size_t n)
{
	bool others = false;

	for (size_t i = 0, length; i < n; i += length) {
		length = utf8_character(bytes + i, n - i);
		if (!length)
			return others && n - i < 4 && ((unsigned char)bytes[i] & 0xc0) == 0xc0;
		others |= length > 1;
	}
	return true;
}

char *charset_find(const char *bytes, size_t n, const char *type, bool markup, char out[CHARSET_NAME_BYTES],
		   size_t *mark)
{
	const char *name;

	*mark = 0;
	name = from_mark(bytes, n, mark);
	if (!name && type)
		name = labelled(type, strlen(type), "charset");
	if (!name && markup)
		name = from_head(bytes, n);
	if (!name)
		name = is_utf8(bytes, n) ? "UTF-8" : "CP1252";
	snprintf(out, CHARSET_NAME_BYTES, "%s", name);
	return out;
}

/* In place: NULs and other control characters go, a carriage return with its newline is one, alone it is one, too. */
static size_t drop_controls(char *text, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\r' && (i + 1 == n || text[i + 1] != '\n'))
			text[kept++] = '\n';
		else if (c >= ' ' ? c != 0x7f : c == '\t' || c == '\n')
			text[kept++] = text[i];
	}
	text[kept] = 0;
	return kept;
}

/* What cannot be read is stepped over, a unit of so many bytes at a time. */
static size_t convert(iconv_t from, size_t unit, const char *bytes, size_t n, char *out, size_t size)
{
	char *in = (char *)(uintptr_t)bytes, *at = out; /* iconv only reads it */

	while (n && iconv(from, &in, &n, &at, &size) == (size_t)-1) {
		int why = errno;

		if (why == E2BIG || size < sizeof REPLACEMENT)
			break;
		memcpy(at, REPLACEMENT, sizeof REPLACEMENT - 1);
		at += sizeof REPLACEMENT - 1;
		size -= sizeof REPLACEMENT - 1;
		if (why == EINVAL || n < unit) /* the end cut a character */
			break;
		in += unit;
		n -= unit;
	}
	(void)iconv(from, NULL, NULL, &at, &size); /* a letter that waited for its accent; no room: without it */
	return (size_t)(at - out);
}

/* From a set into text; false: this machine has no table of it. */
static bool convert_from(const char *name, const char *bytes, size_t n, char *text, size_t size, size_t *length)
{
	iconv_t from = iconv_open("UTF-8", name);
	bool there = from != (iconv_t)-1;

	if (there)
		*length = convert(from, strncmp(name, "UTF-16", 6) == 0 ? 2 : 1, bytes, n, text, size);
	(void)iconv_close(from); /* of none it only says that it is none */
	return there;
}

char *charset_to_utf8(const char *bytes, size_t n, const char *type, bool markup, size_t *length)
{
	size_t mark, size = n * OUT_PER_BYTE + sizeof REPLACEMENT;
	char name[CHARSET_NAME_BYTES], *text = malloc(size + 1);

	charset_find(bytes, n, type, markup, name, &mark);
	if (text && (convert_from(name, bytes + mark, n - mark, text, size, length) ||
		     convert_from("UTF-8", bytes + mark, n - mark, text, size, length))) {
		*length = drop_controls(text, *length);
		return text;
	}
	free(text);
	return NULL;
}
