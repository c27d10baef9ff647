#include "documents.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "log.h"
#include "twiml.h"

static const struct document *find_kept(const struct documents *d, const char *call, unsigned step)
{
	for (size_t i = 0; i < DOCUMENTS_KEPT; i++)
		if (d->kept[i].text && d->kept[i].step == step && strcmp(d->kept[i].call, call) == 0)
			return &d->kept[i];
	return NULL;
}

/* In the place of the oldest. */
static const struct document *keep(struct documents *d, const char *call, unsigned step, const char *text, size_t n)
{
	struct document *place = &d->kept[d->next];
	char *copy = malloc(n);

	if (!copy)
		return NULL;
	memcpy(copy, text, n);
	free(place->text);
	snprintf(place->call, sizeof place->call, "%s", call);
	place->step = step;
	place->text = copy;
	place->n = n;
	d->next = (d->next + 1) % DOCUMENTS_KEPT;
	return place;
}

const struct document *documents_find(struct documents *d, const char *runtime, const char *call, unsigned step)
{
	const struct document *found = find_kept(d, call, step);
	char text[TWIML_BYTES + 1];
	ssize_t n;

	if (found)
		return found;
	n = folder_answer(runtime, call, step, text, sizeof text);
	return n > 0 ? keep(d, call, step, text, (size_t)n) : NULL;
}

const struct document *documents_keep(struct documents *d, const char *runtime, const char *call, unsigned step,
				      const struct twiml *t)
{
	const struct document *other;
	char shown[16];

	if (runtime && folder_keep_answer(runtime, call, step, t->text, t->n) < 0) {
		other = errno == EEXIST ? documents_find(d, runtime, call, step) : NULL;
		if (other)
			return other;
		log_warn("cannot keep the document of step %u: %s call=%s", step, strerror(errno),
			 log_short_call(call, shown));
	}
	return keep(d, call, step, t->text, t->n);
}

void documents_close(struct documents *d)
{
	for (size_t i = 0; i < DOCUMENTS_KEPT; i++)
		free(d->kept[i].text);
	memset(d, 0, sizeof *d);
}
