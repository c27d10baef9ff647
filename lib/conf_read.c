#include "conf_store.h"

#include <confuse.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf_check.h"
#include "nearest.h"
#include "paths.h"

#define DEPTH_MAX 8

/* The reading at hand. Static, as the scanner of libconfuse is: its callbacks are given nothing of ours. */
static struct reading {
	struct conf *conf;
	struct complaint *out;
	cfg_t *cfg;
	const char *file; /* the file at hand, one of conf->files */
	int *openings;	  /* its sections' first lines, of which section is the one that is read */
	int opening_count, section;
	int depth;
} at;

static void complain(int line, const char *text)
{
	complaint_add(at.out, at.file, line, "%s", text);
}

/* The part that a section of libconfuse's stands for, made when first seen. NULL after complaining. */
static struct conf_part *part_for(cfg_t *cfg)
{
	const struct conf_section *s = conf_section_of(cfg_name(cfg));
	struct conf_part *part = conf_part_of(at.conf, s, s->title ? cfg_title(cfg) : NULL);

	if (part)
		return part;
	part = conf_part_add(at.conf, s, cfg_title(cfg));
	if (!part) {
		complain(cfg->line, errno == E2BIG ? "a section: expected no more than 1024 of them" : strerror(errno));
		return NULL;
	}
	part->file = at.file;
	part->line = at.section < at.opening_count ? at.openings[at.section] : cfg->line;
	return part;
}

/* A value was read. A bad one is said, then reading goes on: so one run shows them all. */
static int on_value(cfg_t *cfg, cfg_opt_t *opt, const char *text, void *result)
{
	const struct conf_key *key = conf_key_of(cfg_name(cfg), cfg_opt_name(opt));
	struct conf_part *part = part_for(cfg);
	struct conf_value *value;
	char expected[256], shown[64];

	if (!part)
		return -1;
	value = conf_value_of(part, key);
	if (cfg_opt_size(opt) == 1) { /* libconfuse makes room before it asks: the first of a list, or the only one */
		if (value->file == at.file)
			complaint_add(at.out, at.file, cfg->line, "%s again: expected it once, it stands in line %d",
				      key->name, value->line);
		conf_value_clear(value);
	}
	value->file = at.file;
	value->line = cfg->line;
	if (!conf_value_good(key, text, expected, sizeof(expected)))
		complaint_add(at.out, at.file, cfg->line, "%s = %s: expected %s", key->name,
			      conf_value_shown(key, text, shown), expected);
	if (conf_value_add(value, key, at.conf->base, text)) {
		complain(cfg->line, strerror(errno));
		return -1;
	}
	*(const char **)result = text;
	return 0;
}

/* What is in the section that on_value was not told of: an empty list. And the section itself may be all that
 * there is. */
static int section_whole(cfg_t *section)
{
	struct conf_part *part = part_for(section);

	if (!part)
		return -1;
	for (cfg_opt_t *o = section->opts; o->name; o++)
		if ((o->flags & CFGF_MODIFIED) && !cfg_opt_size(o))
			conf_value_clear(conf_value_of(part, conf_key_of(cfg_name(section), o->name)));
	return 0;
}

/* A section was closed. libconfuse does not say which; it is one of those that end in the line at hand. */
static int on_section(cfg_t *cfg, cfg_opt_t *opt)
{
	for (unsigned i = 0; i < cfg_opt_size(opt); i++) {
		cfg_t *section = cfg_opt_getnsec(opt, i);

		if (section->line == cfg->line && section_whole(section))
			return -1;
	}
	at.section++;
	return 0;
}

static void hint_unknown(cfg_t *cfg, const char *word)
{
	const struct conf_section *s = conf_section_of(cfg_name(cfg));
	struct nearest nearest = { .word = word };
	const struct conf_key *key;
	char hint[96], shown[64];

	for (size_t i = 0; s && (key = conf_key_at(s, i)); i++)
		nearest_see(&nearest, key->name);
	for (size_t i = 0; !s && i < conf_sections_count; i++)
		nearest_see(&nearest, conf_sections[i].name);
	complaint_quote(word, shown);
	nearest_hint(&nearest, hint);
	if (s)
		complaint_add(at.out, at.file, cfg->line, "%s: expected a key of %s, see ringdown.conf(5)%s", shown,
			      s->name, hint);
	else
		complaint_add(at.out, at.file, cfg->line, "%s: expected a section, see ringdown.conf(5)%s", shown,
			      hint);
}

/* What libconfuse says of a mistake, and what it leaves unsaid: what was expected. */
static void on_error(cfg_t *cfg, const char *format, va_list args)
{
	static const struct {
		const char *begins, *expected;
	} hints[] = {
		{ "missing equal sign", "KEY = VALUE" },
		{ "missing opening brace", "{ behind its name (agents, callers, … have a title between them)" },
		{ "missing title", "NAME \"TITLE\" {" },
		{ "missing parenthesis", "include(\"FILE\")" },
		{ "premature end", "a value" },
		{ "unexpected token", "a key, or a value (a list is { \"A\", \"B\" })" },
	};
	const char *expected = "something else";
	char said[512], *word;

	vsnprintf(said, sizeof(said), format, args);
	if (!strncmp(said, "no such option '", 16)) {
		word = said + 16;
		word[strcspn(word, "'")] = '\0';
		hint_unknown(cfg, word);
		return;
	}
	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (!strncmp(said, hints[i].begins, strlen(hints[i].begins)))
			expected = hints[i].expected;
	complaint_add(at.out, at.file, cfg->line, "%s: expected %s", said, expected);
}

/* Parses what conf_scan found good. */
static int parse_text(char *text, size_t n)
{
	FILE *stream;
	int result;

	if (!text[strspn(text, " \t\n")])
		return 0; /* fmemopen takes no empty memory */
	stream = fmemopen(text, n, "r");
	if (!stream) {
		complain(0, strerror(errno));
		return -1;
	}
	result = cfg_parse_fp(at.cfg, stream) == CFG_SUCCESS ? 0 : -1;
	(void)fclose(stream); /* memory, read only */
	return result;
}

static int read_text(char *text, size_t n)
{
	int openings[CONF_PARTS_MAX], count = conf_scan(text, n, at.file, openings, CONF_PARTS_MAX, at.out), result;

	if (count < 0)
		return -1;
	at.openings = openings;
	at.opening_count = count < CONF_PARTS_MAX ? count : CONF_PARTS_MAX;
	at.section = 0;
	result = parse_text(text, n);
	at.openings = NULL;
	return result;
}

static const char *keep_file(struct conf *c, const char *path)
{
	char *copy;

	if (c->file_count == CONF_FILES_MAX) {
		errno = E2BIG;
		return NULL;
	}
	copy = strdup(path);
	if (copy)
		c->files[c->file_count++] = copy;
	return copy;
}

static const char *reason(int error)
{
	return error == EFBIG	? "it has more than 256 KiB"
	       : error == E2BIG ? "more than 64 files are included"
				: strerror(error);
}

/* One file; the reading of the one that includes it, in its line, goes on behind it as it was. */
static int read_file(const char *path, int line)
{
	char *text = malloc(CONF_FILE_MAX_BYTES + 1);
	struct reading before = at;
	ssize_t n = text ? paths_read_bounded(path, text, CONF_FILE_MAX_BYTES + 1) : -1;
	int result = -1;

	at.file = n >= 0 ? keep_file(at.conf, path) : NULL;
	if (at.file)
		result = read_text(text, (size_t)n);
	else
		complaint_add(at.out, before.file, line, "cannot read %s: %s", path, reason(errno));
	at = before;
	free(text);
	return result;
}

static int on_include(cfg_t *cfg, cfg_opt_t *opt, int argc, const char **argv)
{
	char path[PATH_MAX];
	int line = cfg->line, result;

	(void)opt;
	if (argc != 1 || conf_path(at.conf, argv[0], path, sizeof(path))) {
		complain(line, "include: expected include(\"FILE\")");
		return -1;
	}
	if (at.depth == DEPTH_MAX) {
		complain(line, "include: expected no more than 8 files within each other (does one include itself?)");
		return -1;
	}
	at.depth++;
	result = read_file(path, line);
	at.depth--;
	cfg->line = line;
	return result;
}

/* libconfuse's own table, made from the schema: everything is text there, what it means is checked here. */
static cfg_opt_t *section_opts(const struct conf_section *s)
{
	cfg_opt_t *opts = calloc(conf_keys_count + 1, sizeof(*opts));
	const struct conf_key *key;
	size_t n = 0;

	for (; opts && (key = conf_key_at(s, n)); n++) {
		opts[n] = key->list ? (cfg_opt_t)CFG_STR_LIST_CB(key->name, NULL, CFGF_NODEFAULT, on_value)
				    : (cfg_opt_t)CFG_STR_CB(key->name, NULL, CFGF_NODEFAULT, on_value);
	}
	if (opts)
		opts[n] = (cfg_opt_t)CFG_END();
	return opts;
}

static cfg_t *cfg_open(void)
{
	cfg_opt_t *opts = calloc(conf_sections_count + 2, sizeof(*opts));
	cfg_t *cfg = NULL;
	bool whole = opts != NULL;
	size_t n = 0;

	for (; whole && n < conf_sections_count; n++) {
		const struct conf_section *s = &conf_sections[n];
		cfg_opt_t *keys = section_opts(s);

		opts[n] = (cfg_opt_t)CFG_SEC(s->name, keys, s->title ? CFGF_MULTI | CFGF_TITLE : CFGF_NONE);
		opts[n].validcb = on_section;
		whole = keys != NULL;
	}
	if (whole) {
		opts[n] = (cfg_opt_t)CFG_FUNC("include", on_include);
		opts[n + 1] = (cfg_opt_t)CFG_END();
		cfg = cfg_init(opts, CFGF_NONE); /* copies all of it */
	}
	for (size_t i = 0; opts && i < n; i++)
		free(opts[i].subopts);
	free(opts);
	return cfg;
}

int conf_read(struct conf *c, const char *path, struct complaint *out)
{
	int result;

	at = (struct reading){ .conf = c, .out = out, .cfg = cfg_open() };
	if (!at.cfg) {
		complaint_add(out, path, 0, "%s", strerror(ENOMEM));
		return -1;
	}
	cfg_set_error_function(at.cfg, on_error);
	result = read_file(path, 0);
	cfg_free(at.cfg);
	at = (struct reading){ 0 };
	return result;
}
