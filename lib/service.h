/* The skeleton of a long-lived service: options, configuration, loop, SIGTERM, and the line to the supervisor on fd 3,
 * on which it says ready with one newline. By hand there is no fd 3 and nothing is said. */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>

#include "loop.h"
#include "options.h"
#include "start.h"

struct cJSON;
struct conf;
struct service;

struct service_program {
	const char *name, *synopsis, *purpose;
	const struct option_row *options;
	size_t option_count;
	/* A message on the line: as in stage.h. */
	void (*on_line)(struct service *s, const struct cJSON *message, const void *bytes, size_t n, int fd);
	void (*on_end)(struct service *s); /* SIGTERM, or the supervisor is gone. NULL: service_end(s, 0) */
	void (*on_check)(struct service *s);
};

struct service {
	const struct service_program *program;
	void *self;
	struct loop loop;
	struct conf *conf;
	int status;
	struct start_line line;
};

/* Never returns on -h, -V, -t or a mistake (exit 0 or 100). */
void service_open(struct service *s, const struct service_program *program, void *self, int argc, char **argv);
int service_ready(struct service *s); /* says so on fd 3; by hand nobody wants to know */
int service_run(struct service *s);   /* the exit status */
void service_end(struct service *s, int status);
void service_close(struct service *s);
/* 0, or -1 with errno; ENOTCONN: by hand there is no line. */
int service_line_send(struct service *s, const char *json, const void *bytes, size_t n, int pass);

#endif
