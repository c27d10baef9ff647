/* The brain that needs no model: what was said, as text, is matched against the sentences of a file and answered, by a
 * tool, by words, or by a question back. One struct holds all of it. */
#ifndef INTENT_H
#define INTENT_H

#include <stdbool.h>

#include "calls.h"
#include "dialog.h"
#include "opening.h"
#include "orders.h"
#include "reading.h"
#include "reminders.h"
#include "sentences.h"
#include "stage.h"

struct intent {
	struct stage stage;
	struct sentences *sentences;
	double confidence; /* below it a sentence was not heard well */
	struct dialog dialog;
	struct orders orders;
	struct calls calls;
	struct reading reading;
	struct reminders reminders;
	struct opening opening;
	struct timer silence_timer; /* a question waits for its answer */
	struct timer keys_timer;    /* keys that are asked for */
	struct timer heard_timer;   /* what was said is answered when it has passed on */
	const char *state, *on;	    /* assistant.state as last said; NULL: rd-tts' turn to say it */
	bool spoke;		    /* the caller, since the last tool was called: that disarms what it ordered */
};

#endif
