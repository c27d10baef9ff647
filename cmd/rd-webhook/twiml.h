/* The documents a call is answered with: whole, bounded, the XML declaration at byte 0, everything from outside
 * escaped; to be sent as TWIML_TYPE. Each function writes the document anew; -1: it did not fit or must not be sent. */
#ifndef TWIML_H
#define TWIML_H

#include <stdbool.h>
#include <stddef.h>

#define TWIML_TYPE "text/xml"
#define TWIML_BYTES 32768 /* Twilio takes 64 kB */

struct twiml {
	size_t n;
	bool bad; /* something did not fit */
	char text[TWIML_BYTES];
};

/* The digits first, if any (0-9A-D#*wW; NULL: none), then the stream; behind it POST to next, for when the stream ends.
 * A stream_url with a query is refused: Twilio would drop the query. */
int twiml_stream(struct twiml *t, const char *digits, const char *stream_url, const char *next);

int twiml_hangup(struct twiml *t);
int twiml_say(struct twiml *t, const char *text); /* then hangs up */

/* Only as the first document of a call, which then costs nothing. busy: a busy tone; else "not available". */
int twiml_reject(struct twiml *t, bool busy);

/* A second of silence, then POST to next, which was asked too early. */
int twiml_again(struct twiml *t, const char *next);

/* How it went is posted to next. */
int twiml_dial(struct twiml *t, const char *number, const char *next);

#endif
