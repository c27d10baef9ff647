#include "call.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

static const char dots[] = "…";

static bool begins(const char *id, const char *name, size_t n)
{
	return strncmp(id, name, n) == 0;
}

static bool ends(const char *id, const char *name)
{
	size_t n = strlen(id), k = strlen(name);

	return k <= n && strcmp(id + n - k, name) == 0;
}

bool call_matches(const char *id, const char *name)
{
	const char *gap = strstr(name, dots);

	if (!*name)
		return false;
	if (gap)
		return begins(id, name, (size_t)(gap - name)) && ends(id, gap + strlen(dots));
	return begins(id, name, strlen(name)) || ends(id, name);
}

const char *call_choose(const struct cJSON *status, const char *name, char *error, size_t size)
{
	const struct cJSON *call;
	const char *found = NULL;
	int n = 0;

	cJSON_ArrayForEach(call, json_array(status, "calls")) {
		const char *id = json_text(call, "call");

		if (!id || (name && !call_matches(id, name)))
			continue;
		found = id;
		n++;
	}
	if (n == 1)
		return found;
	if (n > 1)
		snprintf(error, size, "%s%s%d calls, name one (rd-ctl calls)", name ? name : "",
			 name ? " means " : "there are ", n);
	else
		snprintf(error, size, "%s%s", name ? "no call " : "there is no call", name ? name : "");
	return NULL;
}
