/* Warm templates (template.h): one for each distinct stage in the pipelines of the agents that callers come to, and of
 * any other once it was needed, for the newest configuration. A stage that has none, or whose template is not ready,
 * dead, slow or older than its program, is executed instead: a template makes a call faster and smaller, never
 * possible. Only programs of our own folder know how to be one. */
#ifndef TEMPLATES_H
#define TEMPLATES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct child;
struct generation;
struct super;
struct template;

/* Starts those of the newest configuration and ends the others. Nothing where they are those already. */
void templates_refresh(struct super *s);

struct templates_request {
	struct template *template; /* NULL: none was asked */
	long number;
	int line; /* our end of the fork's fd 3 */
};

/* Asks for a new stage; false: execute it. stage: its words in the pipeline; words and environment: as it would be
 * executed with; in and out: its fd 0 and 1. Every request is to be taken before the loop goes on. */
bool templates_ask(struct super *s, struct templates_request *q, const struct generation *g, const char *stage,
		   const char *const *words, const char *const *environment, int in, int out);
/* The child is the fork from now on; false: execute it. Blocks until then. */
bool templates_take(struct templates_request *q, struct child *c, uint64_t until_us);

struct child *templates_find_child(struct super *s, pid_t pid);
void templates_end(struct super *s);
bool templates_gone(const struct super *s);
void templates_close(struct super *s);

#endif
