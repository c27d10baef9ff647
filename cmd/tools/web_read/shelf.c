#include "shelf.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "paragraphs.h"

/* A job reads beside a conversation of the same caller, and must not turn its pages. */
static const char *reader(void)
{
	const char *call = getenv("RINGDOWN_CALL");

	return call && strncmp(call, "JB", 2) == 0 ? call : "";
}

int shelf_open(struct shelf *s, char *why, size_t size)
{
	s->pages = NULL;
	if (keep_open(&s->keep, "web_read", true, why, size) < 0)
		return -1;
	s->pages = keep_list(&s->keep, "pages");
	return 0;
}

int shelf_write(struct shelf *s, char *why, size_t size)
{
	return keep_write(&s->keep, why, size);
}

void shelf_close(struct shelf *s)
{
	keep_close(&s->keep);
	s->pages = NULL;
}

static bool is(const struct cJSON *page, const char *key, const char *value)
{
	const char *has = json_text(page, key);

	return has && strcmp(has, value) == 0;
}

struct cJSON *shelf_find(const struct shelf *s, const char *url)
{
	struct cJSON *page;

	cJSON_ArrayForEach(page, s->pages)
		if (is(page, "reader", reader()) && (!url || is(page, "url", url) || is(page, "asked", url)) &&
		    json_array(page, "paragraphs"))
			return page;
	return NULL;
}

static size_t bytes_of(const struct cJSON *page)
{
	const struct cJSON *paragraph;
	size_t n = 0;

	cJSON_ArrayForEach(paragraph, json_array(page, "paragraphs"))
		n += cJSON_IsString(paragraph) ? strlen(paragraph->valuestring) : 0;
	return n;
}

static void make_room(struct shelf *s)
{
	size_t bytes = 0;
	int i = 0;

	for (struct cJSON *page = s->pages->child, *next; page; page = next, i++) {
		next = page->next;
		bytes += bytes_of(page);
		if (i && (i >= SHELF_PAGES || bytes > SHELF_MAX_BYTES))
			cJSON_Delete(cJSON_DetachItemViaPointer(s->pages, page));
	}
}

struct cJSON *shelf_put(struct shelf *s, const char *url, const char *title, bool cut, const struct paragraphs *p)
{
	struct cJSON *old = shelf_find(s, url), *page, *list;

	if (old)
		cJSON_Delete(cJSON_DetachItemViaPointer(s->pages, old));
	list = cJSON_CreateStringArray((const char *const *)p->all, (int)p->count);
	page = json_make("reader:s url:s title:s cut:b paragraphs:j from:i to:i", reader(), url, title, (int)cut, list,
			 0, 0);
	if (!page || !cJSON_InsertItemInArray(s->pages, 0, page)) {
		cJSON_Delete(page);
		return NULL;
	}
	make_room(s);
	return page;
}
