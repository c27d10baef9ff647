#include "advice.h"

#include <string.h>

#include "summary.h"

static const struct {
	const char *end, *words; /* what ended it, and what its error (or a Reject's reason) says */
	const char *advice;
} rows[] = {
	{ "reject", "busy",
	  "all lines are taken, this caller called too often, or it is being shut down: rd-ctl requests there says "
	  "which; "
	  "ringdown.conf(5) calls, calls-per-hour" },
	{ "reject", "",
	  "this caller is not let in: rd-ctl requests there says why, ringdown.conf(5) who may call (section caller)" },
	{ "error", "HTTP 403",
	  "the signature was not accepted: the auth token here and there must be the same, and --public-url what "
	  "ringdown's public-url says, with /twiml; rd-ctl requests there says which" },
	{ "error", "HTTP 404", "nothing is answered under this path: ringdown's is /twiml" },
	{ "error", "HTTP 429", "too many requests came from here that were refused: wait a minute" },
	{ "error", "HTTP 5", "the assistant's log says why" },
	{ "error", "onnect",
	  "nobody answers there: is ringdown running, and is this its listen address? rd-ctl status" },
	{ "error", "cannot open the stream", "the assistant's log and rd-ctl requests there say why" },
};

const char *advice_for(const struct summary *s)
{
	for (size_t i = 0; s->end && i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i].end, s->end) == 0 && strstr(s->error, rows[i].words))
			return rows[i].advice;
	return NULL;
}
