#include "prompt.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "json.h"
#include "paths.h"
#include "utf8.h"

#define FACTS_MAX 60
#define TEXT_MAX 4000 /* of one paragraph that others wrote */
#define NAME_MAX_BYTES 200
#define LANGUAGE_MAX 40

static const char plain_agent[] = "You are a friendly, capable assistant on the telephone. You help with what you are "
				  "asked, honestly and without detours.";

static const char manners[] =
	"# On the telephone\n"
	"You are heard, not read: no lists, no markup, no emoji. One to three short sentences a turn, then let the "
	"caller speak; "
	"more only when asked. Say numbers, times and names so that they can be written down, and read important ones "
	"back. "
	"The line may be bad: if you have not understood, ask; never guess names, numbers or wishes. When interrupted, "
	"stop and "
	"listen; do not begin again from the start. Before a tool that takes time, say in a few words what you are "
	"doing. "
	"Tell what a tool really answered, a failure too. Never claim to have done what no tool has done.";

static const char writing[] = " Your text is read out by a speech program: write everything as it is spoken, numbers "
			      "and abbreviations in words.";

static bool given(const char *text)
{
	return text && *text;
}

/* For "%.*s". */
static int clip(const char *text, size_t most)
{
	return (int)utf8_clip(text, most);
}

static void put_agent(FILE *out, const struct prompt *p)
{
	fprintf(out, "%s\n\n%s%s\n", given(p->instructions) ? p->instructions : plain_agent, manners,
		p->written ? writing : "");
}

static void put_tools(FILE *out, const struct cJSON *tools)
{
	const struct cJSON *tool;
	bool any = false;

	cJSON_ArrayForEach(tool, tools) {
		const char *text = json_text(tool, "instructions");

		if (!given(text))
			continue;
		fprintf(out, "%s%.*s\n", any ? "" : "\n# Your tools\n", clip(text, TEXT_MAX), text);
		any = true;
	}
}

static void put_facts(FILE *out, const struct cJSON *facts)
{
	const struct cJSON *fact;
	int left = FACTS_MAX;

	cJSON_ArrayForEach(fact, facts) {
		const char *text = cJSON_IsString(fact) ? fact->valuestring : json_text(fact, "text");

		if (!given(text) || left-- <= 0)
			continue;
		fprintf(out, "%s- %.*s\n", left == FACTS_MAX - 1 ? "What you know of them:\n" : "",
			clip(text, TEXT_MAX / 4), text);
	}
}

static void put_caller(FILE *out, const struct prompt *p)
{
	const struct cJSON *caller = json_object(p->context, "caller");
	const char *name = json_text(caller, "name"), *summary = json_text(p->context, "summary");
	const char *language = json_text(caller, "language");

	if (!given(name))
		name = p->caller_name;
	if (!given(language))
		language = p->language;
	fprintf(out, "\n# This call\n%s",
		p->outbound ? "You have called them; they did not expect you: say who you are and why.\n"
			    : "They have called you.\n");
	if (given(name))
		fprintf(out, "You are speaking with %.*s.\n", clip(name, NAME_MAX_BYTES), name);
	if (given(p->task))
		fprintf(out, "What this call is for: %.*s\n", clip(p->task, TEXT_MAX), p->task);
	if (given(language))
		fprintf(out, "Speak the language \"%.*s\" unless they speak or wish for another.\n",
			clip(language, LANGUAGE_MAX), language);
	put_facts(out, json_array(p->context, "facts"));
	if (given(summary))
		fprintf(out, "From earlier calls: %.*s\n", clip(summary, TEXT_MAX), summary);
}

/* Last, since it is the only part that is never twice the same: services price what they have seen before at a tenth.
 */
static void put_date(FILE *out, time_t now)
{
	char text[96];
	struct tm tm;

	if (now && localtime_r(&now, &tm) && strftime(text, sizeof text, "%A, %d %B %Y, %H:%M (%Z, UTC%z)", &tm))
		fprintf(out, "The call began on %s.\n", text);
}

char *prompt_join(const struct prompt *p)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (!out)
		return NULL;
	put_agent(out, p);
	put_tools(out, p->tools);
	put_caller(out, p);
	put_date(out, p->now);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

char *prompt_read(const struct conf *c, const char *agent, char *error, size_t size)
{
	const char *path = conf_text(c, "agent", agent, "instructions");
	char *text = calloc(1, PROMPT_FILE_MAX_BYTES + 1), *shorter;
	ssize_t n = 0;

	if (text && *path)
		n = paths_read_bounded(path, text, PROMPT_FILE_MAX_BYTES + 1);
	if (!text || n < 0) {
		snprintf(error, size, "cannot read %s: %s", path, strerror(errno));
		free(text);
		return NULL;
	}
	utf8_clean(text, (size_t)n);
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' '))
		text[--n] = 0;
	shorter = realloc(text, (size_t)n + 1);
	return shorter ? shorter : text;
}
