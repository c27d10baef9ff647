#include "calls.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "intent.h"
#include "json.h"
#include "log.h"
#include "talk.h"

static void say(struct intent *i, const struct call *c)
{
	(void)stage_say(&i->stage, EVENT_TOOL_CALL, "id:s name:s arguments:j", c->id, c->name,
			cJSON_Duplicate(c->arguments, 1));
}

int calls_run(struct intent *i, enum call_purpose purpose, const char *name, struct cJSON *arguments,
	      const struct sentences_match *sentence)
{
	struct calls *all = &i->calls;
	struct call *c = &all->all[all->count];

	if (all->count == CALLS_MAX) {
		log_warn("too many tools at once, not called name=%s", name);
		cJSON_Delete(arguments);
		return -1;
	}
	*c = (struct call){ .purpose = purpose, .arguments = arguments };
	/* the life: should the file be lost, no id comes again */
	snprintf(c->id, sizeof c->id, "intent-%u-%lu", i->stage.life, ++all->next);
	snprintf(c->name, sizeof c->name, "%s", name);
	if (sentence)
		c->sentence = *sentence;
	all->count++;
	i->spoke = false;
	dialog_save(i);
	say(i, c);
	if (calls_waiting(i))
		talk_state(i, "thinking", "tool");
	return 0;
}

bool calls_open(const struct intent *i, enum call_purpose purpose)
{
	for (size_t n = 0; n < i->calls.count; n++)
		if (i->calls.all[n].purpose == purpose)
			return true;
	return false;
}

bool calls_waiting(const struct intent *i)
{
	return calls_open(i, CALL_SENTENCE);
}

bool calls_has(const struct intent *i, const char *tool)
{
	for (size_t n = 0; n < i->calls.tool_count; n++)
		if (strcmp(i->calls.tools[n].name, tool) == 0)
			return true;
	return false;
}

/* Lists come in parts and from several stages; a new one of the same stage begins with part 1. */
void calls_list(struct intent *i, const struct frame *f, const struct cJSON *event)
{
	struct calls *c = &i->calls;
	const struct cJSON *tool;
	size_t kept = 0;

	for (size_t n = 0; json_whole(event, "part", 1, 1, 1000) == 1 && n < c->tool_count; n++)
		if (c->tools[n].origin != f->origin)
			c->tools[kept++] = c->tools[n];
	if (json_whole(event, "part", 1, 1, 1000) == 1)
		c->tool_count = kept;
	cJSON_ArrayForEach(tool, json_array(event, "tools")) {
		const char *name = json_text(tool, "name");

		if (!name || c->tool_count == CALLS_TOOLS_MAX)
			continue;
		snprintf(c->tools[c->tool_count].name, sizeof c->tools[0].name, "%s", name);
		c->tools[c->tool_count++].origin = f->origin;
	}
	c->listed = true;
}

static void drop(struct calls *all, struct call *c)
{
	cJSON_Delete(c->arguments);
	memmove(c, c + 1, (size_t)(&all->all[all->count] - (c + 1)) * sizeof *c);
	all->count--;
}

void calls_result(struct intent *i, const struct cJSON *event)
{
	const char *id = json_text(event, "id");
	struct call c = { .purpose = CALL_PURPOSES };

	for (size_t n = 0; id && n < i->calls.count; n++)
		if (strcmp(i->calls.all[n].id, id) == 0) {
			c = i->calls.all[n];
			c.arguments = NULL; /* goes with the entry */
			drop(&i->calls, &i->calls.all[n]);
			break;
		}
	switch (c.purpose) {
	case CALL_SENTENCE: talk_result(i, &c.sentence, event); break;
	case CALL_READ: reading_result(i, event); break;
	case CALL_DUE: reminders_due(i, event); break;
	case CALL_TOLD: reminders_ask(i); break;
	case CALL_PURPOSES: return; /* somebody else's */
	}
	dialog_save(i);
}

void calls_again(struct intent *i)
{
	for (size_t n = 0; n < i->calls.count; n++)
		say(i, &i->calls.all[n]);
	if (calls_waiting(i))
		talk_state(i, "thinking", "tool");
}

struct cJSON *calls_write(const struct calls *c)
{
	struct cJSON *all = cJSON_CreateArray();

	for (size_t n = 0; n < c->count; n++) {
		const struct call *one = &c->all[n];

		cJSON_AddItemToArray(all, json_make("id:s purpose:i name:s arguments:j sentence:j", one->id,
						    (int)one->purpose, one->name, cJSON_Duplicate(one->arguments, 1),
						    dialog_match_write(&one->sentence)));
	}
	return json_make("all:j next:n", all, (long long)c->next);
}

void calls_read(struct intent *i, const struct cJSON *from)
{
	struct calls *c = &i->calls;
	const struct cJSON *one;

	c->next = (unsigned long)json_whole(from, "next", 0, 0, JSON_WHOLE_MAX);
	cJSON_ArrayForEach(one, json_array(from, "all")) {
		struct call *to = &c->all[c->count];
		const char *id = json_text(one, "id"), *name = json_text(one, "name");

		if (c->count == CALLS_MAX || !id || !name)
			return;
		*to = (struct call){ .purpose =
					     (enum call_purpose)json_whole(one, "purpose", 0, 0, CALL_PURPOSES - 1) };
		snprintf(to->id, sizeof to->id, "%s", id);
		snprintf(to->name, sizeof to->name, "%s", name);
		dialog_match_read(i->sentences, &to->sentence, json_object(one, "sentence"));
		to->arguments = cJSON_Duplicate(json_object(one, "arguments"), 1);
		if (!to->arguments ||
		    (to->purpose == CALL_SENTENCE && !(to->sentence.intent && to->sentence.intent->tool)))
			cJSON_Delete(to->arguments);
		else
			c->count++;
	}
}

void calls_close(struct calls *c)
{
	while (c->count)
		drop(c, &c->all[0]);
}
