/* Reminders are spoken when their time has come: at the beginning of a call, and in it. The tool remind keeps them; it
 * is told when one was heard. */
#ifndef REMINDERS_H
#define REMINDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "loop.h"

struct cJSON;
struct intent;

#define REMINDERS_SAID 16

struct reminders {
	struct timer timer;
	char said[REMINDERS_SAID][24]; /* ids of this call: not said again while the tool has not been told */
	size_t said_next;
	bool again; /* something has changed while the tool was asked */
};

void reminders_open(struct intent *i);
void reminders_ask(struct intent *i); /* what is due, and when the next one will be */
void reminders_due(struct intent *i, const struct cJSON *event);
void reminders_told(struct intent *i, const char *id);

#endif
