/* What this tool has sent, or tried to: a file for each key in its own folder, written down before anything goes out,
 * so that after a crash it is known that nobody knows. And how much of it there was in the last hour. */
#ifndef SENT_H
#define SENT_H

#include <stddef.h>

#include "box.h"
#include "paths.h"

#define SENT_PER_HOUR 20

enum sent_state { SENT_NOT, SENT_BEGUN, SENT_DONE };

struct sent {
	enum sent_state state;
	char path[PATHS_MAX_BYTES];
	char draft[BOX_ID_BYTES]; /* of a mail that was begun */
};

/* What is known of the key. 0, or -1 with errno: the folder cannot be read, or there is none. */
int sent_open(struct sent *s, const char *key);

/* Writes down that it is on its way, or that it has gone. 0, or -1 with errno. */
int sent_begin(struct sent *s, const char *draft);
int sent_done(struct sent *s);

/* It was not sent, for sure: forgotten. */
void sent_forget(struct sent *s);

/* How many were begun in the last hour. Those of the last month are kept, older files go. */
int sent_lately(const struct sent *s);

#endif
