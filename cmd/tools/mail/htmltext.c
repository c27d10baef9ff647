#include "htmltext.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libxml/HTMLparser.h>

static bool is_one_of(const xmlNode *n, const char *const *names)
{
	while (*names && strcasecmp((const char *)n->name, *names) != 0)
		names++;
	return *names;
}

static bool is_hidden(const xmlNode *n)
{
	static const char *const names[] = { "script", "style", "head", "title", "template", "noscript", "svg", NULL };

	return is_one_of(n, names);
}

static bool is_block(const xmlNode *n)
{
	static const char *const names[] = { "p",  "div", "br", "li", "tr", "table", "blockquote", "h1",
					     "h2", "h3",  "h4", "ul", "ol", "pre",   "hr",	   NULL };

	return is_one_of(n, names);
}

/* The node behind n in the order of the page, without what is below it if `skip`. No calling itself: a page can be
 * nested deeper than a stack. */
static xmlNode *following(xmlNode *n, bool skip, FILE *out)
{
	if (!skip && n->children)
		return n->children;
	for (; n; n = n->parent) {
		if (n->type == XML_ELEMENT_NODE && is_block(n))
			putc('\n', out);
		if (n->next)
			return n->next;
	}
	return NULL;
}

static void write_text(xmlNode *root, FILE *out)
{
	for (xmlNode *n = root; n;) {
		bool skip = n->type == XML_ELEMENT_NODE && is_hidden(n);

		if (n->type == XML_ELEMENT_NODE && is_block(n))
			putc('\n', out);
		if (n->type == XML_TEXT_NODE && n->content)
			for (const char *p = (const char *)n->content; *p; p++)
				putc(strchr("\r\n\t", *p) ? ' ' : *p, out);
		n = following(n, skip, out);
	}
}

char *htmltext(const char *page, size_t n)
{
	htmlDocPtr document =
		htmlReadMemory(page, (int)n, NULL, "utf-8",
			       HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		xmlFreeDoc(document);
		return NULL;
	}
	if (document && xmlDocGetRootElement(document))
		write_text(xmlDocGetRootElement(document), out);
	xmlFreeDoc(document);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}
