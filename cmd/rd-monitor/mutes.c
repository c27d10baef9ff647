#include "mutes.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "log.h"
#include "paths.h"
#include "stage.h"

static struct {
	const char *who;
	bool said, on;
} mutes[] = { { .who = "assistant" }, { .who = "caller" } };
#define MUTES (sizeof mutes / sizeof mutes[0])

static bool find_path(const struct stage *s, char path[PATHS_MAX_BYTES])
{
	return s->dir && paths_format(path, PATHS_MAX_BYTES, "%s/mute", s->dir) == 0;
}

static void keep(const struct stage *s)
{
	char path[PATHS_MAX_BYTES], text[64];
	size_t n = 0;

	for (size_t i = 0; i < MUTES; i++)
		if (mutes[i].said)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s %d\n", mutes[i].who, mutes[i].on);
	if (find_path(s, path) && paths_write_atomically(path, text, n) < 0)
		log_warn("cannot write %s: %s", path, strerror(errno));
}

void mutes_find(const struct stage *s)
{
	char path[PATHS_MAX_BYTES], text[64], off[16];

	if (!find_path(s, path) || paths_read_bounded(path, text, sizeof text) < 0)
		return;
	for (size_t i = 0; i < MUTES; i++) {
		snprintf(off, sizeof off, "%s 0\n", mutes[i].who);
		mutes[i].said = strstr(text, mutes[i].who) != NULL;
		mutes[i].on = mutes[i].said && !strstr(text, off);
	}
}

void mutes_set(const struct stage *s, const struct cJSON *event)
{
	const char *who = json_text(event, "who");

	for (size_t i = 0; who && i < MUTES; i++)
		if (strcmp(who, mutes[i].who) == 0) {
			mutes[i].said = true;
			mutes[i].on = json_flag(event, "on", false);
		}
	keep(s);
}

void mutes_say(struct stage *s)
{
	for (size_t i = 0; i < MUTES; i++)
		if (mutes[i].said)
			(void)stage_say(s, EVENT_CALL_MUTE, "who:s on:b", mutes[i].who, (int)mutes[i].on);
}
