#include "generation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "conf.h"
#include "keyless.h"
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

/* The runtime folder, by its first use: made, and ours alone, or a second ringdown would sweep away what the first
 * one's calls live on. The lock goes with the process. */
static int take_folder(struct super *s, const struct conf *conf, char *error, size_t size)
{
	if (paths_runtime(conf, s->runtime, sizeof s->runtime) == 0 && paths_mkdir(s->runtime) == 0)
		s->folder = open(s->runtime, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->folder > 0 && flock(s->folder, LOCK_EX | LOCK_NB) == 0)
		return 0;
	snprintf(error, size, "cannot use the runtime folder %s: %s", s->runtime,
		 s->folder > 0 && errno == EWOULDBLOCK ? "another ringdown does" : strerror(errno));
	return -1;
}

static void drop(struct generation *g)
{
	if (g->path[0] && unlink(g->path) < 0 && errno != ENOENT)
		log_warn("cannot remove %s: %s", g->path, strerror(errno));
	conf_close(g->conf);
	free(g);
}

static int number_next(const struct super *s)
{
	int newest = 0;

	for (const struct generation *g = s->generation; g; g = g->next)
		if (g->number > newest)
			newest = g->number;
	return newest ? newest + 1 : sweep(s->runtime) + 1;
}

static int read_and_write(struct super *s, struct generation *g, char *error, size_t size)
{
	char file[PATHS_MAX_BYTES], why[256];
	int found = paths_configuration(s->config_option, file, sizeof file);

	if (found < 0) {
		snprintf(error, size, "cannot find the configuration: %s", strerror(errno));
		return -1;
	}
	g->conf = conf_open(found ? file : NULL, error, size);
	if (!g->conf || conf_environment(g->conf, error, size) < 0 ||
	    (!s->folder && take_folder(s, g->conf, error, size) < 0))
		return -1;
	if (keyless_default(s, g->conf, why, sizeof why))
		log_info("%s", why);
	g->number = number_next(s);
	if (paths_format(g->path, sizeof g->path, "%s/config.%d", s->runtime, g->number) == 0 && write_copy(g) == 0)
		return 0;
	snprintf(error, size, "cannot write %s: %s", g->path, strerror(errno));
	return -1;
}

int generation_read(struct super *s, char *error, size_t size)
{
	struct generation *g = calloc(1, sizeof *g);

	if (!g) {
		snprintf(error, size, "cannot read the configuration: %s", strerror(errno));
		return -1;
	}
	if (read_and_write(s, g, error, size) < 0) {
		drop(g);
		return -1;
	}
	g->next = s->generation;
	s->generation = g;
	generation_release(s, NULL);
	(void)malloc_trim(0); /* reading takes ten times what is kept */
	return 0;
}

void generation_prove(struct super *s)
{
	struct generation *before = s->proven;

	if (before == s->generation)
		return;
	generation_use(s->generation);
	s->proven = s->generation;
	if (before)
		generation_release(s, before);
}

bool generation_go_back(struct super *s)
{
	struct generation **p = &s->generation;

	if (!s->proven || s->proven == s->generation)
		return false;
	while (*p != s->proven)
		p = &(*p)->next;
	*p = s->proven->next;
	s->proven->next = s->generation;
	s->generation = s->proven;
	generation_release(s, NULL);
	return true;
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
