#include "setup.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "event.h"
#include "json.h"
#include "paths.h"

#define FILE_BYTES 16384

/* The event with all that the file has, but what is the supervisor's. NULL without memory. */
static struct cJSON *make_event(struct cJSON *file)
{
	struct cJSON *event = json_make("type:s", "call.setup");

	cJSON_DeleteItemFromObjectCaseSensitive(file, "type");
	cJSON_DeleteItemFromObjectCaseSensitive(file, "config");
	cJSON_DeleteItemFromObjectCaseSensitive(file, "at");
	while (event && file->child) {
		struct cJSON *field = cJSON_DetachItemViaPointer(file, file->child);

		if (cJSON_AddItemToObject(event, field->string, field))
			continue;
		cJSON_Delete(field);
		cJSON_Delete(event);
		event = NULL;
	}
	return event;
}

struct cJSON *setup_read(const char *dir, char *error, size_t size)
{
	char path[PATHS_MAX_BYTES], text[FILE_BYTES], why[256] = "a JSON object expected";
	struct cJSON *file, *setup;
	ssize_t n;

	if (paths_format(path, sizeof path, "%s/call.json", dir) < 0 ||
	    (n = paths_read_bounded(path, text, sizeof text)) < 0) {
		snprintf(error, size, "cannot read %s/call.json: %s", dir, strerror(errno));
		return NULL;
	}
	file = json_parse(text, (size_t)n);
	setup = file ? make_event(file) : NULL;
	cJSON_Delete(file);
	if (setup && event_check(setup, why, sizeof why) == 0)
		return setup;
	cJSON_Delete(setup);
	snprintf(error, size, "cannot read %s: %s", path, why);
	return NULL;
}

struct cJSON *setup_make(const char *call, const char *from, const char *to, const char *agent)
{
	return json_make("type:s call:s carrier:s direction:s from:s to:s attestation:s agent:s", "call.setup", call,
			 "twilio", "in", from, to, "none", agent);
}
