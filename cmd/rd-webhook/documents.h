/* The document that a step of a call was answered with. The same step asked again gets the same bytes: from memory, as
 * long as it is among the last, also when the call's folder is gone; from the folder, also when we were restarted. */
#ifndef DOCUMENTS_H
#define DOCUMENTS_H

#include <stddef.h>

#define DOCUMENTS_KEPT 256

struct twiml;

struct documents { /* zeroed is empty */
	size_t next;
	struct document {
		char call[36];
		unsigned step;
		char *text; /* NULL: none */
		size_t n;
	} kept[DOCUMENTS_KEPT];
};

/* The document that was given, or NULL. Borrowed until the next call of a function here. */
const struct document *documents_find(struct documents *d, const char *runtime, const char *call, unsigned step);

/* Keeps a new one, if runtime is not NULL in the call's folder, too, and returns what is to be sent: that one, or
 * another if the folder had one by now. Borrowed as above. NULL: no memory. A folder that fails costs only the memory
 * of it. */
const struct document *documents_keep(struct documents *d, const char *runtime, const char *call, unsigned step,
				      const struct twiml *t);

void documents_close(struct documents *d);

#endif
