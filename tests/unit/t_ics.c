#include "../../cmd/tools/calendar/ics.h"

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "when.h"

#define EVENT(lines) "BEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20260101T000000Z\r\n" lines "END:VEVENT\r\n"
#define CALENDAR(parts) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\n" parts "END:VCALENDAR\r\n"
#define ONE(lines) CALENDAR(EVENT(lines))
#define BERLIN "DTSTART;TZID=Europe/Berlin:20261019T090000\r\nDTEND;TZID=Europe/Berlin:20261019T100000\r\n"

/* A zone that only the text knows: three hours ahead of UTC. */
#define ODD_ZONE                                                                                                       \
	"BEGIN:VTIMEZONE\r\nTZID:Customized\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0300\r\n"    \
	"TZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"

/* What is there from 19 October to 10 November 2026; the clocks go back on the 25th. Berlin's time. */
static const struct {
	const char *name, *text, *expected;
} cases[] = {
	{ "utc", ONE("DTSTART:20261020T070000Z\r\nDTEND:20261020T080000Z\r\nSUMMARY:One\r\n"),
	  "20 09:00-20 10:00 One;" },
	{ "zone", ONE("DTSTART;TZID=America/New_York:20261020T100000\r\nDURATION:PT30M\r\nSUMMARY:Far\r\n"),
	  "20 16:00-20 16:30 Far;" },
	{ "its own zone",
	  CALENDAR(ODD_ZONE EVENT("DTSTART;TZID=Customized:20261020T120000\r\nDURATION:PT1H\r\nSUMMARY:O\r\n")),
	  "20 11:00-20 12:00 O;" },
	{ "floating", ONE("DTSTART:20261020T090000\r\nDURATION:PT1H\r\nSUMMARY:F\r\n"), "20 09:00-20 10:00 F;" },
	{ "no end", ONE("DTSTART:20261020T090000\r\nSUMMARY:Point\r\n"), "20 09:00-20 09:00 Point;" },
	{ "end before begin", ONE("DTSTART:20261020T090000\r\nDTEND:20261020T080000\r\nSUMMARY:x\r\n"),
	  "20 09:00-20 09:00 x;" },
	{ "all day", ONE("DTSTART;VALUE=DATE:20261020\r\nSUMMARY:D\r\n"), "20 00:00-21 00:00 D;" },
	{ "all days over the change", ONE("DTSTART;VALUE=DATE:20261024\r\nDTEND;VALUE=DATE:20261027\r\nSUMMARY:D\r\n"),
	  "24 00:00-27 00:00 D;" },
	{ "weekly at nine in summer and winter", ONE(BERLIN "RRULE:FREQ=WEEKLY\r\nSUMMARY:W\r\n"),
	  "19 09:00-19 10:00 W;26 09:00-26 10:00 W;02 09:00-02 10:00 W;09 09:00-09 10:00 W;" },
	{ "every second week", ONE(BERLIN "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO\r\nSUMMARY:W\r\n"),
	  "19 09:00-19 10:00 W;02 09:00-02 10:00 W;" },
	{ "twice", ONE(BERLIN "RRULE:FREQ=DAILY;COUNT=2\r\nSUMMARY:W\r\n"),
	  "19 09:00-19 10:00 W;20 09:00-20 10:00 W;" },
	{ "until", ONE(BERLIN "RRULE:FREQ=DAILY;UNTIL=20261020T235959Z\r\nSUMMARY:W\r\n"),
	  "19 09:00-19 10:00 W;20 09:00-20 10:00 W;" },
	{ "last friday",
	  ONE("DTSTART:20260130T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=MONTHLY;BYDAY=-1FR\r\nSUMMARY:M\r\n"),
	  "30 09:00-30 10:00 M;" },
	{ "birthday", ONE("DTSTART;VALUE=DATE:19800101\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=3\r\nSUMMARY:B\r\n"),
	  "03 00:00-04 00:00 B;" },
	{ "excepted",
	  ONE(BERLIN "RRULE:FREQ=WEEKLY\r\nEXDATE;TZID=Europe/Berlin:20261026T090000,20261102T090000\r\nSUMMARY:W\r\n"),
	  "19 09:00-19 10:00 W;09 09:00-09 10:00 W;" },
	{ "also then", ONE(BERLIN "RDATE;TZID=Europe/Berlin:20261022T090000\r\nSUMMARY:W\r\n"),
	  "19 09:00-19 10:00 W;22 09:00-22 10:00 W;" },
	{ "one moved",
	  CALENDAR(EVENT(BERLIN "RRULE:FREQ=WEEKLY;COUNT=2\r\nSUMMARY:W\r\n") EVENT(
		  "RECURRENCE-ID;TZID=Europe/Berlin:20261026T090000\r\nDTSTART;TZID=Europe/Berlin:20261027T110000\r\n"
		  "DURATION:PT1H\r\nSUMMARY:Moved\r\n")),
	  "19 09:00-19 10:00 W;27 11:00-27 12:00 Moved;" },
	{ "one cancelled",
	  CALENDAR(EVENT(BERLIN "RRULE:FREQ=WEEKLY;COUNT=2\r\nSUMMARY:W\r\n") EVENT(
		  "RECURRENCE-ID;TZID=Europe/Berlin:20261026T090000\r\nDTSTART;TZID=Europe/Berlin:20261026T090000\r\n"
		  "STATUS:CANCELLED\r\nSUMMARY:W\r\n")),
	  "19 09:00-19 10:00 W;" },
	{ "cancelled", ONE(BERLIN "STATUS:CANCELLED\r\n"), "" },
	{ "long over", ONE("DTSTART:20250101T090000Z\r\nDTEND:20250101T100000Z\r\n"), "" },
	{ "folded and escaped", ONE("DTSTART:20261020T070000Z\r\nSUMMARY:Eggs\\, but\r\nter\\nand\r\n  milk\r\n"),
	  "20 09:00-20 09:00 Eggs, but;" },
	{ "two calendars",
	  ONE("DTSTART:20261020T070000Z\r\nSUMMARY:A\r\n") ONE("DTSTART:20261021T070000Z\r\nSUMMARY:B\r\n"),
	  "20 09:00-20 09:00 A;21 09:00-21 09:00 B;" },
	/* hostile, or broken */
	{ "every second for ever", ONE("DTSTART:19700101T000000Z\r\nRRULE:FREQ=SECONDLY\r\nSUMMARY:S\r\n"), "" },
	{ "a day that never comes",
	  ONE("DTSTART:20261020T070000Z\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\nSUMMARY:N\r\n"),
	  "20 09:00-20 09:00 N;" },
	{ "a month's day that never comes",
	  ONE("DTSTART:20261020T070000Z\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31\r\nSUMMARY:N\r\n"),
	  "20 09:00-20 09:00 N;" },
	{ "a rule that is none", ONE("DTSTART:20261020T070000Z\r\nRRULE:FREQ=SOMETIMES\r\nSUMMARY:R\r\n"),
	  "20 09:00-20 09:00 R;" },
	{ "no such date", ONE("DTSTART:20261301T070000Z\r\nSUMMARY:R\r\n"), "" },
	{ "no begin", ONE("SUMMARY:R\r\n"), "" },
	{ "no such zone", ONE("DTSTART;TZID=Nowhere/Land:20261020T090000\r\nSUMMARY:Z\r\n"), "20 09:00-20 09:00 Z;" },
	{ "no end of it", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261020T090000\r\n", NULL },
	{ "no calendar", "<html>", NULL },
	{ "nothing", "", NULL },
	{ "a part alone", EVENT("DTSTART:20261020T090000\r\n"), NULL },
};

static time_t at(const char *text)
{
	time_t t;

	assert_int_equal(when_read(text, &t), 0);
	return t;
}

static void print(const struct agenda *g, char *out, size_t size)
{
	size_t used = 0;

	*out = 0;
	for (size_t i = 0; i < g->count && used < size; i++) {
		char from[20], to[20];
		struct tm t;

		strftime(from, sizeof from, "%d %H:%M", localtime_r(&g->all[i].from, &t));
		strftime(to, sizeof to, "%d %H:%M", localtime_r(&g->all[i].to, &t));
		used += (size_t)snprintf(out + used, size - used, "%s-%s %s;", from, to, g->all[i].title);
	}
}

static int read(const char *text, struct agenda *g)
{
	int failed = ics_read(text, "h", "e", at("2026-10-19T00:00"), at("2026-11-10T00:00"), g);

	agenda_sort(g);
	return failed;
}

static void texts_are_read(void **state)
{
	char said[2000];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct agenda g = { 0 };
		int failed = read(cases[i].text, &g);

		print(&g, said, sizeof said);
		if (failed != (cases[i].expected ? 0 : -1) ||
		    (cases[i].expected && strcmp(said, cases[i].expected) != 0))
			fail_msg("%s: %d %s", cases[i].name, failed, said);
		agenda_close(&g);
	}
}

/* Deep, broad or long ones end soon; what is too much is refused whole. */
static void monsters_are_refused(void **state)
{
	static const struct {
		const char *piece;
		int times;
		int answer;
	} monsters[] = { { "BEGIN:VEVENT\r\n", 20000, -1 },
			 { "BEGIN:VEVENT\r\nEND:VEVENT\r\n", 5000, -1 },
			 { "SUMMARY:x\r\n ", 90000, -1 },
			 { "X", 900000, 0 },
			 { "RRULE:FREQ=DAILY\r\n", 20000, 0 },
			 { "RRULE:FREQ=WEEKLY;BYDAY=MO,TU;BYSECOND=0,1,2,3\r\n", 10000, 0 },
			 { "EXDATE:20261020T090000Z\r\n", 20000, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof monsters / sizeof monsters[0]; i++) {
		size_t n = strlen(monsters[i].piece), used;
		char *text = malloc(n * (size_t)monsters[i].times + 300);
		struct agenda g = { 0 };

		assert_non_null(text);
		used = (size_t)sprintf(text,
				       "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:m\r\nDTSTART:19261020T090000Z\r\n");
		for (int k = 0; k < monsters[i].times; k++, used += n)
			memcpy(text + used, monsters[i].piece, n);
		strcpy(text + used, "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
		assert_int_equal(read(text, &g), monsters[i].answer);
		agenda_close(&g);
		free(text);
	}
}

/* Every day for twenty years, in many calendars: no more than AGENDA_MAX, and it says that there was more. */
static void an_agenda_is_bounded(void **state)
{
	const char *text = ONE("DTSTART:20060101T090000Z\r\nRRULE:FREQ=DAILY\r\n");
	struct agenda g = { 0 };

	(void)state;
	for (int i = 0; i < 30; i++)
		assert_int_equal(read(text, &g), 0);
	assert_int_equal(g.count, AGENDA_MAX);
	assert_true(g.cut);
	agenda_close(&g);
}

static void made_texts_read_back(void **state)
{
	struct appointment a = { .from = at("2026-10-26T09:00"),
				 .to = at("2026-10-26T09:30"),
				 .title = "Dentist, floor 2; \"Dr \\ Märtens\"",
				 .place = "Storgatan 1",
				 .uid = (char *)"key@ringdown" };
	struct agenda g = { 0 };
	char *text = ics_make(&a, at("2026-10-20T00:00"));

	(void)state;
	assert_non_null(strstr(text, "DTSTART:20261026T080000Z\r\n"));
	assert_non_null(strstr(text, "SUMMARY:Dentist\\, floor 2\\;"));
	assert_int_equal(read(text, &g), 0);
	assert_int_equal(g.count, 1);
	assert_string_equal(g.all[0].title, a.title);
	assert_string_equal(g.all[0].place, a.place);
	assert_int_equal(g.all[0].from, a.from);
	agenda_close(&g);
	free(text);
	a.all_day = true;
	a.from = at("2026-10-26T00:00");
	a.to = at("2026-10-28T00:00");
	text = ics_make(&a, at("2026-10-20T00:00"));
	assert_non_null(strstr(text, "DTSTART;VALUE=DATE:20261026\r\n"));
	assert_non_null(strstr(text, "DTEND;VALUE=DATE:20261028\r\n"));
	free(text);
}

/* One of a series moves, and then is taken out; the others stay. */
static void series_are_changed(void **state)
{
	const char *series = ONE(BERLIN "RRULE:FREQ=WEEKLY;COUNT=3\r\nSUMMARY:W\r\n");
	struct agenda g = { 0 };
	struct appointment to = { 0 };
	char *moved, *again, *rest, said[500];

	(void)state;
	assert_int_equal(read(series, &g), 0);
	assert_true(g.count == 3 && g.all[1].repeats);
	to.from = at("2026-10-27T15:00");
	to.to = at("2026-10-27T16:00");
	moved = ics_move(series, &g.all[1], &to, at("2026-10-20T00:00"));
	assert_non_null(strstr(moved, "RECURRENCE-ID;TZID=Europe/Berlin:20261026T090000\r\n"));
	agenda_close(&g);
	assert_int_equal(read(moved, &g), 0);
	print(&g, said, sizeof said);
	assert_string_equal(said, "19 09:00-19 10:00 W;27 15:00-27 16:00 W;02 09:00-02 10:00 W;");
	to.from += 3600;
	to.to += 3600;
	again = ics_move(moved, &g.all[1], &to, at("2026-10-20T00:00"));
	agenda_close(&g);
	assert_int_equal(read(again, &g), 0);
	print(&g, said, sizeof said);
	assert_string_equal(said, "19 09:00-19 10:00 W;27 16:00-27 17:00 W;02 09:00-02 10:00 W;");
	rest = ics_except(again, &g.all[1], at("2026-10-20T00:00"));
	agenda_close(&g);
	assert_int_equal(read(rest, &g), 0);
	print(&g, said, sizeof said);
	assert_string_equal(said, "19 09:00-19 10:00 W;02 09:00-02 10:00 W;");
	agenda_close(&g);
	free(moved);
	free(again);
	free(rest);
}

static void gaps_are_found(void **state)
{
	const char *text = CALENDAR(
		EVENT("DTSTART:20261020T093000\r\nDTEND:20261020T100000\r\n")
			EVENT("DTSTART:20261020T094500\r\nDTEND:20261020T110000\r\n")
				EVENT("DTSTART:20261020T120000\r\nDTEND:20261020T130000\r\nTRANSP:TRANSPARENT\r\n")
					EVENT("DTSTART:20261020T170000\r\nDTEND:20261020T190000\r\n"));
	struct agenda g = { 0 };
	struct gap gaps[4];

	(void)state;
	assert_int_equal(read(text, &g), 0);
	assert_int_equal(agenda_gaps(&g, at("2026-10-20T09:00"), at("2026-10-20T18:00"), 1800, gaps, 4), 2);
	assert_int_equal(gaps[0].to, at("2026-10-20T09:30"));
	assert_int_equal(gaps[1].from, at("2026-10-20T11:00"));
	assert_int_equal(gaps[1].to, at("2026-10-20T17:00"));
	assert_int_equal(agenda_gaps(&g, at("2026-10-20T09:00"), at("2026-10-20T18:00"), 3600, gaps, 4), 1);
	assert_int_equal(agenda_gaps(&g, at("2026-10-20T17:30"), at("2026-10-20T18:00"), 60, gaps, 4), 0);
	assert_null(agenda_clash(&g, at("2026-10-20T11:00"), at("2026-10-20T13:00")));
	assert_non_null(agenda_clash(&g, at("2026-10-20T10:59"), at("2026-10-20T13:00")));
	agenda_close(&g);
}

static void ids_are_read(void **state)
{
	struct appointment a = { .from = at("2026-10-20T09:00"), .uid = (char *)"u" };
	char id[AGENDA_ID_BYTES];
	time_t t;

	(void)state;
	assert_int_equal(agenda_id_time(agenda_id(&a, id), &t), 0);
	assert_int_equal(t, a.from);
	assert_int_equal(agenda_id_time("20261399T9999-ffffff", &t), -1);
	assert_int_equal(agenda_id_time("Dentist", &t), -1);
	assert_int_equal(agenda_id_time("", &t), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_read),	cmocka_unit_test(monsters_are_refused),
		cmocka_unit_test(an_agenda_is_bounded), cmocka_unit_test(made_texts_read_back),
		cmocka_unit_test(series_are_changed),	cmocka_unit_test(gaps_are_found),
		cmocka_unit_test(ids_are_read),
	};

	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
