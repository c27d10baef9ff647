#include "errand.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "number.h"

#define STILL_US (300 * MS)
#define LATEST_US (15 * SECOND)
#define TRANSFER_S (4L * 3600 + 300) /* Twilio's longest <Dial>, and its ringing */

static const char *const names[ERRAND_VERBS] = { "none", "hangup", "say", "press", "transfer" };

const char *errand_verb_name(enum errand_verb verb)
{
	return names[verb];
}

/* Copies a field whole; false: it is missing, empty or too long. */
static bool take(char *out, size_t size, const struct cJSON *event, const char *key)
{
	const char *text = json_text(event, key);
	size_t n = text ? strlen(text) : 0;

	if (!n || n >= size)
		return false;
	memcpy(out, text, n + 1);
	return true;
}

static const char *read_verb(struct errand *o, const struct cJSON *event, const char *verb)
{
	if (strcmp(verb, "hangup") == 0) {
		(void)take(o->reason, sizeof o->reason, event, "reason");
		if (strcmp(o->reason, "idle") != 0 && strcmp(o->reason, "limit") != 0)
			o->reason[0] = 0;
		o->verb = ERRAND_HANGUP;
	} else if (strcmp(verb, "say") == 0) {
		if (!take(o->text, sizeof o->text, event, "text"))
			return "text of 1 to 4095 bytes expected";
		o->verb = ERRAND_SAY;
	} else if (strcmp(verb, "press") == 0) {
		if (!take(o->digits, sizeof o->digits, event, "digits") ||
		    o->digits[strspn(o->digits, "0123456789*#ABCDwW")])
			return "1 to 32 digits expected: 0-9 * # A-D, w or W for a pause";
		o->verb = ERRAND_PRESS;
	} else if (strcmp(verb, "transfer") == 0) {
		if (!take(o->to, sizeof o->to, event, "to") || !number_is_e164(o->to))
			return "a number such as +15550100000 expected";
		o->comes_back = json_flag(event, "return", false);
		o->verb = ERRAND_TRANSFER;
	} else {
		return "not possible on this line";
	}
	return NULL;
}

const char *errand_read(struct errand *o, const struct cJSON *event, uint64_t now_us)
{
	const char *verb = json_text(event, "verb");

	*o = (struct errand){ .waits_us = now_us };
	if (!take(o->id, sizeof o->id, event, "id"))
		return "an id of 1 to 63 bytes expected";
	return verb ? read_verb(o, event, verb) : "a verb expected";
}

uint64_t errand_due(struct errand *o, enum errand_scene scene, uint64_t now_us)
{
	uint64_t latest_us;

	if (scene == ERRAND_HEARS)
		o->waits_us = now_us;
	latest_us = o->waits_us + LATEST_US;
	if (scene != ERRAND_STILL)
		o->still_us = 0;
	else if (!o->still_us)
		o->still_us = now_us;
	return o->still_us && o->still_us + STILL_US < latest_us ? o->still_us + STILL_US : latest_us;
}

bool errand_disarmed_by_speech(const struct errand *o)
{
	return o->verb == ERRAND_HANGUP || o->verb == ERRAND_PRESS || o->verb == ERRAND_TRANSFER;
}

long errand_away_most_s(enum errand_verb verb)
{
	return verb == ERRAND_TRANSFER ? TRANSFER_S
	       : verb == ERRAND_PRESS  ? (long)sizeof((struct errand *)0)->digits
				       : 0;
}

long errand_away_s(const struct errand *o)
{
	return o->verb == ERRAND_PRESS ? (long)strlen(o->digits) : errand_away_most_s(o->verb);
}

char *errand_file(const struct errand *o, unsigned step)
{
	return json_print(json_make("step:i verb:s to:s? digits:s? text:s? return:j?", (int)step, names[o->verb],
				    *o->to ? o->to : NULL, *o->digits ? o->digits : NULL, *o->text ? o->text : NULL,
				    o->comes_back ? cJSON_CreateTrue() : NULL));
}
