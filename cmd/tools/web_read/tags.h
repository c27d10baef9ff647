/* What the names in a page of HTML say: of an element, what it does to a text; of its class, id, role and style,
 * whether it is likely to stand in the article, beside it, or nowhere that anybody sees. Pure. */
#ifndef TAGS_H
#define TAGS_H

#include <stdbool.h>

enum tag {
	TAG_INLINE, /* what is in no list */
	TAG_BLOCK,
	TAG_PARAGRAPH,
	TAG_HEADING,
	TAG_ITEM,
	TAG_CELL,
	TAG_ROW,
	TAG_LINE_BREAK,
	TAG_ARTICLE,
	TAG_MAIN,
	TAG_LINK,
	TAG_SCRIPT,
	TAG_DROPPED
};

enum tag tags_find(const char *element);

/* By a class or an id; NULL is neither. */
bool tags_is_beside(const char *name);
bool tags_is_within(const char *name);

/* By a role or a style; NULL is not. */
bool tags_role_is_beside(const char *role);
bool tags_style_hides(const char *style);

#endif
