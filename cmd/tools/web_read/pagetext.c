#include "pagetext.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "charset.h"
#include "pdf.h"
#include "utf8.h"

#define SNIFFED_BYTES 512u

enum form { FORM_HTML, FORM_TEXT, FORM_MARKDOWN, FORM_PDF, FORM_DATA, FORM_BINARY };

static int refuse(char why[PAGETEXT_WHY_BYTES], const char *words)
{
	snprintf(why, PAGETEXT_WHY_BYTES, "%s", words);
	return -1;
}

/* --- what it is */

static bool is_type(const char *type, const char *wanted)
{
	size_t n = strlen(wanted);

	return strncasecmp(type, wanted, n) == 0 && (!type[n] || strchr("; \t", type[n]) || wanted[n - 1] == '/');
}

/* Control characters that no text has; UTF-16 says by its mark that it has them. */
static bool is_binary(const char *bytes, size_t n)
{
	size_t looked = n < 4 * SNIFFED_BYTES ? n : 4 * SNIFFED_BYTES, odd = 0;

	if (n >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
		return false;
	for (size_t i = 0; i < looked; i++)
		odd += (unsigned char)bytes[i] < ' ' && !strchr("\t\n\r\f\033", bytes[i] ? bytes[i] : 1);
	return odd > looked / 100 + 1;
}

static bool has_markup(const char *bytes, size_t n)
{
	static const char *const marks[] = {
		"<!doctype html", "<html", "<head", "<body", "<title", "<p>", "<div", "<h1"
	};
	char head[SNIFFED_BYTES + 1];
	size_t looked = n < SNIFFED_BYTES ? n : SNIFFED_BYTES;

	for (size_t i = 0; i < looked; i++)
		head[i] = bytes[i] ? bytes[i] : ' ';
	head[looked] = 0;
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (strcasestr(head, marks[i]))
			return true;
	return false;
}

static bool ends_with(const char *name, const char *ending)
{
	size_t n = strcspn(name, "?"), length = strlen(ending);

	return n > length && strncasecmp(name + n - length, ending, length) == 0;
}

static enum form form_of(const char *bytes, size_t n, const char *type, const char *name)
{
	if (n > 5 && memcmp(bytes, "%PDF-", 5) == 0)
		return FORM_PDF;
	if (is_binary(bytes, n) && !strcasestr(type, "utf-16"))
		return FORM_BINARY;
	if (is_type(type, "text/html") || is_type(type, "application/xhtml+xml"))
		return FORM_HTML;
	if (is_type(type, "text/markdown") ||
	    (is_type(type, "text/plain") && (ends_with(name, ".md") || ends_with(name, ".markdown"))))
		return FORM_MARKDOWN;
	if (is_type(type, "text/plain"))
		return FORM_TEXT;
	if (has_markup(bytes, n))
		return FORM_HTML;
	if (!*type || is_type(type, "text/") || is_type(type, "application/octet-stream"))
		return ends_with(name, ".md") ? FORM_MARKDOWN : FORM_TEXT;
	return strcasestr(type, "json") || strcasestr(type, "xml") || strcasestr(type, "script") ? FORM_DATA
												 : FORM_BINARY;
}

/* --- its text */

static int from_html(struct pagetext *t, const char *text, size_t n, char why[PAGETEXT_WHY_BYTES])
{
	struct article a;
	int failed = article_read(&a, text, n);

	if (failed) {
		article_close(&a);
		return refuse(why, "I cannot read that page: there is no memory left.");
	}
	snprintf(t->title, sizeof t->title, "%s", a.title);
	t->cut |= a.cut;
	if (paragraphs_make(&t->paragraphs, a.text, false) < 0)
		failed = refuse(why, "I cannot read that page: there is no memory left.");
	else if (a.scripted && t->paragraphs.count < 3)
		failed = refuse(why,
				"That page is put together by scripts, which I cannot run; there is nothing to read.");
	article_close(&a);
	return failed;
}

static int from_text(struct pagetext *t, char *text, size_t n, bool markdown, char why[PAGETEXT_WHY_BYTES])
{
	size_t clip = utf8_clip(text, ARTICLE_MAX_BYTES);

	t->cut |= clip < n;
	text[clip] = 0;
	utf8_clean(text, clip);
	if (paragraphs_make(&t->paragraphs, text, markdown) < 0)
		return refuse(why, "I cannot read that page: there is no memory left.");
	if (t->paragraphs.titled)
		snprintf(t->title, sizeof t->title, "%.*s", (int)utf8_clip(t->paragraphs.all[0], sizeof t->title - 1),
			 t->paragraphs.all[0]);
	return 0;
}

static int from_pdf(struct pagetext *t, const char *bytes, size_t n, char why[PAGETEXT_WHY_BYTES])
{
	char *text = pdf_to_text(bytes, n, why);
	int failed = text ? from_text(t, text, strlen(text), false, why) : -1;

	free(text);
	if (!failed && t->paragraphs.count == 0)
		failed = refuse(why, "That document is made of pictures; there is no text in it that I could read.");
	return failed;
}

int pagetext_make(struct pagetext *t, const char *bytes, size_t n, const char *type, const char *name, bool cut,
		  char why[PAGETEXT_WHY_BYTES])
{
	enum form form = form_of(bytes, n, type, name);
	size_t length;
	char *text;
	int failed;

	*t = (struct pagetext){ .cut = cut };
	if (form == FORM_PDF)
		return from_pdf(t, bytes, n, why);
	if (form == FORM_BINARY)
		return refuse(why, "That is no page but a file, such as a picture or a recording; I cannot read it.");
	if (form == FORM_DATA)
		return refuse(why, "That is no page but data for programs; there is nothing in it to be read aloud.");
	text = charset_to_utf8(bytes, n, type, form == FORM_HTML, &length);
	if (!text)
		return refuse(why, "I cannot read that page: there is no memory left.");
	failed = form == FORM_HTML ? from_html(t, text, length, why)
				   : from_text(t, text, length, form == FORM_MARKDOWN, why);
	free(text);
	return !failed && t->paragraphs.count == 0 ? refuse(why, "There is nothing to read on that page.") : failed;
}

void pagetext_close(struct pagetext *t)
{
	paragraphs_close(&t->paragraphs);
}
