/* How we are: /healthz, for a monitor (200 as long as calls can be taken, with what is wrong), and /readyz, for a load
 * balancer (200 only while new calls are wanted). What is wrong, the supervisor says. */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdbool.h>

struct cJSON;
struct exchange;

struct health { /* zeroed: nothing is wrong */
	bool draining;
	struct cJSON *faults; /* an array of words, or NULL */
};

/* {"do":"health"} of the supervisor: its faults take the place of those before. */
void health_take(struct health *h, const struct cJSON *message);
void health_close(struct health *h);

void health_serve(struct exchange *x);
void health_serve_ready(struct exchange *x);

#endif
