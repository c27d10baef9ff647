/* Documents of a folder at Google Drive rather than in one of ours: by the REST interfaces of Drive and Docs. Listed
 * into the same struct folder; what writes carries an id of its own and is looked for before it is asked again. Blocks
 * on the network. */
#ifndef DRIVE_H
#define DRIVE_H

#include <stdbool.h>

#include "folder.h"
#include "google.h"

#define DRIVE_SECRET "GOOGLE_KEY"
#define DRIVE_TIMEOUT_S 25

struct cJSON;

struct drive { /* zeroed is closed */
	struct ask ask;
	struct google google;
	struct trouble trouble;
	const char *base; /* NULL: Google's own */
	char place[128];  /* the folder's id */
};

/* Whether the settings say so. */
bool drive_is_set(void);

/* Opens it and lists its documents, by title. 0, or -1 with an answer. Close both in both cases. */
int drive_open(struct drive *d, struct folder *f, struct cJSON **answer);
void drive_close(struct drive *d);

/* The text of one, malloced, the caller's; NULL with an answer. */
char *drive_read(struct drive *d, const struct folder_document *document, struct cJSON **answer);

/* Marks the documents with these words anywhere: the first `most`, the best first, into found. How many, or -1 with an
 * answer. */
int drive_find(struct drive *d, const struct folder *f, const char *words, size_t *found, int most,
	       struct cJSON **answer);

/* The answers to {do: create, name, text} and {do: append, …, text}, the caller's. */
struct cJSON *drive_create(struct drive *d, const struct folder *f, const char *name, const char *text);
struct cJSON *drive_append(struct drive *d, const struct folder *f, int document, const char *text);

#endif
