/* time: what time it is, here or in another city. ringdown-tools(7) */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "json.h"
#include "toolkit.h"
#include "when.h"
#include "zone.h"

static struct cJSON *describe(void)
{
	struct cJSON *place = json_make(
		"type:s maxLength:i description:s", "string", 64,
		"A city or time zone such as Tokyo or America/New_York. Leave it out for the caller's own time.");

	return json_make(
		"name:s description:s parameters:j effect:s timeout_s:i instructions:s", "time",
		"The date, the day of the week and the time, here or in another city.",
		json_make("type:s properties:j additionalProperties:b", "object", json_make("place:j", place), 0),
		"none", 2, "You do not know the time by yourself: ask time whenever date or time matter.");
}

/* "UTC+02:00", from "+0200". */
static void name_offset(const struct tm *t, char *out, size_t size)
{
	char z[8] = "+0000";

	strftime(z, sizeof z, "%z", t);
	snprintf(out, size, "UTC%.3s:%.2s", z, z + 3);
}

static struct cJSON *tell(time_t now, const char *zone)
{
	char date[80], clock[16], iso[32], offset[16];
	struct cJSON *answer;
	struct tm t;

	if (!localtime_r(&now, &t))
		return toolkit_failed("The clock of this machine cannot be read.");
	name_offset(&t, offset, sizeof offset);
	strftime(date, sizeof date, "%A, %e %B %Y", &t);
	strftime(clock, sizeof clock, "%H:%M", &t);
	strftime(iso, sizeof iso, "%Y-%m-%dT%H:%M:%S%z", &t);
	answer = toolkit_ok("It is %s on %s (%s%s%s).", clock, date, zone, *zone ? ", " : "", offset);
	return toolkit_data(answer, json_make("local:s zone:s", iso, *zone ? zone : offset));
}

static struct cJSON *run(const struct cJSON *arguments)
{
	const char *place = json_text(arguments, "place"), *home = getenv("RINGDOWN_TZ");
	char zone[80] = "", words[65];

	if (place && !*place)
		place = NULL;
	if (!place && home && *home)
		place = home;
	if (place && zone_find(place, zone, sizeof zone) < 0) {
		toolkit_line(place, words, sizeof words);
		return toolkit_failed(
			"I know no time zone for %s; name the nearest big city, or a zone like Asia/Tokyo.", words);
	}
	if (when_zone(zone) < 0)
		return toolkit_failed("I cannot tell the time: there is no memory left.");
	return tell(time(NULL), zone);
}

int main(int argc, char **argv)
{
	static const struct toolkit tool = { "time", describe, run };

	return toolkit_main(&tool, argc, argv);
}
