#include "sentences.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "paths.h"
#include "sentences_store.h"
#include "utf8.h"

#define DOCUMENTS_MAX 64

/* --- what others of sentences*.c add */

struct rule *sentences_rule(const struct sentences *s, const char *name)
{
	for (size_t i = 0; i < s->rule_count; i++)
		if (strcmp(s->rules[i].name, name) == 0)
			return &s->rules[i];
	return NULL;
}

struct rule *sentences_add_rule(struct sentences *s, const char *name, enum rule_kind kind)
{
	struct rule *all = realloc(s->rules, (s->rule_count + 1) * sizeof *all);

	if (!all)
		return NULL;
	s->rules = all;
	all += s->rule_count++;
	*all = (struct rule){ .kind = kind };
	snprintf(all->name, sizeof all->name, "%s", name);
	return all;
}

struct entry *sentences_add_entry(struct rule *r)
{
	struct entry *all = realloc(r->entries, (r->count + 1) * sizeof *all);

	if (!all)
		return NULL;
	r->entries = all;
	all += r->count++;
	*all = (struct entry){ 0 };
	return all;
}

/* --- names from the configuration */

/* A name is spoken without what is no word in it, of which a grammar has no use either. A file's may be no text. */
static int add_name(struct rule *r, const struct spellings *same, const char *name, const char *value)
{
	char text[256], why[160];
	struct pattern *p;
	struct entry *e;

	snprintf(text, sizeof text, "%s", name);
	utf8_clean(text, strlen(text));
	for (char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c) && (unsigned char)*c < 0x80 && *c != '\'')
			*c = ' ';
	p = pattern_open(text, same, why, sizeof why);
	if (!p)
		return 0; /* no word in it: it cannot be said */
	e = sentences_add_entry(r);
	if (!e) {
		pattern_close(p);
		return -1;
	}
	e->pattern = p;
	e->value = strdup(value);
	return e->value ? 0 : -1;
}

static int add_agents(struct sentences *s, const struct conf *conf)
{
	struct rule *r = sentences_rule(s, "agent");
	const char *title;

	for (size_t i = 0; (title = conf_title(conf, "agent", i)); i++)
		if (add_name(r, &s->same, title, title) < 0)
			return -1;
	return 0;
}

/* The address book, and those whom the agent may transfer to and whose names are known. */
static int add_people(struct sentences *s, const struct conf *conf, const char *agent)
{
	struct rule *r = sentences_rule(s, "name");
	const char *const *numbers, *name;
	size_t n = conf_list(conf, "agent", agent, "transfer-to", &numbers);

	for (size_t i = 0; (name = conf_title(conf, "contact", i)); i++)
		if (add_name(r, &s->same, name, conf_text(conf, "contact", name, "number")) < 0)
			return -1;
	for (size_t i = 0; i < n; i++)
		if (conf_has(conf, "caller", numbers[i]) && *(name = conf_text(conf, "caller", numbers[i], "name")) &&
		    !conf_has(conf, "contact", name) && add_name(r, &s->same, name, numbers[i]) < 0)
			return -1;
	return 0;
}

/* Where the tool docs looks. */
static int folder_of(const struct conf *conf, char *out, size_t size)
{
	const char *const *settings;
	size_t n = conf_has(conf, "tool", "docs") ? conf_list(conf, "tool", "docs", "settings", &settings) : 0;
	char state[PATHS_MAX_BYTES];

	for (size_t i = 0; i < n; i++)
		if (strncmp(settings[i], "folder=", 7) == 0)
			return paths_format(out, size, "%s", settings[i] + 7);
	return paths_state(conf, state, sizeof state) < 0 ? -1 : paths_format(out, size, "%s/documents", state);
}

static int add_file(struct sentences *s, struct rule *r, const char *file)
{
	const char *dot = strrchr(file, '.');
	char name[256];

	if (*file == '.' || !dot || (strcasecmp(dot, ".txt") != 0 && strcasecmp(dot, ".md") != 0))
		return 0;
	snprintf(name, sizeof name, "%.*s", (int)(dot - file), file);
	return add_name(r, &s->same, name, name);
}

static int add_documents(struct sentences *s, const struct conf *conf)
{
	struct rule *r = sentences_rule(s, "document");
	char folder[PATHS_MAX_BYTES];
	DIR *d = folder_of(conf, folder, sizeof folder) < 0 ? NULL : opendir(folder);
	const struct dirent *one;
	int status = 0;

	while (d && status == 0 && r->count < DOCUMENTS_MAX && (one = readdir(d)))
		status = add_file(s, r, one->d_name);
	if (d)
		closedir(d);
	return status;
}

/* Slots that need no line in the file. Those of the configuration are filled when it was read: its spellings hold for
 * them too. */
static int add_given(struct sentences *s)
{
	static const char *const names[] = { "agent", "name", "document" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct rule *r = sentences_add_rule(s, names[i], RULE_LIST);

		if (!r)
			return -1;
		r->given = true;
	}
	return sentences_add_rule(s, "number", RULE_NUMBER) && sentences_add_rule(s, "ordinal", RULE_ORDINAL) &&
			       sentences_add_rule(s, "digits", RULE_KEYS)
		       ? 0
		       : -1;
}

static int fill_given(struct sentences *s, const struct conf *conf, const char *agent)
{
	return add_agents(s, conf) < 0 || add_people(s, conf, agent) < 0 || add_documents(s, conf) < 0 ? -1 : 0;
}

/* --- open and close */

static char *file_of(const struct conf *conf, const char *agent)
{
	const char *file = conf_text(conf, "agent", agent, "sentences"), *language;
	char *out;

	if (*file)
		return strdup(file);
	language = conf_text(conf, "agent", agent, "language");
	if (asprintf(&out, "%s/sentences/%.2s.conf", conf_text(conf, "general", NULL, "data-dir"),
		     *language ? language : "en") < 0)
		return NULL;
	return out;
}

struct sentences *sentences_open(const struct conf *conf, const char *agent, char *error, size_t size)
{
	struct sentences *s = calloc(1, sizeof *s);
	struct complaint out;

	complaint_open(&out, error, size);
	if (!s || !(s->file = file_of(conf, agent)) || add_given(s) < 0) {
		complaint_add(&out, NULL, 0, "cannot read the sentences: %s", strerror(errno));
		sentences_close(s);
		return NULL;
	}
	sentences_read(s, s->file, NULL, &out);
	if (!out.count && fill_given(s, conf, agent) < 0)
		complaint_add(&out, s->file, 0, "cannot add the names of the configuration: %s", strerror(errno));
	if (!out.count)
		sentences_check(s, &out);
	complaint_end(&out);
	if (!out.count)
		return s;
	sentences_close(s);
	return NULL;
}

static void close_forms(struct forms *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->all[i].shown);
	free(f->all);
}

static void close_entries(struct entry *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		pattern_close(all[i].pattern);
		for (size_t j = 0; j < all[i].assign_count; j++)
			free(all[i].assigns[j].slot);
		free(all[i].value);
	}
	free(all);
}

static void close_lines(char *const *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(all[i]);
}

static void close_intent(struct sentences_intent *i)
{
	close_entries(i->entries, i->count);
	close_lines(i->says, i->say_count);
	close_lines(i->examples, i->example_count);
	for (size_t j = 0; j < i->argument_count; j++) {
		free(i->arguments[j].name);
		free(i->arguments[j].text);
	}
	for (size_t j = 0; j < i->need_count; j++) {
		free(i->needs[j].slot);
		free(i->needs[j].question);
	}
	free(i->name);
	free(i->tool);
	free(i->ask);
	free(i->unsure);
	free(i->before);
	free(i->fail);
	free(i->states);
}

void sentences_close(struct sentences *s)
{
	if (!s)
		return;
	close_forms(&s->numbers);
	close_forms(&s->ordinals);
	close_forms(&s->keys);
	close_forms(&s->polite);
	for (size_t i = 0; i < s->same.count; i++)
		free((char *)s->same.all[i].spoken);
	for (size_t i = 0; i < s->rule_count; i++)
		close_entries(s->rules[i].entries, s->rules[i].count);
	for (size_t i = 0; i < s->intent_count; i++)
		close_intent(&s->intents[i]);
	for (size_t i = 0; i < s->said_count; i++) {
		free(s->said[i].name);
		free(s->said[i].text);
	}
	close_lines(s->files, s->file_count);
	free(s->same.all);
	free(s->rules);
	free(s->intents);
	free(s->said);
	free(s->grammars);
	free(s->suffixes);
	free(s->join_shown);
	free(s->language);
	free(s->file);
	free(s);
}

/* --- looking */

const char *sentences_file(const struct sentences *s)
{
	return s->file;
}

const char *sentences_language(const struct sentences *s)
{
	return s->language;
}

const char *const *sentences_grammars(const struct sentences *s)
{
	return s->grammars;
}

size_t sentences_intents(const struct sentences *s)
{
	return s->intent_count;
}

const struct sentences_intent *sentences_intent(const struct sentences *s, size_t i)
{
	return i < s->intent_count ? &s->intents[i] : NULL;
}

const struct sentences_intent *sentences_find(const struct sentences *s, const char *name)
{
	for (size_t i = 0; i < s->intent_count; i++)
		if (strcmp(s->intents[i].name, name) == 0)
			return &s->intents[i];
	return NULL;
}

const struct sentences_intent *sentences_find_act(const struct sentences *s, enum sentences_act act)
{
	for (size_t i = 0; i < s->intent_count; i++)
		if (s->intents[i].act == act)
			return &s->intents[i];
	return NULL;
}

/* "any" is every state; without a line `in` it is main. A question that was not answered at once is open to all. */
bool sentences_heard_in(const struct sentences_intent *i, const char *grammar)
{
	char word[64];

	if (strcmp(grammar, "open") == 0)
		return sentences_heard_in(i, "confirm") || sentences_heard_in(i, "main");
	if (!i->states)
		return strcmp(grammar, "main") == 0;
	if (strstr(i->states, " any "))
		return true;
	return (size_t)snprintf(word, sizeof word, " %s ", grammar) < sizeof word && strstr(i->states, word);
}
