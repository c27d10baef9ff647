#include "progress.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "json.h"
#include "machine.h"
#include "paths.h"

static const char *const names[] = { "waiting", "greeting", "recording", "parting" };

int progress_write(const char *folder, const struct machine *m)
{
	char path[PATHS_MAX_BYTES], words[16], tone[16], *text;
	int failed = -1;

	if (!folder)
		return 0;
	text = json_print(json_make("phase:s from:s words:s tone:s spoken_ms:i orders:i left:b", names[m->phase],
				    m->from, frame_item_name(m->last_words, words), frame_item_name(m->tone, tone),
				    (int)m->spoken_ms, (int)m->orders, (int)m->left));
	if (text && paths_format(path, sizeof path, "%s/voicemail", folder) == 0)
		failed = paths_write_atomically(path, text, strlen(text));
	free(text);
	return failed;
}

static enum phase phase_of(const char *name)
{
	for (int i = 0; name && i < 4; i++)
		if (strcmp(name, names[i]) == 0)
			return (enum phase)i;
	return PHASE_WAITING;
}

int progress_read(const char *folder, struct machine *m)
{
	char path[PATHS_MAX_BYTES], text[1024];
	ssize_t n = -1;
	struct cJSON *noted;
	const char *from;

	if (folder && paths_format(path, sizeof path, "%s/voicemail", folder) == 0)
		n = paths_read_bounded(path, text, sizeof text);
	noted = n > 0 ? json_parse(text, (size_t)n) : NULL;
	if (!noted)
		return -1;
	m->phase = phase_of(json_text(noted, "phase"));
	from = json_text(noted, "from");
	snprintf(m->from, sizeof m->from, "%s", from ? from : "");
	m->last_words = frame_item_parse(json_text(noted, "words"));
	m->tone = frame_item_parse(json_text(noted, "tone"));
	m->spoken_ms = (unsigned)json_whole(noted, "spoken_ms", 0, 0, 120000);
	m->orders = (unsigned)json_whole(noted, "orders", 0, 0, 100);
	m->left = json_flag(noted, "left", false);
	cJSON_Delete(noted);
	return 0;
}
