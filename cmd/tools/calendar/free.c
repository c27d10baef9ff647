#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "moment.h"
#include "request.h"
#include "telling.h"
#include "toolkit.h"

#define TEXT_BYTES 2000
#define DAYS_MAX 7
#define GAPS_MAX 6
#define LENGTH_MIN 30 /* of a gap, where nobody says it */

/* "9", "09:00", "17:30": minutes of the day; -1: none. */
static long read_hour(const char *text)
{
	int hour, minute = 0, used = 0;

	if (sscanf(text, "%2d%n", &hour, &used) != 1 ||
	    (text[used] == ':' && sscanf(text + used, ":%2d%n", &minute, &used) != 1) || hour < 0 || hour > 24 ||
	    minute < 0 || minute > 59)
		return -1;
	return hour * 60 + minute > 24 * 60 ? -1 : hour * 60L + minute;
}

static time_t next_quarter(time_t at)
{
	return (at + 899) / 900 * 900;
}

struct hours {
	long from, until; /* minutes of the day */
	time_t begin;	  /* not before this */
	time_t end;
};

/* The sentence about a day, and its gaps into the list. */
static void add_day(struct request *r, const struct hours *h, time_t day, struct cJSON *list, char *out, size_t size)
{
	time_t from = request_minute(day, h->from), to = request_minute(day, h->until);
	char begins[MOMENT_TEXT_BYTES], ends[MOMENT_TEXT_BYTES];
	struct gap gaps[GAPS_MAX];
	size_t n;

	from = from < h->begin ? h->begin : from;
	to = to > h->end ? h->end : to;
	n = agenda_gaps(&r->agenda, from, to, r->minutes * 60, gaps, GAPS_MAX);
	telling_gaps(gaps, n, day, r->now, out, size);
	for (size_t i = 0; i < n; i++)
		cJSON_AddItemToArray(list, json_make("from:s to:s", moment_print(gaps[i].from, begins),
						     moment_print(gaps[i].to, ends)));
}

static struct cJSON *say_free(struct request *r, const struct hours *h)
{
	struct cJSON *list = cJSON_CreateArray();
	char text[TEXT_BYTES] = "";
	size_t used = 0;
	int days = 0;

	for (time_t day = dates_midnight(h->begin, 0); day < h->end && days < DAYS_MAX;
	     day = dates_midnight(day + 43200, 1)) {
		if (request_minute(day, h->until) <= h->begin)
			continue; /* today's hours are over */
		if (used)
			text[used++] = ' ';
		add_day(r, h, day, list, text + used, sizeof text - used);
		used += strlen(text + used);
		days++;
	}
	if (!days)
		snprintf(text, sizeof text, "Those hours are over.");
	return toolkit_data(toolkit_ok("%s", text), json_make("free:j", list));
}

/* "this week", "tomorrow from 9 to 11": the hours that are said with the day go before from and until. */
struct cJSON *request_free(struct request *r)
{
	const char *from = request_said(r->arguments, "from"), *until = request_said(r->arguments, "until");
	struct hours h = { .from = from ? read_hour(from) : 9 * 60, .until = until ? read_hour(until) : 18 * 60 };
	struct dates d;
	struct cJSON *wrong = request_dates(r, "when", r->when ? r->when : "next 3 days", &d);

	if (wrong)
		return wrong;
	if (h.from < 0 || h.until < 0 || h.from >= h.until)
		return toolkit_failed("from and until: hours of a day such as 09:00 and 17:30 expected.");
	if (d.kind == DATES_PART) {
		h.from = 0;
		h.until = 24 * 60;
	}
	h.begin = d.from > r->now ? d.from : next_quarter(r->now);
	h.end = d.to;
	if (h.end <= h.begin)
		return toolkit_failed("That time is over.");
	r->minutes = r->minutes ? r->minutes : LENGTH_MIN;
	if (r->source.kind->read(&r->source, h.begin, h.end, &r->agenda) < 0)
		return trouble_answer(&r->source.trouble);
	return say_free(r, &h);
}
