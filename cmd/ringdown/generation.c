#include "generation.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "log.h"
#include "super.h"

/* Removes what a supervisor that was killed left behind; the numbers go on, since folders of its calls name theirs. */
static int sweep(const char *runtime)
{
	DIR *dir = opendir(runtime);
	struct dirent *entry;
	int newest = 0;

	while (dir && (entry = readdir(dir))) {
		int number;
		char rest;

		if (sscanf(entry->d_name, "config.%9d%c", &number, &rest) != 1)
			continue;
		if (number > newest)
			newest = number;
		(void)unlinkat(dirfd(dir), entry->d_name, 0); /* a file that stays is overwritten or harmless */
	}
	if (dir)
		closedir(dir);
	return newest;
}

static int write_copy(const struct generation *g)
{
	char *text = NULL;
	size_t n = 0;
	FILE *memory = open_memstream(&text, &n);
	int ok = -1;

	if (!memory)
		return -1;
	if (conf_print(g->conf, memory) == 0 && fclose(memory) == 0)
		ok = paths_write_atomically(g->path, text, n);
	free(text);
	return ok;
}

int generation_read(struct super *s, char *error, size_t size)
{
	struct generation *g = calloc(1, sizeof *g);
	char file[PATHS_MAX_BYTES];
	int found = paths_configuration(s->config_option, file, sizeof file);

	if (!g || found < 0) {
		snprintf(error, size, "cannot find the configuration: %s", strerror(errno));
		free(g);
		return -1;
	}
	g->conf = conf_open(found ? file : NULL, error, size);
	if (!g->conf || conf_environment(g->conf, error, size) < 0) {
		conf_close(g->conf);
		free(g);
		return -1;
	}
	if (!s->runtime[0] &&
	    (paths_runtime(g->conf, s->runtime, sizeof s->runtime) < 0 || paths_mkdir(s->runtime) < 0)) {
		snprintf(error, size, "cannot use the runtime folder %s: %s", s->runtime, strerror(errno));
		conf_close(g->conf);
		free(g);
		return -1;
	}
	g->number = (s->generation ? s->generation->number : sweep(s->runtime)) + 1;
	if (paths_format(g->path, sizeof g->path, "%s/config.%d", s->runtime, g->number) < 0 || write_copy(g) < 0) {
		snprintf(error, size, "cannot write %s: %s", g->path, strerror(errno));
		conf_close(g->conf);
		free(g);
		return -1;
	}
	g->next = s->generation;
	s->generation = g;
	if (g->next)
		generation_release(s, NULL);
	return 0;
}

struct generation *generation_find(struct super *s, int number)
{
	for (struct generation *g = s->generation; g; g = g->next)
		if (g->number == number)
			return g;
	return s->generation;
}

void generation_use(struct generation *g)
{
	g->users++;
}

static void drop(struct generation *g)
{
	if (unlink(g->path) < 0 && errno != ENOENT)
		log_warn("cannot remove %s: %s", g->path, strerror(errno));
	conf_close(g->conf);
	free(g);
}

void generation_release(struct super *s, struct generation *g)
{
	if (g)
		g->users--;
	for (struct generation **p = &s->generation->next; *p;) {
		struct generation *old = *p;

		if (old->users) {
			p = &old->next;
			continue;
		}
		*p = old->next;
		drop(old);
	}
}

void generation_close_all(struct super *s)
{
	while (s->generation) {
		struct generation *g = s->generation;

		s->generation = g->next;
		drop(g);
	}
}
