#include "conf.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf_check.h"
#include "conf_store.h"
#include "nearest.h"

extern char **environ;

/* The folder of path, absolute; of no path the working folder. */
static int base_of(const char *path, char *out, size_t size)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	int n = slash ? (int)(slash - path) : 0, m = 0;

	if (!path || *path != '/') {
		if (!getcwd(out, size))
			return -1;
		m = (int)strlen(out);
		if (!n)
			return 0;
		if (m == 1) /* "/" */
			m = 0;
		out[m++] = '/';
	} else if (!n) {
		n = 1; /* a file in / */
	}
	if ((size_t)(m + n) >= size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(out + m, path, (size_t)n);
	out[m + n] = '\0';
	return 0;
}

static struct conf *conf_new(const char *path)
{
	struct conf *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	if (base_of(path, c->base, sizeof(c->base)) || (path && !(c->file = strdup(path))))
		goto failed;
	for (size_t i = 0; i < conf_sections_count; i++)
		if (!conf_part_add(c, &conf_sections[i], NULL))
			goto failed;
	return c;
failed:
	conf_store_free(c);
	return NULL;
}

/* What is in effect must itself be a file that can be read: it becomes RUNTIME/config.N. */
static void check_size(const struct conf *c, struct complaint *out)
{
	size_t n = 0;
	char *text = NULL;
	FILE *stream = open_memstream(&text, &n);
	int failed = !stream || conf_print(c, stream);

	if (stream && fclose(stream))
		failed = 1;
	if (failed)
		complaint_add(out, c->file, 0, "%s", strerror(ENOMEM));
	else if (n > CONF_FILE_MAX_BYTES)
		complaint_add(out, c->file, 0, "too much: with its defaults it has %zu KiB, expected at most 256",
			      n / 1024);
	free(text);
}

struct conf *conf_open(const char *path, char *error, size_t size)
{
	struct conf *c = conf_new(path);
	struct complaint out;

	complaint_open(&out, error, size);
	if (!c) {
		complaint_add(&out, NULL, 0, "cannot read %s: %s", path ? path : "the configuration", strerror(errno));
		return NULL;
	}
	/* Of a file that was read in part only, what refers to the rest would seem wrong: so then it is not asked. */
	if (path && conf_read(c, path, &out)) {
		if (!out.count)
			complaint_add(&out, NULL, 0, "cannot read %s: %s", path, strerror(ENOMEM));
	} else if (!conf_complete(c, &out) && !out.count) {
		check_size(c, &out);
	}
	if (!out.count)
		return c;
	complaint_end(&out);
	conf_store_free(c);
	return NULL;
}

void conf_close(struct conf *c)
{
	if (c)
		conf_store_free(c);
}

static const struct conf_section *section_known(const char *name)
{
	const struct conf_section *s = conf_section_of(name);

	assert(s);
	return s;
}

#define KIND(kind) (1u << (kind))
#define KINDS_OF_TEXT (KIND(CONF_TEXT) | KIND(CONF_CHOICE) | KIND(CONF_FILE) | KIND(CONF_COMMAND) | KIND(CONF_SECRET))

/* The value in effect of a key that is one of kinds; anything else is asked for by a bug of ours. */
static const struct conf_value *value_in_effect(const struct conf *c, const char *section, const char *title,
						const char *name, unsigned kinds, bool list)
{
	const struct conf_section *s = section_known(section);
	const struct conf_key *key = conf_key_of(section, name);
	const struct conf_part *part;

	assert(key && key->list == list && (kinds & KIND(key->kind)) && (s->title || !title));
	part = conf_part_of(c, s, title);
	return conf_value_of(part ? part : conf_part_of(c, s, NULL), key);
}

const char *conf_text(const struct conf *c, const char *section, const char *title, const char *key)
{
	return value_in_effect(c, section, title, key, KINDS_OF_TEXT, false)->items[0];
}

long conf_number(const struct conf *c, const char *section, const char *title, const char *key)
{
	return strtol(value_in_effect(c, section, title, key, KIND(CONF_NUMBER), false)->items[0], NULL, 10);
}

double conf_real(const struct conf *c, const char *section, const char *title, const char *key)
{
	return strtod(value_in_effect(c, section, title, key, KIND(CONF_REAL), false)->items[0], NULL);
}

bool conf_flag(const struct conf *c, const char *section, const char *title, const char *key)
{
	return conf_flag_of(value_in_effect(c, section, title, key, KIND(CONF_FLAG), false)->items[0]) > 0;
}

size_t conf_list(const struct conf *c, const char *section, const char *title, const char *key,
		 const char *const **items)
{
	static const char *const none[] = { NULL };
	const struct conf_value *v = value_in_effect(c, section, title, key, KINDS_OF_TEXT, true);

	*items = v->n ? (const char *const *)v->items : none;
	return v->n;
}

const char *conf_title(const struct conf *c, const char *section, size_t i)
{
	const struct conf_section *s = section_known(section);

	for (size_t at = conf_sections_count; at < c->part_count; at++)
		if (c->parts[at].section == s && !i--)
			return c->parts[at].title;
	return NULL;
}

size_t conf_count(const struct conf *c, const char *section)
{
	size_t n = 0;

	while (conf_title(c, section, n))
		n++;
	return n;
}

bool conf_has(const struct conf *c, const char *section, const char *title)
{
	return conf_part_of(c, section_known(section), title) != NULL;
}

bool conf_builtin(const struct conf *c, const char *section, const char *title)
{
	const struct conf_part *part = conf_part_of(c, section_known(section), title);

	return part && !part->file;
}

int conf_path(const struct conf *c, const char *name, char *out, size_t size)
{
	int n = *name == '/' ? snprintf(out, size, "%s", name)
			     : snprintf(out, size, "%s/%s", strcmp(c->base, "/") ? c->base : "", name);

	if (n >= 0 && (size_t)n < size)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

const char *conf_file(const struct conf *c)
{
	return c->file;
}

const char *conf_where(const struct conf *c, const char *section, const char *title, const char *key, char *out,
		       size_t size)
{
	const struct conf_part *part = conf_part_of(c, section_known(section), title);
	const struct conf_value *v = part ? conf_value_of(part, conf_key_of(section, key)) : NULL;

	out[0] = '\0';
	if (v && v->file)
		snprintf(out, size, "%s:%d: ", v->file, v->line);
	return out;
}

/* One item of an override, checked and added. */
static int add_item(const struct conf *c, struct conf_value *v, const struct conf_key *key, const char *item,
		    const char *from, struct complaint *out)
{
	char expected[256], shown[64], here[PATH_MAX];

	if (!conf_value_good(key, item, expected, sizeof(expected)) ||
	    !conf_refers(c, key, item, expected, sizeof(expected))) {
		complaint_add(out, from, 0, "%s = %s: expected %s", key->name, conf_value_shown(key, item, shown),
			      expected);
		return -1;
	}
	if (!getcwd(here, sizeof(here)) || conf_value_add(v, key, here, item)) {
		complaint_add(out, from, 0, "cannot set %s: %s", key->name, strerror(errno));
		return -1;
	}
	return 0;
}

static int override(struct conf *c, struct conf_part *part, const struct conf_key *key, const char *value,
		    const char *from, struct complaint *out)
{
	struct conf_value fresh = { 0 };
	char *words, *rest, *word;
	int result = 0;

	words = rest = strdup(value);
	if (!words) {
		complaint_add(out, from, 0, "cannot set %s: %s", key->name, strerror(errno));
		return -1;
	}
	if (!key->list)
		result = add_item(c, &fresh, key, value, from, out);
	while (key->list && *words && !result && (word = strsep(&rest, ",")))
		result = add_item(c, &fresh, key, word, from, out);
	free(words);
	if (result) {
		conf_value_clear(&fresh);
		return -1;
	}
	conf_value_clear(conf_value_of(part, key));
	*conf_value_of(part, key) = fresh;
	return 0;
}

int conf_set(struct conf *c, const char *section, const char *title, const char *key, const char *value, char *error,
	     size_t size)
{
	const struct conf_section *s = section_known(section);
	const struct conf_key *k = conf_key_of(section, key);
	struct nearest nearest = { .word = title };
	struct conf_part *part;
	struct complaint out;
	char hint[96], shown[64];

	assert(k && !s->title == !title);
	complaint_open(&out, error, size);
	part = conf_part_of(c, s, title);
	if (part)
		return override(c, part, k, value, NULL, &out);
	for (size_t i = 0; conf_title(c, section, i); i++)
		nearest_see(&nearest, conf_title(c, section, i));
	complaint_add(&out, NULL, 0, "%s %s: expected the title of a section %s%s", section,
		      complaint_quote(title, shown), section, nearest_hint(&nearest, hint));
	return -1;
}

/* Whether the configuration names a secret so: that it begins like an override is nobody's business then. */
static bool names_secret(const struct conf *c, const char *name)
{
	const struct conf_key *key;

	for (size_t i = 0; i < c->part_count; i++)
		for (size_t k = 0; (key = conf_key_at(c->parts[i].section, k)); k++)
			if (key->kind == CONF_SECRET && !strcmp(conf_value_of(&c->parts[i], key)->items[0], name))
				return true;
	return false;
}

/* The variable's own spelling of a section's or key's name: LOG_LEVEL for log-level. */
static void variable_word(const char *word, char *out, size_t size)
{
	size_t n = 0;

	for (; word[n] && n + 1 < size; n++)
		out[n] = word[n] == '-' ? '_' : (char)toupper((unsigned char)word[n]);
	out[n] = '\0';
}

static void override_named(struct conf *c, const struct conf_section *s, const char *variable, const char *word,
			   const char *value, struct complaint *out)
{
	struct nearest nearest = { .word = word };
	char words[32][32], hint[96];
	const struct conf_key *key;

	for (size_t i = 0; (key = conf_key_at(s, i)); i++) {
		assert(i < sizeof(words) / sizeof(*words));
		variable_word(key->name, words[i], sizeof(words[i]));
		if (strcmp(words[i], word) != 0) {
			nearest_see(&nearest, words[i]);
			continue;
		}
		if (key->kind != CONF_SECRET)
			(void) override(c, conf_part_of(c, s, NULL), key, value, variable, out); /* out counts it */
		return;
	}
	if (!names_secret(c, variable))
		complaint_add(out, variable, 0, "%s: expected a key of %s%s", word, s->name,
			      nearest_hint(&nearest, hint));
}

int conf_environment(struct conf *c, char *error, size_t size)
{
	struct complaint out;

	complaint_open(&out, error, size);
	for (char **entry = environ; entry && *entry; entry++) {
		const char *equals = strchr(*entry, '=');
		char name[64], prefix[32];

		if (!equals || equals - *entry >= (ptrdiff_t)sizeof(name) || strncmp(*entry, "RINGDOWN_", 9))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)(equals - *entry), *entry);
		for (const struct conf_section *s = conf_sections; s < conf_sections + conf_sections_count; s++) {
			size_t n;

			variable_word(s->name, prefix, sizeof(prefix));
			n = strlen(prefix);
			if (!s->title && !strncmp(name + 9, prefix, n) && name[9 + n] == '_')
				override_named(c, s, name, name + 9 + n + 1, equals + 1, &out);
		}
	}
	return out.count ? -1 : 0;
}
