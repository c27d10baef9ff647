#include "list.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "json.h"
#include "log.h"
#include "mcp.h"
#include "parts.h"

#define PART_BYTES_MAX (48u * 1024u)
#define SLOW_US (100 * MS) /* the brain waits 150 ms for a list: better one with gaps than none */
#define REVS_PER_LIFE 1000

static void on_slow(void *ctx);

void list_open(struct list *l, struct stage *s, struct toolbox *box, const struct secrets *secrets)
{
	*l = (struct list){ .stage = s, .box = box, .secrets = secrets, .rev = s->life * REVS_PER_LIFE };
	l->slow = (struct timer){ .name = "slow tools", .on = on_slow, .ctx = l };
}

/* A secret that the configuration grants must also be there. */
static void check_secrets(struct list *l)
{
	for (size_t i = 0; i < l->box->count; i++) {
		struct toolbox_tool *t = &l->box->tools[i];
		const char *name = conf_text(l->stage->conf, "tool", t->name, "secret");

		if (t->state != TOOLBOX_READY || cJSON_GetArraySize(t->tool.secrets) == 0 ||
		    secrets_find(l->secrets, name))
			continue;
		t->state = TOOLBOX_MISSING;
		snprintf(t->why, sizeof t->why, "its secret %.64s is not there", name);
	}
}

static struct cJSON *list_missing(const struct list *l)
{
	struct cJSON *missing = cJSON_CreateArray();

	for (size_t i = 0; missing && i < l->box->count; i++) {
		const struct toolbox_tool *t = &l->box->tools[i];

		if (t->state == TOOLBOX_MISSING || t->state == TOOLBOX_ASKED)
			cJSON_AddItemToArray(missing,
					     json_make("name:s why:s", t->name,
						       t->state == TOOLBOX_ASKED ? "it has not answered yet" : t->why));
	}
	if (missing && l->mcp)
		mcp_add_missing(l->mcp, missing);
	return missing;
}

/* As many entries as a part holds, from the front of the list. */
static struct cJSON *take_part(struct cJSON *entries)
{
	struct cJSON *part = cJSON_CreateArray();
	size_t bytes = 0;

	while (part && entries->child) {
		bytes += parts_entry_bytes(entries->child) + 1;
		if (part->child && bytes > PART_BYTES_MAX)
			break;
		cJSON_AddItemToArray(part, cJSON_DetachItemFromArray(entries, 0));
	}
	return part;
}

void list_say(struct list *l)
{
	struct cJSON *entries = l->said ? toolbox_entries(l->box, false) : NULL, *parts[PARTS_MAX], *missing;
	int count = 0;

	if (!entries)
		return;
	if (l->mcp)
		mcp_add_entries(l->mcp, entries);
	do {
		parts[count] = take_part(entries);
	} while (parts[count] && ++count < PARTS_MAX && entries->child);
	if (entries->child)
		log_warn("the list of tools is too long, tools are left out count=%d", cJSON_GetArraySize(entries));
	missing = list_missing(l);
	for (int i = 0; i < count; i++)
		(void)stage_say(l->stage, EVENT_TOOLS_LIST, "rev:n part:i parts:i tools:j missing:j?",
				(long long)l->rev, i + 1, count, parts[i], i ? NULL : missing);
	cJSON_Delete(entries);
}

static void say_new(struct list *l)
{
	timer_stop(&l->stage->loop, &l->slow);
	check_secrets(l);
	l->rev++;
	l->said = true;
	list_say(l);
}

static void on_slow(void *ctx)
{
	say_new(ctx);
}

/* One that says itself that it lacks something may do so in every call of an agent that is built in. */
static void log_missing(const struct list *l)
{
	for (size_t i = 0; l->box->asked == 0 && i < l->box->count; i++) {
		const struct toolbox_tool *t = &l->box->tools[i];

		if (t->state == TOOLBOX_MISSING)
			(t->tool.unavailable ? log_info : log_warn)("tool is missing name=%s why=\"%s\"", t->name,
								    t->why);
	}
}

void list_changed(struct list *l)
{
	if (l->box->asked == 0 || l->said) {
		say_new(l);
		log_missing(l);
	} else if (!l->slow.set) {
		timer_after(&l->stage->loop, &l->slow, SLOW_US);
	}
}
