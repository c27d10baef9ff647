#include "article.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libxml/HTMLparser.h>

#include "prose.h"
#include "tags.h"
#include "utf8.h"

#define DEPTH_MAX 400	   /* libxml2 stops at 256; what is deeper is passed over */
#define PARAGRAPH_BYTES 25 /* shorter ones say nothing about where the article is */
#define ENOUGH_BYTES 200   /* of text, for a block to be the article */
#define SCRIPTS_MANY 2

struct measure { /* of an element with all that is in it */
	enum tag tag;
	bool dropped, unlikely, likely;
	unsigned text, link, commas; /* bytes but spaces; how many of them in links */
	long points;
};

struct page {
	struct measure *all;
	size_t count, size, scripts;
	bool failed;
	xmlNode *root; /* rather than its body: a page without one has its articles in the head */
	xmlNode *article, *main, *best;
};

/* --- looking at elements */

static enum tag tag_of(const xmlNode *node)
{
	return tags_find((const char *)node->name);
}

/* The value of an attribute as it stands, "" if it has none; NULL: there is no such attribute. */
static const char *attribute(const xmlNode *node, const char *name)
{
	for (const xmlAttr *a = node->properties; a; a = a->next)
		if (strcasecmp((const char *)a->name, name) == 0)
			return a->children && a->children->content ? (const char *)a->children->content : "";
	return NULL;
}

static bool says(const xmlNode *node, const char *name, const char *value)
{
	const char *has = attribute(node, name);

	return has && strcasecmp(has, value) == 0;
}

static bool is_hidden(const xmlNode *node)
{
	return attribute(node, "hidden") || says(node, "aria-hidden", "true") ||
	       tags_role_is_beside(attribute(node, "role")) || tags_style_hides(attribute(node, "style"));
}

/* An element's measure; text nodes have none. */
static struct measure *measure_of(const struct page *p, const xmlNode *node)
{
	return node && node->type == XML_ELEMENT_NODE && node->_private ? &p->all[(uintptr_t)node->_private - 1] : NULL;
}

static size_t add_measure(struct page *p, xmlNode *node)
{
	if (p->count == p->size) {
		size_t size = p->size ? 2 * p->size : 256;
		struct measure *all = reallocarray(p->all, size, sizeof *all);

		if (!all)
			return p->failed = true, 0;
		p->all = all;
		p->size = size;
	}
	p->all[p->count] = (struct measure){ .tag = tag_of(node) };
	node->_private = (void *)(uintptr_t)++p->count;
	return p->count;
}

static unsigned share_of_links(const struct measure *m)
{
	return m->text ? (unsigned)((unsigned long)m->link * 100 / m->text) : 0;
}

static void count_text(struct measure *m, const char *text)
{
	for (; *text; text++) {
		m->text += (unsigned char)*text > ' ';
		m->commas += *text == ',';
	}
}

/* A paragraph speaks for the block it is in, and half as much for the block around that. */
static void give_points(struct page *p, const xmlNode *node, const struct measure *m)
{
	struct measure *parent = measure_of(p, node->parent);
	struct measure *above = parent ? measure_of(p, node->parent->parent) : NULL;
	long points = 10 + 10 * (long)m->commas + (m->text < 300 ? m->text / 10 : 30);

	if (m->text < PARAGRAPH_BYTES)
		return;
	points = points * (100 - (long)share_of_links(m)) / 100;
	if (parent)
		parent->points += points;
	if (above)
		above->points += points / 2;
}

/* A div with words of its own is a paragraph, too. */
static bool is_paragraph(const xmlNode *node, enum tag tag)
{
	struct measure own = { .text = 0 };

	if (tag == TAG_PARAGRAPH || tag == TAG_ITEM || tag == TAG_CELL)
		return true;
	for (const xmlNode *child = node->children; tag == TAG_BLOCK && child; child = child->next)
		if (child->type == XML_TEXT_NODE && child->content)
			count_text(&own, (const char *)child->content);
	return own.text >= PARAGRAPH_BYTES;
}

static void look_at(struct page *p, xmlNode *node, int depth);

static void look_inside(struct page *p, const xmlNode *node, size_t at, int depth)
{
	for (xmlNode *child = node->children; child && !p->failed; child = child->next) {
		const struct measure *m;

		if ((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) && child->content) {
			count_text(&p->all[at - 1], (const char *)child->content);
			continue;
		}
		look_at(p, child, depth + 1);
		m = measure_of(p, child);
		if (!m || m->dropped)
			continue;
		p->all[at - 1].text += m->text;
		p->all[at - 1].link += m->tag == TAG_LINK ? m->text : m->link;
		p->all[at - 1].commas += m->commas;
	}
}

static void look_at(struct page *p, xmlNode *node, int depth)
{
	struct measure *m;
	size_t at;

	if (node->type != XML_ELEMENT_NODE || depth > DEPTH_MAX || !(at = add_measure(p, node)))
		return;
	m = &p->all[at - 1];
	m->dropped = m->tag == TAG_DROPPED || m->tag == TAG_SCRIPT || is_hidden(node);
	p->scripts += m->tag == TAG_SCRIPT;
	if (m->tag == TAG_SCRIPT || m->tag == TAG_DROPPED)
		return;
	m->unlikely = tags_is_beside(attribute(node, "class")) || tags_is_beside(attribute(node, "id"));
	m->likely = tags_is_within(attribute(node, "class")) || tags_is_within(attribute(node, "id"));
	look_inside(p, node, at, depth);
	m = &p->all[at - 1]; /* it may have moved */
	if (!m->dropped && is_paragraph(node, m->tag))
		give_points(p, node, m);
}

/* --- which element is the article */

static unsigned worth(const struct measure *m)
{
	return m ? m->text - m->link : 0;
}

static long points_of(const struct measure *m)
{
	long points = m->points * (100 - (long)share_of_links(m)) / 100;

	return points + (m->likely ? points / 4 : 0) - (m->unlikely ? points / 2 : 0);
}

static void choose(struct page *p, xmlNode *node, int depth)
{
	const struct measure *m = measure_of(p, node), *best = measure_of(p, p->best);

	if (!m || m->dropped || depth > DEPTH_MAX)
		return;
	if (m->tag == TAG_ARTICLE && worth(m) > worth(measure_of(p, p->article)))
		p->article = node;
	if ((m->tag == TAG_MAIN || says(node, "role", "main")) && worth(m) > worth(measure_of(p, p->main)))
		p->main = node;
	if (points_of(m) > 0 && (!best || points_of(m) > points_of(best)))
		p->best = node;
	for (xmlNode *child = node->children; child; child = child->next)
		choose(p, child, depth + 1);
}

/* What the page itself says is its article, if that is most of it; else what it says is its main part; else the block
 * that reads most like one; NULL: none does. */
static xmlNode *find_article(const struct page *p)
{
	unsigned article = worth(measure_of(p, p->article)), main_part = worth(measure_of(p, p->main));
	unsigned whole = p->main ? main_part : worth(measure_of(p, p->root));

	if (article >= ENOUGH_BYTES && article >= whole / 2)
		return p->article;
	if (main_part >= ENOUGH_BYTES)
		return p->main;
	return p->best;
}

/* The same for a short page. */
static xmlNode *find_part(const struct page *p)
{
	if (worth(measure_of(p, p->main)) >= PARAGRAPH_BYTES)
		return p->main;
	return worth(measure_of(p, p->article)) >= PARAGRAPH_BYTES ? p->article : p->root;
}

/* --- its text */

struct telling {
	const struct page *page;
	struct prose *out;
	bool strict; /* without what looks as if it stood beside the article */
};

static bool is_beside(const struct telling *t, const xmlNode *node, const struct measure *m)
{
	unsigned links = share_of_links(m);

	if (m->dropped)
		return true;
	if (!t->strict || m->tag == TAG_HEADING || m->tag == TAG_MAIN || m->tag == TAG_ARTICLE)
		return false;
	if (m->unlikely && (links > 25 || m->text < 300))
		return true;
	return (m->tag == TAG_BLOCK || m->tag == TAG_ITEM) && links > 66 && m->text > 40 && !says(node, "role", "main");
}

static bool has_blocks(const struct page *p, const xmlNode *node)
{
	for (const xmlNode *child = node->children; child; child = child->next) {
		const struct measure *m = measure_of(p, child);

		if (m && m->tag != TAG_INLINE && m->tag != TAG_LINK && m->tag != TAG_LINE_BREAK)
			return true;
	}
	return false;
}

static bool is_note_mark(const xmlNode *node)
{
	const char *class = attribute(node, "class");

	return class && strcasecmp((const char *)node->name, "sup") == 0 && strcasestr(class, "reference");
}

static void tell(struct telling *t, const xmlNode *node, int depth);

static void tell_inside(struct telling *t, const xmlNode *node, int depth)
{
	for (const xmlNode *child = node->children; child; child = child->next)
		if ((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) && child->content)
			prose_text(t->out, (const char *)child->content);
		else
			tell(t, child, depth + 1);
}

static void tell_line_break(struct telling *t, const xmlNode *node)
{
	const xmlNode *next = node->next;

	while (next && next->type == XML_TEXT_NODE && xmlIsBlankNode((xmlNode *)(uintptr_t)next))
		next = next->next;
	if (next && next->type == XML_ELEMENT_NODE && tag_of(next) == TAG_LINE_BREAK)
		prose_break(t->out); /* two of them are a paragraph's end on old pages */
	else
		prose_text(t->out, " ");
}

static void tell(struct telling *t, const xmlNode *node, int depth)
{
	const struct measure *m = measure_of(t->page, node);

	if (!m || depth > DEPTH_MAX || is_beside(t, node, m) || is_note_mark(node))
		return;
	if (m->tag == TAG_LINE_BREAK) {
		tell_line_break(t, node);
		return;
	}
	if (m->tag == TAG_CELL && !has_blocks(t->page, node)) {
		tell_inside(t, node, depth);
		prose_comma(t->out);
		return;
	}
	if (m->tag != TAG_INLINE && m->tag != TAG_LINK)
		prose_break(t->out);
	tell_inside(t, node, depth);
	if (m->tag == TAG_HEADING || m->tag == TAG_ITEM || m->tag == TAG_ROW)
		prose_stop(t->out);
	if (m->tag != TAG_INLINE && m->tag != TAG_LINK)
		prose_break(t->out);
}

/* A block that was chosen for its points shares its parent with paragraphs that belong to it. */
static void tell_with_neighbours(struct telling *t, const xmlNode *best)
{
	long enough = points_of(measure_of(t->page, best)) / 5;

	for (const xmlNode *n = best->parent->children; n; n = n->next) {
		const struct measure *m = measure_of(t->page, n);

		if (n == best || (m && (points_of(m) >= enough || m->tag == TAG_HEADING ||
					(m->tag == TAG_PARAGRAPH && m->text >= 80 && share_of_links(m) < 25))))
			tell(t, n, 0);
	}
}

/* --- its title */

static const xmlNode *find_element(const xmlNode *node, const char *name, int depth)
{
	const xmlNode *found = NULL;

	if (depth > DEPTH_MAX)
		return NULL;
	if (node->type == XML_ELEMENT_NODE && strcasecmp((const char *)node->name, name) == 0)
		return node;
	for (const xmlNode *child = node->children; child && !found; child = child->next)
		if (child->type == XML_ELEMENT_NODE)
			found = find_element(child, name, depth + 1);
	return found;
}

static const char *find_shared_title(const xmlNode *node, int depth)
{
	const char *found = NULL;

	if (node->type != XML_ELEMENT_NODE || depth > DEPTH_MAX)
		return NULL;
	if (strcasecmp((const char *)node->name, "meta") == 0 &&
	    (says(node, "property", "og:title") || says(node, "name", "og:title")))
		return attribute(node, "content");
	for (const xmlNode *child = node->children; child && !found; child = child->next)
		found = find_shared_title(child, depth + 1);
	return found;
}

static void gather_words(struct prose *out, const xmlNode *node, int depth)
{
	for (const xmlNode *child = node->children; child && depth < DEPTH_MAX; child = child->next)
		if (child->type == XML_ELEMENT_NODE)
			gather_words(out, child, depth + 1);
		else if (child->content)
			prose_text(out, (const char *)child->content);
}

static void take_title(struct article *a, const struct prose *words)
{
	size_t n = words->n ? utf8_clip(words->text, sizeof a->title - 1) : 0;

	if (n)
		memcpy(a->title, words->text, n);
	a->title[n] = 0;
}

/* The one for others to quote; else the heading, where the window's title is that and the site's name. */
static void find_title(struct article *a, const xmlNode *root)
{
	const char *shared = find_shared_title(root, 0);
	const xmlNode *title = find_element(root, "title", 0), *heading = find_element(root, "h1", 0);
	struct prose words = { .limit = 4 * ARTICLE_TITLE_BYTES }, other = { .limit = 4 * ARTICLE_TITLE_BYTES };

	if (shared)
		prose_text(&words, shared);
	if (!words.n && title)
		gather_words(&words, title, 0);
	if (!shared && heading)
		gather_words(&other, heading, 0);
	take_title(a, other.n && (!words.n || strstr(words.text, other.text)) ? &other : &words);
	prose_close(&words);
	prose_close(&other);
}

/* --- the whole */

static void read_text(struct page *p, struct article *a, struct prose *out)
{
	struct telling t = { .page = p, .out = out, .strict = true };
	const xmlNode *article = find_article(p);

	if (article && article != p->article && article != p->main && article != p->root && article->parent)
		tell_with_neighbours(&t, article);
	else if (article)
		tell(&t, article, 0);
	if (out->n >= ENOUGH_BYTES)
		return;
	t.strict = false; /* a page of links, or of one line: all of it, or of what it calls its main part */
	prose_empty(out);
	tell(&t, find_part(p), 0);
	a->scripted = out->n < ENOUGH_BYTES && p->scripts >= SCRIPTS_MANY;
}

int article_read(struct article *a, const char *html, size_t n)
{
	struct page page = { .count = 0 };
	struct prose out = { .limit = ARTICLE_MAX_BYTES };
	htmlDocPtr document;
	xmlNode *root;

	*a = (struct article){ .text = NULL };
	if (n > INT_MAX)
		n = INT_MAX;
	document = htmlReadMemory(html, (int)n, NULL, "UTF-8",
				  HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
					  HTML_PARSE_COMPACT);
	root = document ? xmlDocGetRootElement(document) : NULL;
	if (root) {
		page.root = root;
		look_at(&page, root, 0);
		choose(&page, root, 0);
		find_title(a, root);
		read_text(&page, a, &out);
	}
	free(page.all);
	if (document)
		xmlFreeDoc(document);
	a->text = prose_take(&out);
	a->cut = out.full;
	prose_close(&out);
	return a->text && !page.failed ? 0 : -1;
}

void article_close(struct article *a)
{
	free(a->text);
	*a = (struct article){ .text = NULL };
}
