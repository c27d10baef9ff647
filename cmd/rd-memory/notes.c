#include "notes.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "conf.h"
#include "context.h"
#include "json.h"
#include "lately.h"
#include "log.h"
#include "memorytools.h"
#include "people.h"
#include "record.h"
#include "schema.h"
#include "tool.h"
#include "utf8.h"
#include "when.h"

#define ANSWER_US (1800 * MS)
#define AT_WORK_MAX 16
#define FOUND_TEXT_MAX_BYTES 8192 /* and at most one row more */
#define ROW_TEXT_MAX_BYTES 600

enum wish { WISH_REMEMBER, WISH_SEARCH, WISH_CALLS, WISH_LAST };

struct note { /* a tool.call at work */
	struct note *next;
	struct memory *memory;
	enum wish wish;
	char *id, *text; /* text: what is to be remembered */
	struct frame frame;
	uint8_t payload[];
};

static const char *const names[2] = { "remember", "recall" };

static const char *name_of(const struct note *n)
{
	return names[n->wish == WISH_REMEMBER ? 0 : 1];
}

/* --- the list */

/* Which of the two the agent has, or the names that a switch brought. */
void notes_choose(struct memory *m, const struct cJSON *list)
{
	const char *const *tools;
	size_t n = list ? 0 : conf_list(m->stage->conf, "agent", m->agent, "tools", &tools);
	const struct cJSON *name;

	m->chosen[0] = m->chosen[1] = false;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < 2; k++)
			m->chosen[k] |= strcmp(tools[i], names[k]) == 0;
	cJSON_ArrayForEach(name, list)
		for (size_t k = 0; k < 2; k++)
			m->chosen[k] |= cJSON_IsString(name) && strcmp(name->valuestring, names[k]) == 0;
}

/* Nobody's memory is not kept: a caller without a number has neither. */
static bool offers(const struct memory *m, const char *name)
{
	for (size_t k = 0; k < 2; k++)
		if (strcmp(names[k], name) == 0)
			return m->chosen[k] && *m->caller;
	return false;
}

static void add_entry(struct cJSON *list, const char *name)
{
	struct tool t;
	char why[TOOL_WHY_BYTES];

	if (tool_read(&t, memorytools_document(name), why, sizeof why) < 0) {
		log_error("cannot describe %s: %s", name, why);
		return;
	}
	cJSON_AddItemToArray(list, tool_entry(&t));
	tool_close(&t);
}

void notes_say(struct memory *m)
{
	struct cJSON *list = m->listed ? cJSON_CreateArray() : NULL;

	if (!list)
		return;
	for (size_t i = 0; i < 2; i++)
		if (offers(m, names[i]))
			add_entry(list, names[i]);
	(void)stage_say(m->stage, EVENT_TOOLS_LIST, "rev:n part:i parts:i tools:j", (long long)m->list_rev, 1, 1, list);
}

void notes_list(struct memory *m)
{
	if (!m->listed && !offers(m, names[0]) && !offers(m, names[1]))
		return; /* an empty list is only worth saying where there was another */
	m->listed = true;
	m->list_rev++;
	notes_say(m);
}

/* --- answers */

static void release(struct note *n)
{
	free(n->id);
	free(n->text);
	free(n);
}

static void drop(struct note *n)
{
	struct memory *m = n->memory;

	for (struct note **p = &m->notes; *p; p = &(*p)->next)
		if (*p == n) {
			*p = n->next;
			break;
		}
	m->note_count--;
	release(n);
}

static void answer(struct memory *m, const char *id, const char *name, bool ok, const char *outcome, const char *text,
		   struct cJSON *data)
{
	struct cJSON *event = json_make("type:s id:s name:s ok:b text:s data:j? outcome:s", "tool.result", id, name,
					(int)ok, text, data, outcome);
	struct cJSON *copy = cJSON_Duplicate(event, true);

	if (event)
		(void)stage_say_object(m->stage, event);
	record_result(m, m->stage->origin, m->stage->life, m->stage->seq, clock_us(), copy);
	cJSON_Delete(copy);
}

/* Says the answer; the call goes on behind it. */
static void finish(struct note *n, bool ok, const char *outcome, const char *text, struct cJSON *data)
{
	answer(n->memory, n->id, name_of(n), ok, outcome, text, data);
	(void)stage_pass(n->memory->stage, &n->frame);
	drop(n);
}

static void on_remembered(void *ctx, const struct cJSON *said, bool sent)
{
	struct note *n = ctx;
	struct memory *m = n->memory;

	if (json_flag(said, "ok", false)) {
		char *text = strdup(n->text);

		finish(n, true, "done", "It is written down.", NULL);
		if (text)
			context_add_fact(m, text);
		free(text);
	} else if (sent && !said) {
		finish(n, false, "unknown", "The memory does not answer; whether it was written down is unknown.",
		       NULL);
	} else {
		finish(n, false, "failed", "The memory is not available just now; it was not written down.", NULL);
	}
}

/* "- 2026-11-20: The caller's sister is called Mia." a line, as much as fits. */
static void put_found(const struct memory *m, FILE *out, const struct cJSON *rows, const char *title)
{
	const struct cJSON *row;
	char author[80];
	bool any = false;

	cJSON_ArrayForEach(row, rows) {
		const char *text = json_text(row, "text"), *at = json_text(row, "at"), *who = json_text(row, "who");
		const char *speaker = !who ? "" : strcmp(who, "assistant") == 0 ? "you said: " : "the caller said: ";

		if (!text || !*text || ftell(out) > FOUND_TEXT_MAX_BYTES)
			continue;
		fprintf(out, "%s%s- %.10s: %s%s%.*s", ftell(out) ? "\n" : "", any ? "" : title, at ? at : "", speaker,
			people_author(m, json_text(row, "caller"), author), (int)utf8_clip(text, ROW_TEXT_MAX_BYTES),
			text);
		any = true;
	}
}

/* What the store found, in words; NULL without memory. */
static char *found_words(const struct memory *m, enum wish wish, const struct cJSON *said)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (wish == WISH_CALLS) {
		lately_calls(m, out, json_array(said, "calls"), time(NULL));
	} else if (wish == WISH_LAST) {
		lately_last(out, json_array(said, "turns"), time(NULL));
	} else {
		put_found(m, out, json_array(said, "notes"), "Remembered:\n");
		put_found(m, out, json_array(said, "turns"), "From earlier calls:\n");
		if (ftell(out) == 0)
			fputs("Nothing is remembered about that.", out);
	}
	return fclose(out) == 0 ? text : (free(text), NULL);
}

/* NULL: a search's are the words alone. */
static struct cJSON *found_data(const struct memory *m, enum wish wish, const struct cJSON *said)
{
	return wish == WISH_CALLS  ? lately_calls_data(m, json_array(said, "calls"))
	       : wish == WISH_LAST ? lately_last_data(json_array(said, "turns"))
				   : NULL;
}

static void on_found(void *ctx, const struct cJSON *said, bool sent)
{
	struct note *n = ctx;
	char *text = json_flag(said, "ok", false) ? found_words(n->memory, n->wish, said) : NULL;

	(void)sent;
	if (text)
		finish(n, true, "done", text, found_data(n->memory, n->wish, said));
	else
		finish(n, false, "failed", "The memory is not available just now.", NULL);
	free(text);
}

/* --- calls */

/* A day of the caller's calendar, or so many days behind it, as the store writes moments; "" if none is given. -1: no
 * day. */
static int read_day(const char *text, int days, char out[WHEN_BYTES])
{
	char whole[64];
	struct tm t;
	time_t at;

	out[0] = 0;
	if (!text || !*text)
		return 0;
	if (strlen(text) != strlen("YYYY-MM-DD"))
		return when_read(text, &at) < 0 ? -1 : (when_utc(at, out), 0);
	snprintf(whole, sizeof whole, "%sT12:00", text); /* noon: midnight may be one that the clocks skip */
	if (when_read(whole, &at) < 0 || !localtime_r(&at, &t))
		return -1;
	t.tm_hour = t.tm_min = t.tm_sec = 0;
	t.tm_mday += days;
	t.tm_isdst = -1;
	when_utc(mktime(&t), out);
	return 0;
}

static int read_days(const struct cJSON *arguments, char from[WHEN_BYTES], char to[WHEN_BYTES])
{
	return read_day(json_text(arguments, "from"), 0, from) < 0 || read_day(json_text(arguments, "to"), 1, to) < 0
		       ? -1
		       : 0;
}

static struct cJSON *question(const struct note *n, const struct cJSON *arguments)
{
	const struct memory *m = n->memory;
	const char *query = json_text(arguments, "query");
	char from[WHEN_BYTES], to[WHEN_BYTES];

	if (n->wish == WISH_CALLS)
		return json_make("do:s call:s callers:j known:j strangers:b", "call.list", m->call, people_sharing(m),
				 people_known(m), (int)people_is_known(m));
	if (n->wish == WISH_LAST)
		return json_make("do:s call:s caller:s", "call.last", m->call, m->caller);
	(void)read_days(arguments, from, to); /* checked before */
	return json_make("do:s call:s caller:s callers:j query:s from:s to:s", "note.search", m->call, m->caller,
			 people_sharing(m), query ? query : "", from, to);
}

static int start(struct note *n, const struct cJSON *arguments)
{
	struct memory *m = n->memory;

	if (n->wish != WISH_REMEMBER)
		return remote_ask(&m->store, question(n, arguments), ANSWER_US, on_found, n);
	return remote_ask(&m->store,
			  json_make("do:s call:s caller:s origin:i life:i seq:n text:s", "note.add", m->call, m->caller,
				    n->frame.origin, n->frame.life, (long long)n->frame.seq, n->text),
			  ANSWER_US, on_remembered, n);
}

static enum wish wish_of(const char *name, const struct cJSON *arguments)
{
	const char *what = json_text(arguments, "what");

	if (strcmp(name, names[0]) == 0)
		return WISH_REMEMBER;
	if (what && strcmp(what, "calls") == 0)
		return WISH_CALLS;
	return what && strcmp(what, "last") == 0 ? WISH_LAST : WISH_SEARCH;
}

static struct note *make(struct memory *m, const struct frame *f, const struct cJSON *event)
{
	const char *id = json_text(event, "id"), *text = json_text(json_object(event, "arguments"), "text");
	struct note *n = malloc(sizeof *n + f->length);
	enum wish wish = wish_of(json_text(event, "name"), json_object(event, "arguments"));
	bool remember = wish == WISH_REMEMBER;

	if (!n)
		return NULL;
	*n = (struct note){ .next = m->notes,
			    .memory = m,
			    .wish = wish,
			    .id = strdup(id),
			    .text = remember ? strdup(text) : NULL,
			    .frame = *f };
	memcpy(n->payload, f->payload, f->length);
	n->frame.payload = n->payload;
	if (!n->frame.seq)
		n->frame.seq = ++m->typed;
	m->notes = n;
	m->note_count++;
	if (n->id && (n->text || !remember))
		return n;
	drop(n);
	return NULL;
}

/* Why it cannot be done at all; 0 if it can. */
static int check(const struct memory *m, const struct cJSON *event, char *why, size_t size)
{
	struct cJSON *document = memorytools_document(json_text(event, "name"));
	const struct cJSON *arguments = json_object(event, "arguments");
	int failed = schema_check(json_object(document, "parameters"), arguments, why, size);
	char from[WHEN_BYTES], to[WHEN_BYTES];

	cJSON_Delete(document);
	if (failed)
		return -1;
	if (wish_of(json_text(event, "name"), arguments) == WISH_SEARCH && !json_text(arguments, "query") &&
	    !json_text(arguments, "from") && !json_text(arguments, "to")) {
		snprintf(why, size, "query: which words shall I look for, or of which days?");
		return -1;
	}
	if (read_days(arguments, from, to) < 0) {
		snprintf(why, size, "from, to: days as YYYY-MM-DD expected");
		return -1;
	}
	if (m->note_count < AT_WORK_MAX)
		return 0;
	snprintf(why, size, "Too many are at work; try again.");
	return -1;
}

enum stage_verdict notes_call(struct memory *m, const struct frame *f, const struct cJSON *event)
{
	const char *name = json_text(event, "name");
	struct note *n;
	char why[300];

	if (!name || !offers(m, name) || !json_text(event, "id") || !json_object(event, "arguments"))
		return STAGE_PASS;
	if (check(m, event, why, sizeof why) < 0) {
		answer(m, json_text(event, "id"), name, false, "failed", why, NULL);
		return STAGE_PASS;
	}
	n = make(m, f, event);
	if (n && start(n, json_object(event, "arguments")) == 0)
		return STAGE_TAKE;
	if (n)
		drop(n);
	answer(m, json_text(event, "id"), name, false, "failed", "The memory is not available just now.", NULL);
	return STAGE_PASS;
}

void notes_close(struct memory *m)
{
	while (m->notes) {
		struct note *n = m->notes;

		m->notes = n->next;
		release(n);
	}
	m->note_count = 0;
}
