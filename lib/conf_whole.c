#include "conf_store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf_check.h"
#include "nearest.h"

/* The pipelines that ship (ringdown.conf(5)); a section of the same name takes their place. */
static const struct {
	const char *name, *stages;
} pipelines[] = {
	{ "realtime", "rd-ingest | rd-bridge | rd-tools | rd-memory | rd-monitor | rd-pacer" },
	{ "cascade", "rd-ingest | rd-codec --up s16/16000 | rd-stt | rd-chat | rd-tools | rd-tts | rd-memory | "
		     "rd-monitor | rd-pacer | rd-codec --down mulaw/8000" },
	{ "offline", "rd-ingest | rd-codec --up s16/16000 | rd-stt | rd-intent | rd-tools | rd-tts | rd-memory | "
		     "rd-monitor | rd-pacer | rd-codec --down mulaw/8000" },
	{ "voicemail", "rd-ingest | rd-voicemail | rd-memory | rd-monitor" },
};

/* The agents that need no key and no network: who takes over when nobody else can (ringdown(8)). */
static const struct {
	const char *name, *tools; /* of each, behind commas */
} agents[] = {
	{ "offline", "time,hang_up,press,transfer,notes,remind,docs,remember,recall" },
	{ "voicemail", "" },
};

static int set_one(struct conf *c, struct conf_part *part, const char *key, const char *item)
{
	const struct conf_key *k = conf_key_of(part->section->name, key);
	struct conf_value *v = conf_value_of(part, k);

	conf_value_clear(v);
	return conf_value_add(v, k, c->base, item);
}

static int set_list(struct conf *c, struct conf_part *part, const char *key, const char *items)
{
	const struct conf_key *k = conf_key_of(part->section->name, key);
	char word[64];

	conf_value_clear(conf_value_of(part, k));
	while (*items) {
		size_t n = strcspn(items, ",");

		snprintf(word, sizeof word, "%.*s", (int)n, items);
		if (conf_value_add(conf_value_of(part, k), k, c->base, word))
			return -1;
		items += n + (items[n] == ',');
	}
	return 0;
}

static int add_agents(struct conf *c)
{
	const struct conf_section *agent = conf_section_of("agent");
	struct conf_part *part;

	if (!conf_count(c, "agent") && !conf_part_add(c, agent, "default"))
		return -1;
	for (size_t i = 0; i < sizeof(agents) / sizeof(*agents); i++) {
		if (conf_has(c, "agent", agents[i].name))
			continue;
		part = conf_part_add(c, agent, agents[i].name);
		if (!part || set_one(c, part, "pipeline", agents[i].name) || set_one(c, part, "key", "") ||
		    set_list(c, part, "tools", agents[i].tools))
			return -1;
	}
	return 0;
}

/* -1 with errno. */
static int add_builtin(struct conf *c)
{
	const struct conf_section *pipeline = conf_section_of("pipeline");
	struct conf_part *general;

	for (size_t i = 0; i < sizeof(pipelines) / sizeof(*pipelines); i++) {
		struct conf_part *part;

		if (conf_has(c, "pipeline", pipelines[i].name))
			continue;
		part = conf_part_add(c, pipeline, pipelines[i].name);
		if (!part || set_one(c, part, "stages", pipelines[i].stages))
			return -1;
	}
	if (add_agents(c))
		return -1;
	general = conf_part_of(c, conf_section_of("general"), NULL);
	if (*conf_text(c, "general", NULL, "default-agent"))
		return 0;
	return set_one(c, general, "default-agent", conf_title(c, "agent", 0));
}

bool conf_refers(const struct conf *c, const struct conf_key *key, const char *item, char *expected, size_t size)
{
	const char *section = key->refers, *title = item;
	struct nearest nearest = { 0 };
	char hint[96], server[80];

	if (!strncmp(item, "mcp:", 4) && !strcmp(key->section, "agent") && !strcmp(key->name, "tools")) {
		section = "mcp";
		snprintf(server, sizeof server, "%.*s", (int)strcspn(item + 4, "/"), item + 4);
		title = server;
	}
	if (!section || !*title || conf_has(c, section, title))
		return true;
	nearest.word = title;
	for (size_t i = 0; i < conf_count(c, section); i++)
		nearest_see(&nearest, conf_title(c, section, i));
	snprintf(expected, size, "the title of a section %s%s", section, nearest_hint(&nearest, hint));
	return false;
}

static void check_part(const struct conf *c, const struct conf_part *part, struct complaint *out)
{
	const char *expected_title = part->title && part->section->title ? part->section->title(part->title) : NULL;
	const struct conf_key *key;
	char expected[256], shown[64];

	if (expected_title)
		complaint_add(out, part->file, part->line, "%s %s: expected %s", part->section->name,
			      complaint_quote(part->title, shown), expected_title);
	for (size_t i = 0; (key = conf_key_at(part->section, i)); i++) {
		const struct conf_value *v = conf_value_of(part, key);

		if (key->whole && v->n == 1 && !*v->items[0] && !v->file && part->file)
			complaint_add(out, part->file, part->line, "%s %s: expected %s in it", part->section->name,
				      complaint_quote(part->title ? part->title : "", shown), key->name);
		for (size_t n = 0; n < v->n; n++)
			if (!conf_refers(c, key, v->items[n], expected, sizeof(expected)))
				complaint_add(out, v->file, v->line, "%s = %s: expected %s", key->name,
					      conf_value_shown(key, v->items[n], shown), expected);
	}
}

int conf_complete(struct conf *c, struct complaint *out)
{
	if (add_builtin(c)) {
		complaint_add(out, c->file, 0, "%s", errno == E2BIG ? "too many sections" : strerror(errno));
		return -1;
	}
	/* What is preset in every section of a kind is not checked: where no section has it, it stands for nothing. */
	for (size_t i = 0; i < c->part_count; i++)
		if (!c->parts[i].section->title || c->parts[i].title)
			check_part(c, &c->parts[i], out);
	return 0;
}
