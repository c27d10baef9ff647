#include "answer.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "json.h"
#include "utf8.h"

enum { EXIT_DONE, EXIT_FAILED, EXIT_UNAVAILABLE = 100 };

struct cJSON *answer_refusal(const char *id, const char *name, const char *outcome, const char *text)
{
	return json_make("type:s id:s name:s ok:b text:s outcome:s", "tool.result", id, name, 0, text, outcome);
}

/* Cut off in mid-work: a tool without effects has simply failed, of any other nobody knows what it did. */
static struct cJSON *cut_off(const struct answer_of *a, const char *what)
{
	char text[400];
	bool unknown = a->effect != TOOL_NONE;

	snprintf(text, sizeof text, "%s %s%s", a->name, what,
		 unknown ? ". Whether it did its work is unknown: do not run it again without asking." : ".");
	return answer_refusal(a->id, a->name, unknown ? "unknown" : "failed", text);
}

static struct cJSON *ended_by_us(const struct answer_of *a)
{
	char what[256];

	switch (a->why) {
	case WORKER_LATE:
		snprintf(what, sizeof what, "gave no answer within %u seconds and was ended", a->timeout_s);
		break;
	case WORKER_LOUD:
		snprintf(what, sizeof what, "printed more than %u bytes and was ended", TOOL_OUTPUT_MAX_BYTES);
		break;
	default: snprintf(what, sizeof what, "was cancelled: %.200s", a->reason ? a->reason : "no reason given"); break;
	}
	return cut_off(a, what);
}

/* What was printed, JSON or not, without control characters (each would be six bytes on the wire, and a frame has room
 * for two) and the newlines at its end. */
static void tidy(char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		if (((unsigned char)text[i] < 0x20 && text[i] != '\n' && text[i] != '\t') || text[i] == 0x7f)
			text[i] = ' ';
	while (n && (text[n - 1] == '\n' || text[n - 1] == ' '))
		text[--n] = 0;
}

/* The tool itself does not know: what it asked another to do may have been done. */
static bool is_unknown(const struct cJSON *printed)
{
	const char *outcome = json_text(printed, "outcome");

	return outcome && strcmp(outcome, "unknown") == 0;
}

static struct cJSON *said(const struct answer_of *a, int code, struct cJSON **say)
{
	struct cJSON *printed, *event;
	const char *text;
	char otherwise[100];
	bool ok;

	tidy(a->output);
	printed = json_parse(a->output, strlen(a->output));
	text = printed ? json_text(printed, "text") : a->output;
	ok = code == EXIT_DONE && json_flag(printed, "ok", true);
	if (!ok && (!text || !*text)) {
		snprintf(otherwise, sizeof otherwise,
			 code == EXIT_UNAVAILABLE ? "%s is not available." : "%s has failed.", a->name);
		text = otherwise;
	}
	event = json_make("type:s id:s name:s ok:b text:s data:j? outcome:s", "tool.result", a->id, a->name, (int)ok,
			  text ? text : "", cJSON_DetachItemFromObjectCaseSensitive(printed, "data"),
			  ok			? "done"
			  : is_unknown(printed) ? "unknown"
						: "failed");
	if (ok && cJSON_IsArray(json_array(printed, "say")))
		*say = cJSON_DetachItemFromObjectCaseSensitive(printed, "say");
	cJSON_Delete(printed);
	return event;
}

struct cJSON *answer_event(const struct answer_of *a, struct cJSON **say)
{
	char what[80];
	int code = WIFEXITED(a->status) ? WEXITSTATUS(a->status) : -1;

	*say = NULL;
	utf8_clean(a->output, a->n);
	if (a->why != WORKER_EXITED)
		return ended_by_us(a);
	if (code == EXIT_DONE || code == EXIT_FAILED || code == EXIT_UNAVAILABLE)
		return said(a, code, say);
	if (code >= 0)
		snprintf(what, sizeof what, "broke off with exit status %d", code);
	else
		snprintf(what, sizeof what, "broke off with signal %d", WTERMSIG(a->status));
	return cut_off(a, what);
}
