/* The events of calls as a person follows them: who speaks and what, tools, interruptions, times. */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct cJSON;

#define WATCH_CALLS 16
#define WATCH_TOOLS 8

struct watch_call {
	char id[40], stream[64];
	bool known;		       /* call.setup was shown */
	uint64_t begun_us, stopped_us; /* the call; the caller's last word */
	struct {
		char id[64];
		uint64_t begun_us;
	} tools[WATCH_TOOLS]; /* that run */
	unsigned next_tool;
};

struct view { /* zeroed but for out is ready */
	FILE *out;
	bool many; /* several calls: each line says which */
	struct watch_call calls[WATCH_CALLS];
	unsigned next_call;
};

/* One line of rd-monitor, {"call","at_us","from","event"}. Events that say nothing to a person print nothing. */
void watch_print(struct view *v, const struct cJSON *line);

#endif
