#include "folder.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call.h"
#include "clock.h"
#include "generation.h"
#include "json.h"
#include "log.h"

#define FILE_MAX 16384
#define LIVES_OF_A_RING 32
#define RINGS_MAX 7 /* a life is a byte */

/* call.json; NULL with errno. */
static struct cJSON *read_call(const struct call *c)
{
	char path[PATHS_MAX_BYTES + 16], text[FILE_MAX];
	ssize_t n = paths_format(path, sizeof path, "%s/call.json", c->dir) < 0
			    ? -1
			    : paths_read_bounded(path, text, sizeof text);
	struct cJSON *json = n < 0 ? NULL : json_parse(text, (size_t)n);

	if (!json && n >= 0)
		errno = EBADMSG;
	return json;
}

int folder_read(struct call *c)
{
	struct cJSON *json = read_call(c);
	const char *agent = json_text(json, "agent");

	if (!agent || strlen(agent) >= sizeof c->agent) {
		if (json)
			errno = EBADMSG;
		cJSON_Delete(json);
		return -1;
	}
	snprintf(c->agent, sizeof c->agent, "%s", agent);
	snprintf(c->from_tail, sizeof c->from_tail, "%s", log_tail(json_text(json, "from")));
	c->ring.generation = generation_find(c->super, (int)json_whole(json, "config", 0, 0, INT_MAX));
	cJSON_Delete(json);
	return 0;
}

int folder_agent(const struct call *c, const char *agent)
{
	char path[PATHS_MAX_BYTES + 16], *text = NULL;
	struct cJSON *json = read_call(c);
	int ok = -1;

	if (json && cJSON_ReplaceItemInObjectCaseSensitive(json, "agent", cJSON_CreateString(agent)))
		text = cJSON_PrintUnformatted(json);
	if (text && paths_format(path, sizeof path, "%s/call.json", c->dir) == 0)
		ok = paths_write_atomically(path, text, strlen(text));
	free(text);
	cJSON_Delete(json);
	return ok;
}

const char *folder_person(const struct call *c, char *out, size_t size)
{
	struct cJSON *json = read_call(c);
	const char *direction = json_text(json, "direction");
	const char *person = json_text(json, direction && strcmp(direction, "out") == 0 ? "to" : "from");

	snprintf(out, size, "%s", person ? person : "");
	cJSON_Delete(json);
	return out;
}

unsigned folder_next_life(const struct call *c)
{
	char path[PATHS_MAX_BYTES], text[16];
	unsigned rings = 0;
	int n;

	if (paths_format(path, sizeof path, "%s/rings", c->dir) < 0)
		return 0;
	if (paths_read_bounded(path, text, sizeof text) > 0)
		rings = (unsigned)strtoul(text, NULL, 10) % 1000;
	n = snprintf(text, sizeof text, "%u\n", rings + 1);
	if (paths_write_atomically(path, text, (size_t)n) < 0)
		log_warn("cannot write %s: %s", path, strerror(errno));
	return (rings < RINGS_MAX ? rings : RINGS_MAX) * LIVES_OF_A_RING;
}

void folder_end(const struct call *c)
{
	char at[32], path[PATHS_MAX_BYTES + 16];
	char *json =
		json_print(json_make("reason:s at:s", c->reason[0] ? c->reason : "caller", clock_date(at, sizeof at)));

	if (!json || paths_format(path, sizeof path, "%s/ended", c->dir) < 0 ||
	    paths_write_atomically(path, json, strlen(json)) < 0)
		log_warn("cannot write %s/ended: %s", c->dir, strerror(errno));
	free(json);
}

bool folder_ended(const struct call *c)
{
	char path[PATHS_MAX_BYTES + 16];

	return paths_format(path, sizeof path, "%s/ended", c->dir) == 0 && access(path, F_OK) == 0;
}

void folder_remove(const struct call *c)
{
	DIR *dir = opendir(c->dir);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	if (rmdir(c->dir) < 0 && errno != ENOENT)
		log_warn("cannot remove %s: %s", c->dir, strerror(errno));
}
