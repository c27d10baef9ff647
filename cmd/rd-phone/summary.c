#include "summary.h"

#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "clock.h"
#include "json.h"
#include "playout.h"

#define LIST_MAX 4096

/* What is always there, empty or not. */
static const char *const lists[] = { "verbs",	  "said",	"said_ms",	  "clear_ms", "interrupted_at_ms",
				     "answer_ms", "digits",	"dialed",	  "gap_ms",   "warning_texts",
				     "webhooks",  "stream_log", "second_streams", "plays" };

int summary_open(struct summary *s)
{
	*s = (struct summary){ .begun_us = clock_us() };
	s->lists = cJSON_CreateObject();
	for (size_t i = 0; s->lists && i < sizeof lists / sizeof lists[0]; i++)
		if (!cJSON_AddArrayToObject(s->lists, lists[i])) {
			summary_close(s);
			return -1;
		}
	return s->lists ? 0 : -1;
}

void summary_close(struct summary *s)
{
	cJSON_Delete(s->lists);
	s->lists = NULL;
}

static void add(struct summary *s, const char *list, struct cJSON *item)
{
	struct cJSON *array = cJSON_GetObjectItemCaseSensitive(s->lists, list);

	if (!item || cJSON_GetArraySize(array) >= LIST_MAX || !cJSON_AddItemToArray(array, item))
		cJSON_Delete(item);
}

void summary_text(struct summary *s, const char *list, const char *text)
{
	add(s, list, cJSON_CreateString(text));
}

void summary_number(struct summary *s, const char *list, double number)
{
	add(s, list, cJSON_CreateNumber(number));
}

void summary_object(struct summary *s, const char *list, struct cJSON *object)
{
	add(s, list, object);
}

void summary_fact(struct summary *s, const char *name, struct cJSON *object)
{
	if (!cJSON_AddItemToObject(s->lists, name, object))
		cJSON_Delete(object);
}

void summary_end(struct summary *s, const char *end, const char *error)
{
	if (s->end)
		return;
	s->end = end;
	if (error)
		snprintf(s->error, sizeof s->error, "%s", error);
}

double summary_ms(const struct summary *s, uint64_t at_us)
{
	return at_us > s->begun_us ? (double)((at_us - s->begun_us) / MS) : 0;
}

/* What a call that came to nothing means, and where to look. */
static const struct {
	const char *end, *words; /* what ended it, and what its error (or a Reject's reason) says */
	const char *advice;
} advices[] = {
	{ "reject", "busy",
	  "all lines are taken, this caller called too often, or it is being shut down: rd-ctl requests there says "
	  "which; ringdown.conf(5) calls, calls-per-hour" },
	{ "reject", "",
	  "this caller is not let in: rd-ctl requests there says why, ringdown.conf(5) who may call (section caller)" },
	{ "error", "HTTP 403",
	  "the signature was not accepted: the auth token here and there must be the same, and --public-url what "
	  "ringdown's public-url says, with /twiml; rd-ctl requests there says which" },
	{ "error", "HTTP 404", "nothing is answered under this path: ringdown's is /twiml" },
	{ "error", "HTTP 429", "too many requests came from here that were refused: wait a minute" },
	{ "error", "HTTP 5", "the assistant's log says why" },
	{ "error", "SSL",
	  "no TLS with what answers there: ringdown itself speaks http://, https:// is for the proxy in front of it" },
	{ "error", "onnect", /* Couldn't connect (libcurl), Unable to connect (libwebsockets) */
	  "nobody answers there: is ringdown running, and is this its listen address? rd-ctl status" },
	{ "error", "cannot open the stream", "the assistant's log and rd-ctl requests there say why" },
};

/* NULL: nothing to add. */
static const char *advice_for(const struct summary *s)
{
	for (size_t i = 0; s->end && i < sizeof advices / sizeof advices[0]; i++)
		if (strcmp(advices[i].end, s->end) == 0 && strstr(s->error, advices[i].words))
			return advices[i].advice;
	return NULL;
}

static unsigned gaps_kept(const struct playout *p)
{
	return p->gap_count < PLAYOUT_GAPS ? p->gap_count : PLAYOUT_GAPS;
}

char *summary_json(const struct summary *s, const char *call, const struct playout *p, uint64_t now_us)
{
	struct cJSON *all = json_make("call:s answered:b end:s error:s? advice:s?", call, s->answered,
				      s->end ? s->end : "error", s->error[0] ? s->error : NULL, advice_for(s));
	struct cJSON *gaps = cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(s->lists, "gap_ms"), true);

	if (!all || !gaps) {
		cJSON_Delete(all);
		cJSON_Delete(gaps);
		return NULL;
	}
	if (s->first_audio_us)
		cJSON_AddNumberToObject(all, "first_audio_ms", summary_ms(s, s->first_audio_us));
	else
		cJSON_AddNullToObject(all, "first_audio_ms");
	cJSON_AddNumberToObject(all, "duration_ms", summary_ms(s, now_us));
	cJSON_AddNumberToObject(all, "heard_ms", (double)(s->heard_bytes / 8));
	cJSON_AddNumberToObject(all, "streams", s->streams);
	cJSON_AddNumberToObject(all, "clears", s->clears);
	cJSON_AddNumberToObject(all, "marks", s->marks);
	cJSON_AddNumberToObject(all, "gaps", p->gap_count);
	cJSON_AddNumberToObject(all, "warnings", s->warnings);
	for (unsigned i = 0; i < gaps_kept(p); i++)
		cJSON_AddItemToArray(gaps, cJSON_CreateNumber(p->gap_ms[i]));
	for (const struct cJSON *list = s->lists->child; list; list = list->next)
		cJSON_AddItemToObject(all, list->string,
				      strcmp(list->string, "gap_ms") == 0 ? gaps : cJSON_Duplicate(list, true));
	return json_print(all);
}

static void print_list(const struct summary *s, const char *list, const char *label, const char *unit)
{
	const struct cJSON *array = cJSON_GetObjectItemCaseSensitive(s->lists, list);

	if (!cJSON_GetArraySize(array))
		return;
	printf("  %-22s", label);
	for (const struct cJSON *item = array->child; item; item = item->next) {
		if (cJSON_IsString(item))
			printf("%s%s", item->valuestring, item->next ? " " : "");
		else
			printf("%.0f%s", item->valuedouble, item->next ? ", " : "");
	}
	printf("%s\n", unit);
}

/* Only where the line was bad. */
static void print_line(const struct summary *s)
{
	const struct cJSON *line = cJSON_GetObjectItemCaseSensitive(s->lists, "line");
	double sent = json_number(line, "sent", 0), lost = json_number(line, "lost", 0),
	       silent = json_number(line, "silent", 0);

	if (lost > 0 || silent > 0)
		printf("  %-22s%.0f frames sent, %.0f lost, %.0f left out as silence\n", "the caller's voice", sent,
		       lost, silent);
}

void summary_print(const struct summary *s, const struct playout *p, uint64_t now_us)
{
	printf("%s after %.1f s, ended by: %s%s%s\n", s->answered ? "answered, over" : "not answered, over",
	       summary_ms(s, now_us) / 1000, s->end ? s->end : "error", s->error[0] ? ": " : "", s->error);
	if (advice_for(s))
		printf("  %-22s%s\n", "that means", advice_for(s));
	if (s->first_audio_us)
		printf("  %-22s%.0f ms after the webhook\n", "first heard", summary_ms(s, s->first_audio_us));
	printf("  %-22s%.1f s, holes in it: %u\n", "assistant heard", (double)s->heard_bytes / 8000, p->gap_count);
	print_list(s, "answer_ms", "answers began after", " ms");
	print_list(s, "clear_ms", "silent after", " ms of interruption");
	print_list(s, "said", "said by the carrier", "");
	print_list(s, "dialed", "dialled", "");
	print_list(s, "digits", "keys pressed for us", "");
	print_list(s, "verbs", "verbs", "");
	print_list(s, "second_streams", "second stream", " was the answer");
	print_line(s);
	if (s->warnings)
		print_list(s, "warning_texts", "Twilio would complain", "");
}
