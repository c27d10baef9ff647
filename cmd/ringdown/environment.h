/* The environment of a child: given, not inherited. Everybody gets PATH, LANG, TZ and what the log and the folders
 * need; of the secrets, each only its own. */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include <stddef.h>

struct conf;

#define ENVIRONMENT_ENTRIES 64
#define ENVIRONMENT_BYTES 32768

struct environment {
	const char *list[ENVIRONMENT_ENTRIES + 1]; /* NULL-terminated, as execve wants it */
	size_t count, used;
	char bytes[ENVIRONMENT_BYTES];
};

/* A stage: rd-tools gets the secrets of the agent's tools; carrier stages, codecs, memory and monitor none; any other
 * program may be the brain and gets the agent's key. */
void environment_for_stage(struct environment *e, const struct conf *conf, const char *agent, const char *program);

/* A service: rd-webhook gets the tokens that sign its requests, any other none. */
void environment_for_service(struct environment *e, const struct conf *conf, const char *program);

/* Who gets no secret, and is forked often or lives long: a template. */
void environment_lean(struct environment *e);

void environment_wipe(struct environment *e);

#endif
