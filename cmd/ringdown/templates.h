/* Warm templates (template.h): one for each distinct stage of the agents' pipelines, for the newest configuration. A
 * stage that has none, or whose template is not ready, dead, slow or older than its program, is executed instead: a
 * template makes a call faster and smaller, never possible. Only programs of our own folder know how to be one. */
#ifndef TEMPLATES_H
#define TEMPLATES_H

#include <stdbool.h>
#include <sys/types.h>

struct child;
struct generation;
struct super;
struct template;

/* Starts those of the newest configuration and ends the others. Nothing where they are those already. */
void templates_refresh(struct super *s);

/* The pid of a new stage, or -1: execute it. stage: its words in the pipeline; words, environment and fds (0, 1, 3): as
 * it would be executed with. */
pid_t templates_fork(struct super *s, const struct generation *g, const char *stage, const char *const *words,
		     const char *const *environment, const int fds[3]);

struct child *templates_find_child(struct super *s, pid_t pid);
void templates_end(struct super *s);
bool templates_gone(const struct super *s);
void templates_close(struct super *s);

#endif
