#include "tags.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	enum tag tag;
} elements[] = {
	{ "div", TAG_BLOCK },	     { "p", TAG_PARAGRAPH },	  { "a", TAG_LINK },
	{ "li", TAG_ITEM },	     { "br", TAG_LINE_BREAK },	  { "h1", TAG_HEADING },
	{ "h2", TAG_HEADING },	     { "h3", TAG_HEADING },	  { "h4", TAG_HEADING },
	{ "h5", TAG_HEADING },	     { "h6", TAG_HEADING },	  { "td", TAG_CELL },
	{ "th", TAG_CELL },	     { "tr", TAG_ROW },		  { "ul", TAG_BLOCK },
	{ "ol", TAG_BLOCK },	     { "pre", TAG_PARAGRAPH },	  { "blockquote", TAG_BLOCK },
	{ "dl", TAG_BLOCK },	     { "dt", TAG_ITEM },	  { "dd", TAG_ITEM },
	{ "table", TAG_BLOCK },	     { "caption", TAG_ITEM },	  { "section", TAG_BLOCK },
	{ "article", TAG_ARTICLE },  { "main", TAG_MAIN },	  { "header", TAG_BLOCK },
	{ "figure", TAG_BLOCK },     { "figcaption", TAG_ITEM },  { "address", TAG_PARAGRAPH },
	{ "center", TAG_BLOCK },     { "details", TAG_BLOCK },	  { "summary", TAG_ITEM },
	{ "body", TAG_BLOCK },	     { "hr", TAG_BLOCK },	  { "thead", TAG_BLOCK },
	{ "tbody", TAG_BLOCK },	     { "fieldset", TAG_BLOCK },	  { "form", TAG_BLOCK },
	{ "legend", TAG_DROPPED },   { "script", TAG_SCRIPT },	  { "style", TAG_DROPPED },
	{ "noscript", TAG_DROPPED }, { "template", TAG_DROPPED }, { "svg", TAG_DROPPED },
	{ "math", TAG_DROPPED },     { "iframe", TAG_DROPPED },	  { "object", TAG_DROPPED },
	{ "embed", TAG_DROPPED },    { "canvas", TAG_DROPPED },	  { "audio", TAG_DROPPED },
	{ "video", TAG_DROPPED },    { "input", TAG_DROPPED },	  { "select", TAG_DROPPED },
	{ "textarea", TAG_DROPPED }, { "button", TAG_DROPPED },	  { "option", TAG_DROPPED },
	{ "datalist", TAG_DROPPED }, { "label", TAG_DROPPED },	  { "nav", TAG_DROPPED },
	{ "aside", TAG_DROPPED },    { "footer", TAG_DROPPED },	  { "dialog", TAG_DROPPED },
	{ "menu", TAG_DROPPED },     { "head", TAG_BLOCK },	  { "title", TAG_DROPPED },
	{ "map", TAG_DROPPED },	     { "applet", TAG_DROPPED },	  { "frameset", TAG_DROPPED },
	{ "noframes", TAG_DROPPED },
};

/* What pages call the parts that are not the article, and those that are. */
static const char *const beside[] = { "nav",	    "menu",	 "footer",	"sidebar",   "cookie",
				      "consent",    "comment",	 "share",	"social",    "promo",
				      "advert",	    "banner",	 "breadcrumb",	"related",   "sponsor",
				      "newsletter", "subscribe", "popup",	"modal",     "masthead",
				      "pagination", "noprint",	 "editsection", "skip-link", "sr-only" };
static const char *const within[] = { "article", "content", "post", "body", "text", "entry", "story", "main" };

enum tag tags_find(const char *element)
{
	for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
		if (strcasecmp(element, elements[i].name) == 0)
			return elements[i].tag;
	return TAG_INLINE;
}

static bool has_one_of(const char *name, const char *const *words, size_t n)
{
	for (size_t i = 0; name && i < n; i++)
		if (strcasestr(name, words[i]))
			return true;
	return false;
}

bool tags_is_beside(const char *name)
{
	return has_one_of(name, beside, sizeof beside / sizeof beside[0]);
}

bool tags_is_within(const char *name)
{
	return has_one_of(name, within, sizeof within / sizeof within[0]);
}

bool tags_role_is_beside(const char *role)
{
	static const char *const roles[] = { "navigation", "banner", "contentinfo", "search", "complementary",
					     "dialog",	   "alert",  "menu",	    "menubar" };

	for (size_t i = 0; role && i < sizeof roles / sizeof roles[0]; i++)
		if (strcasecmp(role, roles[i]) == 0)
			return true;
	return false;
}

bool tags_style_hides(const char *style)
{
	const char *display = style ? strcasestr(style, "display") : NULL;

	return display && strncasecmp(display + 7 + strspn(display + 7, " :"), "none", 4) == 0;
}
