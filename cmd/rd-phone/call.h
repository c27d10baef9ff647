/* A telephone call as Twilio conducts it: the first webhook, then verb after verb of the document it was given, until a
 * document ends the call or the caller does; at last the status callback. */
#ifndef CALL_H
#define CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "dialer.h"
#include "loop.h"
#include "manners.h"
#include "progress.h"
#include "summary.h"
#include "talk.h"
#include "twiml.h"

struct call {
	struct loop *loop;
	struct summary *summary;
	struct progress *progress;
	const char *url;    /* of the first document, or of a stream that is dialled directly */
	const char *status; /* URL of the status callback, NULL: none */
	const struct manners *manners;
	const char *dial_result; /* what becomes of a <Dial>: completed, busy, no-answer, failed, canceled */
	void (*on_over)(void *ctx);
	void *ctx;
	struct dialer dialer;
	struct talk talk;
	struct twiml document;
	size_t step;		 /* the verb that comes next */
	unsigned documents;	 /* had so far */
	bool streaming, telling; /* what is still to be waited for */
	const char *last_status; /* CallStatus of the callback */
	struct timer wait;	 /* of a verb that takes time */
	struct timer duplicate;	 /* the first webhook's, sent late */
	uint64_t opened_us;	 /* the stream; 0: not yet */
};

/* dialer and talk were opened, all above them is set. */
void call_begin(struct call *c);

/* The call is over, who says why; on_over follows when the other side knows. Later ends change nothing. */
void call_end(struct call *c, const char *who, const char *error);

#endif
