/* How stages and services begin alike: options, configuration, and the line to the supervisor. For main's first steps,
 * so here alone lib logs and exits: -h, -V and -t with 0, a mistake with 100, what may work later with 111. */
#ifndef START_H
#define START_H

#include <stddef.h>
#include <sys/types.h>

#include "loop.h"
#include "options.h"

struct cJSON;
struct conf;

struct start_program {
	const char *name, *synopsis, *purpose;
	const struct option_row *kind; /* what all of its kind take, beyond -c -T -t -h -V */
	size_t kind_count;
	const struct option_row *own;
	size_t own_count;
};

void start_options(const struct start_program *p, int argc, char **argv);

/* -c, else where it should be, else all defaults; overridden by the environment. The caller's to conf_close. */
struct conf *start_read(void);
/* Overrides it by the options. *agent: as given, or NULL, which becomes the default agent's name. With -t it prints
 * what is in effect; *check tells. */
void start_configuration(const struct start_program *p, struct conf *conf, const char **agent, bool *check);

/* sandbox.h, for main: where the kernel has no seccomp without that. */
void start_sandbox(unsigned needs);

/* fd 3. {"do":"log"} is obeyed and {"do":"ping"} answered here, anything else goes to on_message: bytes behind the
 * JSON, a descriptor that is now the owner's or -1. on_gone: the supervisor is gone, nobody could end us any more. */
struct start_line {
	struct loop *loop;
	struct watch watch;
	void *ctx;
	void (*on_message)(void *ctx, const struct cJSON *message, const void *bytes, size_t n, int fd);
	void (*on_gone)(void *ctx);
};

/* Watches it if there is one; the process then dies with its supervisor. */
void start_line_open(struct start_line *l, struct loop *loop);
/* 0, or -1 with errno; ENOTCONN: by hand there is none. */
int start_line_send(const struct start_line *l, const char *json, const void *bytes, size_t n, int pass);

#endif
