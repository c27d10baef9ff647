/* calendar: looks into the owner's calendar, on a CalDAV server or at Google, finds free time, enters, moves and
 * deletes appointments. ringdown-calendar(1), ringdown-tools(7) */
#include <cjson/cJSON.h>

#include "calendar.h"
#include "json.h"
#include "source.h"
#include "toolkit.h"

static struct cJSON *text(int max, const char *description)
{
	return json_make("type:s maxLength:i description:s", "string", max, description);
}

static struct cJSON *properties(void)
{
	static const char *const deeds[] = { "list", "free", "create", "move", "delete" };
	struct cJSON *deed = json_make("type:s enum:j description:s", "string", cJSON_CreateStringArray(deeds, 5),
				       "list the appointments of when; free: find free time in when; create one "
				       "(title, when); move one (id, or "
				       "title and when) to another time (to); delete one (id, or title and when).");
	struct cJSON *when =
		text(CALENDAR_WHEN_MAX_BYTES,
		     "A day, days or a time, in English words or as 2026-11-24 or 2026-11-24T09:00: tomorrow, "
		     "next week, Friday from 9 to 11, 24 November at 14:00.");
	struct cJSON *minutes = json_make("type:s minimum:i maximum:i description:s", "integer", 1,
					  CALENDAR_MINUTES_MAX, "How long: 30 if not said.");
	struct cJSON *series =
		json_make("type:s description:s", "boolean", "To delete: all of a series, not only this one.");

	return json_make("do:j when:j title:j place:j minutes:j to:j from:j until:j id:j series:j", deed, when,
			 text(CALENDAR_TITLE_MAX_BYTES, "What it is called; to move or delete: some of its words."),
			 text(CALENDAR_TITLE_MAX_BYTES, "Where it is."), minutes,
			 text(CALENDAR_WHEN_MAX_BYTES, "To move: the new time, as when; a day alone keeps the hour."),
			 text(5, "With free: not before this hour of a day, 09:00 if not said."),
			 text(5, "With free: not after this hour of a day, 18:00 if not said."),
			 text(32, "Which appointment, from list."), series);
}

static struct cJSON *describe(void)
{
	const char *missing = source_missing();

	if (missing)
		return json_make("name:s unavailable:s", "calendar", missing);
	return json_make(
		"name:s description:s parameters:j effect:s effects:j timeout_s:i network:b secrets:j instructions:s",
		"calendar",
		"The owner's calendar: tells the appointments of a day or of some days, finds free time, enters a new "
		"appointment, moves or deletes one.",
		json_make("type:s properties:j required:j additionalProperties:b", "object", properties(),
			  toolkit_list("do"), 0),
		"outside", json_make("list:s free:s", "none", "none"), 25, 1,
		source_is_google()  ? toolkit_list("GOOGLE_KEY")
		: source_has_user() ? toolkit_list("CALENDAR_PASSWORD")
				    : cJSON_CreateArray(),
		"Appointments are in the tool calendar. Pass days and times on as the caller says them, in English. "
		"Before "
		"you create, move or delete, say the day and hour back and wait for a yes; afterwards say what the "
		"tool "
		"answered.");
}

int main(int argc, char **argv)
{
	static const struct toolkit tool = { "calendar", describe, calendar_run };

	return toolkit_main(&tool, argc, argv);
}
