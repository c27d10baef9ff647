#include "lately.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "conf.h"
#include "json.h"
#include "utf8.h"
#include "when.h"

#define CALLS_SAID 5
#define TURNS_SAID 6
#define TURN_BYTES 240u
#define NAME_BYTES 60u

/* "today at 14:05"; "at some time" where the row has none. */
static const char *when_of(const struct cJSON *row, time_t now, char out[WHEN_BYTES])
{
	const char *text = json_text(row, "at");
	time_t at;

	if (!text || when_read(text, &at) < 0)
		return "at some time";
	return when_say(at, now, out);
}

/* As the configuration calls them, else as the carrier did. How many bytes of *name, 0: it is not known. */
static int name_of(const struct memory *m, const struct cJSON *call, const char **name)
{
	const struct conf *c = m->stage->conf;
	const char *number = json_text(call, "caller");

	*name = number && conf_has(c, "caller", number) ? conf_text(c, "caller", number, "name") : "";
	if (!**name)
		*name = json_text(call, "name");
	return *name ? (int)utf8_clip(*name, NAME_BYTES) : 0;
}

/* "1 2 3 4": a digit after the other. Returns out. */
static const char *end_of(const char *number, char out[8])
{
	size_t n = number ? strlen(number) : 0;

	*out = '\0';
	if (n >= 4)
		snprintf(out, 8, "%c %c %c %c", number[n - 4], number[n - 3], number[n - 2], number[n - 1]);
	return out;
}

static void say_caller(const struct memory *m, FILE *out, const struct cJSON *call)
{
	const char *number = json_text(call, "caller"), *name;
	int n = name_of(m, call, &name);
	char end[8];

	if (number && strcmp(number, m->caller) == 0)
		fputs("you", out);
	else if (n)
		fprintf(out, "%.*s", n, name);
	else if (*end_of(number, end))
		fprintf(out, "a number that ends in %s", end);
	else
		fputs("somebody who withholds the number", out);
}

void lately_calls(const struct memory *m, FILE *out, const struct cJSON *calls, time_t now)
{
	int count = 0;
	const struct cJSON *call;
	char when[WHEN_BYTES];

	cJSON_ArrayForEach(call, calls) {
		long seconds = json_whole(call, "seconds", 0, 0, 86400);

		if (count++ == CALLS_SAID)
			break;
		fputs(count == 1 ? "The last calls, the newest first: " : "; ", out);
		say_caller(m, out, call);
		fprintf(out, ", %s", when_of(call, now, when));
		if (seconds)
			fprintf(out, ", with a message of %ld second%s", seconds, seconds == 1 ? "" : "s");
	}
	fputs(count ? "." : "Nobody has called.", out);
}

void lately_last(FILE *out, const struct cJSON *turns, time_t now)
{
	int skip = cJSON_GetArraySize(turns) - TURNS_SAID;
	bool begun = false;
	char when[WHEN_BYTES];
	const struct cJSON *turn;

	cJSON_ArrayForEach(turn, turns) {
		const char *text = json_text(turn, "text"), *who = json_text(turn, "who");
		size_t n = text ? utf8_clip(text, TURN_BYTES) : 0;

		if (skip-- > 0 || !n || !who)
			continue;
		if (!begun)
			fprintf(out, "We last spoke %s.", when_of(turn, now, when));
		begun = true;
		fprintf(out, " %s: %.*s%s", strcmp(who, "assistant") == 0 ? "I said" : "You said", (int)n, text,
			strchr(".!?", text[n - 1]) ? "" : ".");
	}
	if (!begun)
		fputs("I remember no earlier call.", out);
}

struct cJSON *lately_calls_data(const struct memory *m, const struct cJSON *calls)
{
	struct cJSON *callers = cJSON_CreateArray();
	const struct cJSON *call;
	int count = 0;

	cJSON_ArrayForEach(call, calls) {
		const char *name;
		char text[NAME_BYTES + 1];
		int n = name_of(m, call, &name);

		if (count++ == CALLS_SAID)
			break;
		if (n)
			snprintf(text, sizeof text, "%.*s", n, name);
		else
			(void)end_of(json_text(call, "caller"), text);
		if (*text)
			cJSON_AddItemToArray(callers, cJSON_CreateString(text));
	}
	return json_make("count:i callers:j", cJSON_GetArraySize(calls), callers);
}

struct cJSON *lately_last_data(const struct cJSON *turns)
{
	struct cJSON *texts = cJSON_CreateArray();
	int skip = cJSON_GetArraySize(turns) - TURNS_SAID, count = 0;
	const char *at = NULL;
	const struct cJSON *turn;

	cJSON_ArrayForEach(turn, turns) {
		const char *text = json_text(turn, "text");

		char clipped[TURN_BYTES + 1];

		if (skip-- > 0 || !text || !*text)
			continue;
		if (count++ == 0)
			at = json_text(turn, "at");
		snprintf(clipped, sizeof clipped, "%.*s", (int)utf8_clip(text, TURN_BYTES), text);
		cJSON_AddItemToArray(texts, cJSON_CreateString(clipped));
	}
	return json_make("count:i at:s? texts:j", count, at, texts);
}
