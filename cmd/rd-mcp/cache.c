#include "cache.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hash.h"
#include "json.h"

#define FILE_MAX_BYTES ((size_t)8 << 20)

static uint64_t add_words(uint64_t hash, const char *const *words)
{
	for (size_t i = 0; words && words[i]; i++)
		hash = hash_bytes(hash, words[i], strlen(words[i]) + 1);
	return hash;
}

/* Of what decides which tools it lists. */
static void print_terms(const struct server_terms *t, char out[20])
{
	uint64_t hash = hash_bytes(HASH_BEGIN, t->url, strlen(t->url) + 1);

	hash = add_words(add_words(hash, t->command), t->allow_count ? t->allow : NULL);
	snprintf(out, 20, "%016llx", (unsigned long long)hash);
}

void cache_open(struct cache *c, const struct conf *conf)
{
	char folder[PATHS_MAX_BYTES], *text = NULL;
	ssize_t n;

	if (paths_cache(conf, folder, sizeof folder) < 0 ||
	    paths_format(c->path, sizeof c->path, "%s/mcp.json", folder) < 0) {
		c->path[0] = 0;
		return;
	}
	text = malloc(FILE_MAX_BYTES);
	n = text ? paths_read_bounded(c->path, text, FILE_MAX_BYTES) : -1;
	c->read = n > 0 ? json_parse(text, (size_t)n) : NULL;
	free(text);
}

void cache_restore(const struct cache *c, struct server *s)
{
	const struct cJSON *kept = json_object(json_object(c->read, "servers"), s->terms.name), *tool;
	const char *of = json_text(kept, "of"), *era = json_text(kept, "era"), *instructions;
	char terms[20];

	print_terms(&s->terms, terms);
	if (!of || strcmp(of, terms) != 0)
		return;
	if (era)
		s->era = strcmp(era, "modern") == 0 ? ERA_MODERN : ERA_LEGACY;
	s->listed_at = (time_t)json_whole(kept, "at", 0, 0, JSON_WHOLE_MAX);
	instructions = json_text(kept, "instructions");
	s->instructions = instructions ? strdup(instructions) : NULL;
	cJSON_ArrayForEach(tool, json_array(kept, "tools"))
		(void)catalogue_add(&s->tools, tool, false);
}

static struct cJSON *entry_of(const struct server *s)
{
	char terms[20];

	print_terms(&s->terms, terms);
	return json_make("of:s era:s at:n instructions:s? tools:j", terms, s->era == ERA_MODERN ? "modern" : "legacy",
			 (long long)s->listed_at, s->instructions,
			 s->tools.tools ? cJSON_Duplicate(s->tools.tools, true) : cJSON_CreateArray());
}

static char *print_all(const struct server *servers, size_t count)
{
	struct cJSON *all = cJSON_CreateObject();

	for (size_t i = 0; i < count; i++)
		if (servers[i].listed_at)
			cJSON_AddItemToObject(all, servers[i].terms.name, entry_of(&servers[i]));
	return json_print(json_make("servers:j", all));
}

static int write_text(const struct cache *c, const char *text)
{
	char folder[PATHS_MAX_BYTES], *slash;

	if (!c->path[0])
		return errno = ENOENT, -1;
	snprintf(folder, sizeof folder, "%s", c->path);
	slash = strrchr(folder, '/');
	*slash = 0;
	return paths_mkdir(folder) < 0 ? -1 : paths_write_atomically(c->path, text, strlen(text));
}

int cache_save(struct cache *c, const struct server *servers, size_t count)
{
	char *text = print_all(servers, count);
	int failed = text ? write_text(c, text) : -1;

	free(text);
	return failed;
}

pid_t cache_save_beside(struct cache *c, const struct server *servers, size_t count)
{
	char *text = print_all(servers, count);
	pid_t pid = text ? fork() : -1;

	if (pid == 0)
		_exit(write_text(c, text) < 0 ? errno : 0); /* only system calls: others' threads are not there */
	free(text);
	return pid;
}

void cache_close(struct cache *c)
{
	cJSON_Delete(c->read);
	c->read = NULL;
}
