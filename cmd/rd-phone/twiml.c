#include "twiml.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

struct reading {
	struct twiml *t;
	twiml_warning *on_warning;
	void *ctx;
};

static const char *const names[] = { "Connect", "Redirect", "Say", "Play", "Dial", "Hangup", "Reject", "Pause" };

const char *twiml_name(enum twiml_verb verb)
{
	return names[verb];
}

__attribute__((format(printf, 2, 3))) static void warn(const struct reading *r, const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	r->on_warning(r->ctx, 12200, text);
}

static bool named(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* Copies what libxml2 made and frees that. */
static void take(const struct reading *r, xmlChar *made, const char *what, char *out, size_t size)
{
	const char *text = made ? (const char *)made : "";

	if (snprintf(out, size, "%s", text) >= (int)size)
		warn(r, "%s is too long", what);
	xmlFree(made);
}

static void take_attribute(const struct reading *r, const xmlNode *node, const char *name, const char *otherwise,
			   char *out, size_t size)
{
	xmlChar *value = xmlGetProp(node, (const xmlChar *)name);

	if (value)
		take(r, value, name, out, size);
	else
		snprintf(out, size, "%s", otherwise);
}

/* The text of an element, without the blanks around it. */
static void take_text(const struct reading *r, const xmlNode *node, char *out, size_t size)
{
	size_t blanks, n;

	take(r, xmlNodeGetContent(node), "the text", out, size);
	blanks = strspn(out, " \t\r\n");
	n = strlen(out);
	while (n > blanks && strchr(" \t\r\n", out[n - 1]))
		n--;
	memmove(out, out + blanks, n - blanks);
	out[n - blanks] = '\0';
}

static void read_parameter(const struct reading *r, struct twiml_step *s, const xmlNode *node)
{
	size_t i = s->parameter_count;

	if (!named(node, "Parameter")) {
		warn(r, "<%.32s> in <Stream>", (const char *)node->name);
		return;
	}
	if (i == TWIML_PARAMETERS) {
		warn(r, "too many <Parameter>");
		return;
	}
	take_attribute(r, node, "name", "", s->parameter[i].name, sizeof s->parameter[i].name);
	take_attribute(r, node, "value", "", s->parameter[i].value, sizeof s->parameter[i].value);
	if (strlen(s->parameter[i].name) + strlen(s->parameter[i].value) >= 500)
		warn(r, "<Parameter> of 500 characters and more");
	s->parameter_count++;
}

static void read_connect(const struct reading *r, struct twiml_step *s, const xmlNode *node)
{
	take_attribute(r, node, "action", "", s->action, sizeof s->action);
	for (const xmlNode *noun = node->children; noun; noun = noun->next) {
		if (noun->type != XML_ELEMENT_NODE)
			continue;
		if (!named(noun, "Stream") || s->url[0]) {
			warn(r, "<%.32s> in <Connect>", (const char *)noun->name);
			continue;
		}
		take_attribute(r, noun, "url", "", s->url, sizeof s->url);
		for (const xmlNode *p = noun->children; p; p = p->next)
			if (p->type == XML_ELEMENT_NODE)
				read_parameter(r, s, p);
	}
}

static void read_dial(const struct reading *r, struct twiml_step *s, const xmlNode *node)
{
	take_attribute(r, node, "action", "", s->action, sizeof s->action);
	take_text(r, node, s->text, sizeof s->text); /* of a <Number> in it, or its own */
}

static void read_play(const struct reading *r, struct twiml_step *s, const xmlNode *node)
{
	take_attribute(r, node, "digits", "", s->text, sizeof s->text);
	take_text(r, node, s->url, sizeof s->url);
	if (strspn(s->text, "0123456789ABCD#*wW") != strlen(s->text))
		r->on_warning(r->ctx, 13430, "bad digits in <Play>");
}

static void read_pause(const struct reading *r, struct twiml_step *s, const xmlNode *node)
{
	char text[16];

	take_attribute(r, node, "length", "1", text, sizeof text);
	if (!*text || text[strspn(text, "0123456789")])
		warn(r, "length of <Pause> is no number");
	else
		s->seconds = (unsigned)strtoul(text, NULL, 10);
}

static void read_step(const struct reading *r, struct twiml_step *s, const xmlNode *node)
{
	take_attribute(r, node, "method", "POST", s->method, sizeof s->method);
	switch (s->verb) {
	case TWIML_CONNECT: read_connect(r, s, node); break;
	case TWIML_DIAL: read_dial(r, s, node); break;
	case TWIML_PLAY: read_play(r, s, node); break;
	case TWIML_PAUSE: read_pause(r, s, node); break;
	case TWIML_REDIRECT: take_text(r, node, s->url, sizeof s->url); break;
	case TWIML_SAY: take_text(r, node, s->text, sizeof s->text); break;
	case TWIML_REJECT: take_attribute(r, node, "reason", "rejected", s->text, sizeof s->text); break;
	case TWIML_HANGUP: break;
	}
}

static void read_verb(const struct reading *r, const xmlNode *node)
{
	struct twiml_step *s = &r->t->step[r->t->count];
	size_t i = 0;

	while (i < sizeof names / sizeof names[0] && !named(node, names[i]))
		i++;
	if (i == sizeof names / sizeof names[0] || r->t->count == TWIML_VERBS) {
		warn(r, "<%.32s> is skipped", (const char *)node->name);
		return;
	}
	memset(s, 0, sizeof *s);
	s->verb = (enum twiml_verb)i;
	read_step(r, s, node);
	r->t->count++;
}

int twiml_read(struct twiml *t, const char *text, size_t n, twiml_warning *on_warning, void *ctx, char *error,
	       size_t size)
{
	struct reading r = { t, on_warning, ctx };
	const xmlNode *root;
	xmlDoc *doc;

	t->count = 0;
	if (n > TWIML_BYTES)
		return snprintf(error, size, "the document has more than %u bytes", TWIML_BYTES), 11750;
	if (n == 0 || text[0] != '<')
		return snprintf(error, size, "the document does not begin with <"), 12100;
	doc = xmlReadMemory(text, (int)n, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (!doc)
		return snprintf(error, size, "the document is not well-formed"), 12100;
	root = xmlDocGetRootElement(doc);
	if (!root || !named(root, "Response")) {
		xmlFreeDoc(doc);
		return snprintf(error, size, "the document is no <Response>"), 12100;
	}
	for (const xmlNode *node = root->children; node; node = node->next)
		if (node->type == XML_ELEMENT_NODE)
			read_verb(&r, node);
	xmlFreeDoc(doc);
	return 0;
}
