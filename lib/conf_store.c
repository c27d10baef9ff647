#include "conf_store.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf_check.h"

const struct conf_section *conf_section_of(const char *name)
{
	for (size_t i = 0; i < conf_sections_count; i++)
		if (!strcmp(conf_sections[i].name, name))
			return &conf_sections[i];
	return NULL;
}

static size_t first_key(const char *section)
{
	size_t i = 0;

	while (i < conf_keys_count && strcmp(conf_keys[i].section, section) != 0)
		i++;
	return i;
}

const struct conf_key *conf_key_at(const struct conf_section *s, size_t i)
{
	size_t at = first_key(s->name) + i;

	return at < conf_keys_count && !strcmp(conf_keys[at].section, s->name) ? &conf_keys[at] : NULL;
}

const struct conf_key *conf_key_of(const char *section, const char *name)
{
	for (size_t i = first_key(section); i < conf_keys_count && !strcmp(conf_keys[i].section, section); i++)
		if (!strcmp(conf_keys[i].name, name))
			return &conf_keys[i];
	return NULL;
}

struct conf_part *conf_part_of(const struct conf *c, const struct conf_section *s, const char *title)
{
	if (!title)
		return &c->parts[s - conf_sections];
	for (size_t i = conf_sections_count; i < c->part_count; i++)
		if (c->parts[i].section == s && !strcmp(c->parts[i].title, title))
			return &c->parts[i];
	return NULL;
}

struct conf_value *conf_value_of(const struct conf_part *part, const struct conf_key *key)
{
	return &part->values[(size_t)(key - conf_keys) - first_key(part->section->name)];
}

void conf_value_clear(struct conf_value *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->items[i]);
	free(v->items);
	*v = (struct conf_value){ 0 };
}

/* A copy of item, made absolute if it is a relative file name. */
static char *item_copy(const struct conf_key *key, const char *base, const char *item, size_t i)
{
	bool is_file = key->kind == CONF_FILE || (key->kind == CONF_COMMAND && i == 0 && strchr(item, '/'));
	size_t size = strlen(base) + strlen(item) + 2;
	char *copy;

	if (key->kind == CONF_FLAG)
		return strdup(conf_flag_of(item) > 0 ? "yes" : "no");
	if (!is_file || !*item || *item == '/')
		return strdup(item);
	if (!strncmp(item, "./", 2))
		item += 2;
	copy = malloc(size);
	if (copy)
		snprintf(copy, size, "%s/%s", strcmp(base, "/") ? base : "", item);
	return copy;
}

int conf_value_add(struct conf_value *v, const struct conf_key *key, const char *base, const char *item)
{
	char *copy = item_copy(key, base, item, v->n);
	char **items = copy ? reallocarray(v->items, v->n + 2, sizeof(*items)) : NULL;

	if (!items) {
		free(copy);
		return -1;
	}
	items[v->n++] = copy;
	items[v->n] = NULL;
	v->items = items;
	return 0;
}

static int value_preset(struct conf_value *v, const struct conf_key *key)
{
	char *words, *rest, *word;
	int result = 0;

	if (!key->list)
		return conf_value_add(v, key, "", key->preset ? key->preset : "");
	words = rest = strdup(key->preset ? key->preset : "");
	if (!words)
		return -1;
	while (!result && *words && (word = strsep(&rest, "\n")))
		result = conf_value_add(v, key, "", word);
	free(words);
	return result;
}

static void part_free(struct conf_part *part)
{
	for (size_t i = 0; part->values && conf_key_at(part->section, i); i++)
		conf_value_clear(&part->values[i]);
	free(part->values);
	free(part->title);
}

static int part_fill(struct conf_part *part, const char *title)
{
	const struct conf_key *key;
	size_t n = 0;

	if (title && !(part->title = strdup(title)))
		return -1;
	while (conf_key_at(part->section, n))
		n++;
	assert(n);
	part->values = calloc(n, sizeof(*part->values));
	if (!part->values)
		return -1;
	for (size_t i = 0; (key = conf_key_at(part->section, i)); i++)
		if (value_preset(&part->values[i], key))
			return -1;
	return 0;
}

struct conf_part *conf_part_add(struct conf *c, const struct conf_section *s, const char *title)
{
	struct conf_part *parts, part = { .section = s };

	if (c->part_count >= CONF_PARTS_MAX) {
		errno = E2BIG;
		return NULL;
	}
	parts = reallocarray(c->parts, c->part_count + 1, sizeof(*parts));
	if (!parts)
		return NULL;
	c->parts = parts;
	if (part_fill(&part, title)) {
		part_free(&part);
		return NULL;
	}
	parts[c->part_count] = part;
	return &parts[c->part_count++];
}

void conf_store_free(struct conf *c)
{
	for (size_t i = 0; i < c->part_count; i++)
		part_free(&c->parts[i]);
	free(c->parts);
	for (size_t i = 0; i < c->file_count; i++)
		free(c->files[i]);
	free(c->file);
	free(c);
}
