#include "templates.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmdline.h"
#include "conf.h"
#include "environment.h"
#include "generation.h"
#include "line.h"
#include "log.h"
#include "pipeline.h"
#include "super.h"
#include "template.h"

#define TEMPLATES_MAX 32
#define FAILURES_MAX 6
#define OWN_WORDS 3

#ifdef __SANITIZE_ADDRESS__
static const bool wanted; /* the sanitizer's books do not survive a raw clone */
#else
static const bool wanted = true;
#endif

struct template
{
	struct template *next;
	struct child child;
	int generation;
	char words[1024], path[PATHS_MAX_BYTES], conf[PATHS_MAX_BYTES];
	struct stat program; /* as it was executed */
	bool dropped;	     /* its record goes when it is gone */
};

static void start(struct child *c)
{
	struct template *t = c->owner;
	const char *words[CHILD_WORDS];
	struct environment environment;
	char buf[sizeof t->words];
	int n = cmdline_split(t->words, buf, sizeof buf, words, CHILD_WORDS - OWN_WORDS - 1);
	const char *own[OWN_WORDS + 1] = { "-c", t->conf, "--template", NULL };
	pid_t pid = -1;

	if (n > 0 && stat(t->path, &t->program) == 0) {
		memcpy(words + n, own, sizeof own);
		environment_lean(&environment);
		pid = child_spawn(c, t->path, words, environment.list, -1, 2, -1);
	}
	if (pid < 0)
		log_warn("cannot start %s: %s", c->name, strerror(errno));
}

/* Frees one that is in the list no more and has no process. */
static void release(struct template *t)
{
	child_close(&t->child);
	free(t);
}

static void forget(struct template *t)
{
	struct template **p = &t->child.super->templates;

	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	release(t);
}

static void drop(struct template *t)
{
	t->dropped = true;
	t->child.ready = false;
	if (t->child.pid > 0)
		child_kill(&t->child);
	else
		forget(t);
}

static void on_exit_of(struct child *c, int code)
{
	struct template *t = c->owner;
	struct super *s = c->super;

	c->ready = false;
	if (t->dropped) {
		forget(t);
		super_step(s);
	} else if (code == 100) { /* it does not know how; where it is needed for a call it says itself what is wrong */
		log_debug("no template program=%s", t->path);
	} else if (!child_again(c, code, FAILURES_MAX)) {
		log_warn("%s will not run, going on without", c->name);
	}
}

/* A fork that came too late for its call. */
static void on_line(struct child *c, const struct cJSON *message, const char *bytes, size_t n, int fd)
{
	(void)message, (void)bytes, (void)n;
	if (fd >= 0)
		close(fd);
	c->ready = true;
}

static struct template *find(struct super *s, int generation, const char *stage)
{
	struct template *t = s->templates;

	while (t && (t->dropped || t->generation != generation || strcmp(t->words, stage) != 0))
		t = t->next;
	return t;
}

/* Whether a stage is a program of our own that knows what a template is; path is where it lies. */
static bool is_ours(const struct super *s, const char *stage, char *name, size_t name_size, char *path, size_t size)
{
	size_t n = strlen(s->bin);

	return cmdline_program(stage, s->bin, name, name_size, path, size) == 0 && strncmp(path, s->bin, n) == 0 &&
	       path[n] == '/' && strcmp(path + n + 1, name) == 0 && strncmp(name, "rd-", 3) == 0;
}

static void add(struct super *s, const char *stage)
{
	struct template *t = calloc(1, sizeof *t);
	char name[sizeof t->child.name - 16];

	if (!t || !is_ours(s, stage, name, sizeof name, t->path, sizeof t->path)) {
		free(t);
		return;
	}
	t->child = (struct child){ .super = s,
				   .line = -1,
				   .owner = t,
				   .quiet = true,
				   .start = start,
				   .on_line = on_line,
				   .on_exit = on_exit_of };
	snprintf(t->child.name, sizeof t->child.name, "%s's template", name);
	snprintf(t->words, sizeof t->words, "%s", stage);
	snprintf(t->conf, sizeof t->conf, "%s", s->generation->path);
	t->generation = s->generation->number;
	t->next = s->templates;
	s->templates = t;
	start(&t->child);
}

static size_t count(const struct super *s)
{
	size_t n = 0;

	for (const struct template *t = s->templates; t; t = t->next)
		n++;
	return n;
}

static void add_pipeline(struct super *s, const char *pipeline)
{
	while (*pipeline) {
		size_t n = cmdline_stage(pipeline);
		char stage[sizeof s->templates->words];

		if (pipeline_words(pipeline, n, stage, sizeof stage) == 0 && !find(s, s->generation->number, stage) &&
		    count(s) < TEMPLATES_MAX)
			add(s, stage);
		pipeline += n + (pipeline[n] == '|');
	}
}

/* Whether callers come to this agent. Who takes over from it, or is switched to, does so seldom: their stages get
 * templates when they are first needed, for each is a MB or so that waits. */
static bool is_called(const struct conf *conf, const char *agent)
{
	const char *caller, *number;

	if (strcmp(conf_text(conf, "general", NULL, "default-agent"), agent) == 0)
		return true;
	for (size_t i = 0; (caller = conf_title(conf, "caller", i)); i++)
		if (strcmp(conf_text(conf, "caller", caller, "agent"), agent) == 0)
			return true;
	for (size_t i = 0; (number = conf_title(conf, "number", i)); i++)
		if (strcmp(conf_text(conf, "number", number, "agent"), agent) == 0)
			return true;
	return false;
}

void templates_refresh(struct super *s)
{
	const struct conf *conf = s->generation->conf;
	const char *agent;

	if (!wanted || s->templates_of == s->generation->number)
		return;
	s->templates_of = s->generation->number;
	templates_end(s);
	for (size_t i = 0; (agent = conf_title(conf, "agent", i)); i++)
		if (is_called(conf, agent))
			add_pipeline(
				s, conf_text(conf, "pipeline", conf_text(conf, "agent", agent, "pipeline"), "stages"));
	log_info("templates are started count=%zu", count(s));
}

static bool same_program(const struct template *t)
{
	struct stat now;

	return stat(t->path, &now) == 0 && now.st_dev == t->program.st_dev && now.st_ino == t->program.st_ino &&
	       now.st_size == t->program.st_size && now.st_mtim.tv_sec == t->program.st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == t->program.st_mtim.tv_nsec;
}

/* One that can be asked; a template whose program is new is made anew. */
static struct template *find_ready(struct super *s, const struct generation *g, const char *stage)
{
	struct template *t = find(s, g->number, stage);

	if (!t && wanted && g == s->generation && count(s) < TEMPLATES_MAX)
		add(s, stage); /* for the next one */
	if (!t || !t->child.ready)
		return NULL;
	if (same_program(t))
		return t;
	log_info("a new %s: its template is made anew", t->path);
	drop(t);
	add(s, stage);
	return NULL;
}

bool templates_ask(struct super *s, struct templates_request *q, const struct generation *g, const char *stage,
		   const char *const *words, const char *const *environment, int in, int out)
{
	struct template *t = find_ready(s, g, stage);
	int pair[2];

	q->template = NULL;
	if (!t || line_pair(pair) < 0)
		return false;
	q->number = template_ask(t->child.line, words, environment, (const int[]){ in, out, 2, pair[1] });
	close(pair[1]);
	if (q->number < 0) {
		log_debug("cannot ask %s: %s", t->child.name, strerror(errno));
		close(pair[0]);
		return false;
	}
	q->template = t;
	q->line = pair[0];
	return true;
}

bool templates_take(struct templates_request *q, struct child *c, uint64_t until_us)
{
	struct template *t = q->template;
	pid_t pid = template_take(t->child.line, q->number, q->line, until_us);

	q->template = NULL;
	if (pid > 0) {
		t->child.ready = true; /* this may have been the late answer that on_line waited for */
		child_adopt(c, pid, q->line);
		return true;
	}
	log_debug("no fork of %s: %s", t->child.name, strerror(errno));
	t->child.ready = errno != ETIME; /* until it answers */
	close(q->line);
	return false;
}

struct child *templates_find_child(struct super *s, pid_t pid)
{
	for (struct template *t = s->templates; t; t = t->next)
		if (t->child.pid == pid)
			return &t->child;
	return NULL;
}

void templates_end(struct super *s)
{
	struct template *next;

	for (struct template *t = s->templates; t; t = next) {
		next = t->next;
		if (!t->dropped)
			drop(t);
	}
}

bool templates_gone(const struct super *s)
{
	return !s->templates;
}

void templates_close(struct super *s)
{
	while (s->templates) {
		struct template *t = s->templates;

		s->templates = t->next;
		release(t);
	}
}
