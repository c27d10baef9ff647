#include "report.h"

#include <cjson/cJSON.h>
#include <stddef.h>
#include <string.h>

#include "json.h"
#include "table.h"

/* A field as a cell: text, a number, or "-". Borrowed until the eighth call from now. */
static const char *cell(const struct cJSON *object, const char *key)
{
	static char numbers[8][24];
	static unsigned next;
	const struct cJSON *field = cJSON_GetObjectItemCaseSensitive(object, key);

	if (cJSON_IsString(field))
		return *field->valuestring ? field->valuestring : "-";
	if (!cJSON_IsNumber(field))
		return "-";
	next = (next + 1) % 8;
	snprintf(numbers[next], sizeof numbers[next], "%.15g", field->valuedouble);
	return numbers[next];
}

/* "2026-11-21T04:47:00.123Z" as how long ago that was. */
static const char *ago(const struct cJSON *object, const char *key, time_t now, char out[48])
{
	const char *date = json_text(object, key);
	struct tm tm = { 0 };
	long s;

	if (!date || !strptime(date, "%Y-%m-%dT%H:%M:%S", &tm))
		return "-";
	s = (long)(now - timegm(&tm));
	s = s < 0 ? 0 : s;
	if (s < 60)
		snprintf(out, 48, "%ld s", s);
	else if (s < 3600)
		snprintf(out, 48, "%ld min %ld s", s / 60, s % 60);
	else
		snprintf(out, 48, "%ld h %ld min", s / 3600, s / 60 % 60);
	return out;
}

static void add_call(struct table *t, const struct cJSON *call, time_t now)
{
	const char *tail = json_text(call, "from_tail");
	char since[48], from[32];

	snprintf(from, sizeof from, "%s%.16s", tail && strcmp(tail, "none") != 0 ? "…" : "", tail ? tail : "-");
	table_add(t, cell(call, "call"), cell(call, "agent"), from, ago(call, "since", now, since), cell(call, "state"),
		  NULL);
}

static void print_stages(const struct cJSON *call, FILE *out)
{
	const struct cJSON *stage;
	struct table t = { 0 };

	table_add(&t, "", "STAGE", "PID", "LIFE", "STATE", "QUEUE", "HIGH", "SHED", NULL);
	cJSON_ArrayForEach(stage, json_array(call, "stages"))
		table_add(&t, cell(stage, "place"), cell(stage, "program"), cell(stage, "pid"), cell(stage, "life"),
			  cell(stage, "state"), cell(stage, "queue"), cell(stage, "high"), cell(stage, "shed"), NULL);
	table_print(&t, 4, out);
}

void report_calls(const struct cJSON *answer, time_t now, FILE *out)
{
	const struct cJSON *call, *calls = json_array(answer, "calls");
	struct table t = { 0 };

	if (cJSON_GetArraySize(calls) == 0) {
		fprintf(out, "no calls\n");
		return;
	}
	table_add(&t, "CALL", "AGENT", "FROM", "SINCE", "STATE", NULL);
	cJSON_ArrayForEach(call, calls)
		add_call(&t, call, now);
	table_print(&t, 0, out);
}

void report_status(const struct cJSON *answer, time_t now, FILE *out)
{
	const struct cJSON *item, *calls = json_array(answer, "calls");
	struct table t = { 0 };

	fprintf(out, "ringdown %s, %s, configuration %s\n\n", cell(answer, "version"), cell(answer, "state"),
		cell(answer, "config"));
	table_add(&t, "SERVICE", "PID", "LIFE", "STATE", NULL);
	cJSON_ArrayForEach(item, json_array(answer, "services"))
		table_add(&t, cell(item, "program"), cell(item, "pid"), cell(item, "life"), cell(item, "state"), NULL);
	table_print(&t, 0, out);
	fputc('\n', out);
	if (cJSON_GetArraySize(calls) == 0)
		fprintf(out, "no calls\n");
	cJSON_ArrayForEach(item, calls) {
		add_call(&t, item, now);
		table_print(&t, 0, out);
		print_stages(item, out);
	}
}

void report_show(const struct cJSON *answer, FILE *out)
{
	const struct cJSON *stage;

	fprintf(out, "%s, agent %s, folder %s\n\n", cell(answer, "call"), cell(answer, "agent"), cell(answer, "dir"));
	cJSON_ArrayForEach(stage, json_array(answer, "stages"))
		fprintf(out, "%s\n", cell(stage, "command"));
}

void report_requests(const struct cJSON *answer, FILE *out)
{
	const struct cJSON *request, *requests = json_array(answer, "requests");
	struct table t = { 0 };

	if (cJSON_GetArraySize(requests) == 0) {
		fprintf(out, "no requests yet\n");
		return;
	}
	table_add(&t, "AT", "METHOD", "PATH", "VERDICT", "DETAIL", NULL);
	cJSON_ArrayForEach(request, requests)
		table_add(&t, cell(request, "at"), cell(request, "method"), cell(request, "path"),
			  cell(request, "verdict"), cell(request, "detail"), NULL);
	table_print(&t, 0, out);
}

/* Whose it is: the name, and how the number ends. */
static void name_caller(const struct cJSON *message, char *out, size_t size)
{
	const char *number = json_text(message, "caller"), *name = json_text(message, "name");
	size_t n = number ? strlen(number) : 0;

	snprintf(out, size, "%s%s%s%s", name ? name : "", name && n ? " " : "",
		 n >= 4 ? "…"
		 : n	? ""
		 : name ? ""
			: "none",
		 n >= 4 ? number + n - 4 : "");
}

void report_messages(const struct cJSON *answer, FILE *out)
{
	const struct cJSON *message;
	struct table t = { 0 };
	char from[128];

	if (!json_array(answer, "messages") || !json_array(answer, "messages")->child) {
		fputs("no messages\n", out);
		return;
	}
	table_add(&t, "AT", "FROM", "SECONDS", "FILE", NULL);
	cJSON_ArrayForEach(message, json_array(answer, "messages")) {
		name_caller(message, from, sizeof from);
		table_add(&t, cell(message, "at"), from, cell(message, "seconds"), cell(message, "file"), NULL);
	}
	table_print(&t, 0, out);
}
