/* A TwiML document as Twilio reads it: strictly. Nothing stands before its first byte, it is well-formed, its root is
 * Response; what is unknown inside it is skipped with a warning. */
#ifndef TWIML_H
#define TWIML_H

#include <stddef.h>

#define TWIML_BYTES 65536u
#define TWIML_VERBS 32
#define TWIML_PARAMETERS 16
#define TWIML_URL 2048

enum twiml_verb {
	TWIML_CONNECT,
	TWIML_REDIRECT,
	TWIML_SAY,
	TWIML_PLAY,
	TWIML_DIAL,
	TWIML_HANGUP,
	TWIML_REJECT,
	TWIML_PAUSE
};

struct twiml_step {
	enum twiml_verb verb;
	char url[TWIML_URL];	/* of the stream, the redirect or what is played */
	char action[TWIML_URL]; /* of Connect and Dial, "" without one */
	char method[8];		/* of the redirect or the action */
	char text[4096];	/* said; the number dialled; the digits played; the reason of a Reject */
	unsigned seconds;	/* of a Pause */
	size_t parameter_count; /* of a Stream */
	struct {
		char name[64], value[512];
	} parameter[TWIML_PARAMETERS];
};

struct twiml {
	size_t count;
	struct twiml_step step[TWIML_VERBS];
};

/* Each oddity that does not cost the document, with Twilio's number for it. */
typedef void twiml_warning(void *ctx, int code, const char *text);

/* 0, or Twilio's error number (12100 not well-formed or no Response, 11750 too long) with why in error. */
int twiml_read(struct twiml *t, const char *text, size_t n, twiml_warning *on_warning, void *ctx, char *error,
	       size_t size);

/* Connect, Redirect ... as it stands in the document. */
const char *twiml_name(enum twiml_verb verb);

#endif
