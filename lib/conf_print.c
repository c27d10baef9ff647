#include "conf_store.h"

#include <stdio.h>
#include <string.h>

static void print_quoted(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text; text++) {
		if (strchr("\"\\$", *text))
			fprintf(out, "\\%c", *text);
		else if (*text == '\n' || *text == '\t')
			fputs(*text == '\n' ? "\\n" : "\\t", out);
		else
			fputc(*text, out);
	}
	fputc('"', out);
}

static void print_key(const struct conf_key *key, const struct conf_value *v, FILE *out)
{
	bool bare = key->kind == CONF_NUMBER || key->kind == CONF_REAL || key->kind == CONF_FLAG ||
		    (key->kind == CONF_CHOICE && v->n && *v->items[0]);

	fprintf(out, "\t%s = ", key->name);
	if (key->list)
		fputs(v->n ? "{ " : "{", out);
	for (size_t i = 0; i < v->n; i++) {
		fputs(i ? ", " : "", out);
		if (bare)
			fputs(v->items[i], out);
		else
			print_quoted(v->items[i], out);
	}
	fputs(!key->list ? "" : v->n ? " }" : "}", out);
	fputs(key->later ? " # no effect yet\n" : "\n", out);
}

static void print_part(const struct conf_part *part, FILE *out)
{
	const struct conf_key *key;

	fputs(part->section->name, out);
	if (part->title) {
		fputc(' ', out);
		print_quoted(part->title, out);
	}
	fputs(" {\n", out);
	for (size_t i = 0; (key = conf_key_at(part->section, i)); i++)
		print_key(key, conf_value_of(part, key), out);
	fputs("}\n", out);
}

int conf_print(const struct conf *c, FILE *out)
{
	for (const struct conf_section *s = conf_sections; s < conf_sections + conf_sections_count; s++)
		for (size_t i = 0; i < c->part_count; i++)
			if (c->parts[i].section == s && !s->title == !c->parts[i].title)
				print_part(&c->parts[i], out);
	return fflush(out) || ferror(out) ? -1 : 0;
}
