#include "multistatus.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#define DAV "DAV:"
#define CALDAV "urn:ietf:params:xml:ns:caldav"
#define TEXT_MAX_BYTES 2097152u

/* Prefixes are the sender's own affair: names are compared with their namespace. */
static bool is(const xmlNode *n, const char *space, const char *name)
{
	return n->type == XML_ELEMENT_NODE && n->ns && n->ns->href && strcmp((const char *)n->ns->href, space) == 0 &&
	       strcmp((const char *)n->name, name) == 0;
}

static xmlNode *child(const xmlNode *of, const char *space, const char *name)
{
	for (xmlNode *n = of ? of->children : NULL; n; n = n->next)
		if (is(n, space, name))
			return n;
	return NULL;
}

/* The text in it, the caller's; NULL: there is none. */
static char *text_of(const xmlNode *n)
{
	xmlChar *content = n ? xmlNodeGetContent(n) : NULL;
	size_t length = content ? strlen((char *)content) : 0, begin = content ? strspn((char *)content, " \t\r\n") : 0;
	char *text = NULL;

	if (length > begin && length < TEXT_MAX_BYTES)
		text = strdup((char *)content + begin);
	for (length = text ? strlen(text) : 0; length && strchr(" \t\r\n", text[length - 1]);)
		text[--length] = 0;
	xmlFree(content);
	return text;
}

static void take(char **to, char *text)
{
	if (!text)
		return;
	free(*to);
	*to = text;
}

static bool has_events(const xmlNode *set)
{
	if (!set)
		return true; /* it does not say: anything */
	for (const xmlNode *n = set->children; n; n = n->next) {
		xmlChar *name = is(n, CALDAV, "comp") ? xmlGetNoNsProp(n, (const xmlChar *)"name") : NULL;
		bool found = name && strcasecmp((char *)name, "VEVENT") == 0;

		xmlFree(name);
		if (found)
			return true;
	}
	return false;
}

static void read_properties(struct dav_item *item, const xmlNode *prop)
{
	const xmlNode *type = child(prop, DAV, "resourcetype");

	item->calendar |= child(type, CALDAV, "calendar") != NULL;
	if (type)
		item->events = has_events(child(prop, CALDAV, "supported-calendar-component-set"));
	take(&item->name, text_of(child(prop, DAV, "displayname")));
	take(&item->principal, text_of(child(child(prop, DAV, "current-user-principal"), DAV, "href")));
	take(&item->home, text_of(child(child(prop, CALDAV, "calendar-home-set"), DAV, "href")));
	take(&item->etag, text_of(child(prop, DAV, "getetag")));
	take(&item->data, text_of(child(prop, CALDAV, "calendar-data")));
}

/* "HTTP/1.1 200 OK"; what is under another status is not there. */
static bool is_there(const xmlNode *propstat)
{
	char *status = text_of(child(propstat, DAV, "status"));
	bool there = !status || strstr(status, " 200");

	free(status);
	return there;
}

static void read_response(struct dav_item *item, const xmlNode *response)
{
	item->href = text_of(child(response, DAV, "href"));
	for (const xmlNode *n = response->children; n; n = n->next)
		if (is(n, DAV, "propstat") && is_there(n))
			read_properties(item, child(n, DAV, "prop"));
}

static int read_all(struct multistatus *m, const xmlNode *root)
{
	size_t n = 0;

	if (!root || !is(root, DAV, "multistatus"))
		return -1;
	for (const xmlNode *r = root->children; r; r = r->next)
		n += is(r, DAV, "response");
	if (n > MULTISTATUS_MAX)
		return -1;
	m->all = calloc(n + 1, sizeof *m->all);
	if (!m->all)
		return -1;
	for (const xmlNode *r = root->children; r; r = r->next)
		if (is(r, DAV, "response"))
			read_response(&m->all[m->count++], r);
	return 0;
}

int multistatus_read(struct multistatus *m, const char *text, size_t n)
{
	xmlDoc *document =
		xmlReadMemory(text, (int)n, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	int failed = -1;

	*m = (struct multistatus){ .count = 0 };
	if (document)
		failed = read_all(m, xmlDocGetRootElement(document));
	xmlFreeDoc(document);
	return failed;
}

void multistatus_close(struct multistatus *m)
{
	for (size_t i = 0; i < m->count; i++) {
		struct dav_item *one = &m->all[i];

		free(one->href);
		free(one->name);
		free(one->principal);
		free(one->home);
		free(one->etag);
		free(one->data);
	}
	free(m->all);
	*m = (struct multistatus){ .count = 0 };
}
