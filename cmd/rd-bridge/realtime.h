/* What the Realtime server sends, as structs: the only file that sees its JSON and base64. Names of the beta and what a
 * compatible server leaves out are tolerated here, so that nothing behind it has to. Audio deltas take a short way that
 * allocates nothing. */
#ifndef REALTIME_H
#define REALTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cJSON;

#define REALTIME_MESSAGE_MAX ((size_t)16 << 20)
#define REALTIME_ID_BYTES 64 /* of an id, with its NUL; an event with a longer one is refused */

enum realtime_type {
	REALTIME_OTHER, /* nothing a telephone needs, or unknown */
	REALTIME_SESSION_CREATED,
	REALTIME_SESSION_UPDATED,
	REALTIME_ERROR,
	REALTIME_SPEECH_STARTED,
	REALTIME_SPEECH_STOPPED,
	REALTIME_COMMITTED,
	REALTIME_TRANSCRIBED,
	REALTIME_TRANSCRIPTION_FAILED,
	REALTIME_ITEM_ADDED,
	REALTIME_RESPONSE_CREATED,
	REALTIME_OUTPUT_ADDED,
	REALTIME_AUDIO,
	REALTIME_AUDIO_DONE,
	REALTIME_WORDS,
	REALTIME_WORDS_DONE,
	REALTIME_OUTPUT_DONE,
	REALTIME_RESPONSE_DONE,
	REALTIME_TYPES
};

enum realtime_kind { REALTIME_KIND_OTHER, REALTIME_KIND_MESSAGE, REALTIME_KIND_CALL };

struct realtime_item {
	enum realtime_kind kind;
	bool complete;				     /* not said to be incomplete or in progress */
	const char *id, *call_id, *name, *arguments; /* "" if missing */
};

/* All text is borrowed from the message or from `json`; what is missing is "", 0 or false. */
struct realtime_event {
	enum realtime_type type;
	const char *name; /* the type as the server wrote it */
	const char *response_id, *item_id;
	const char *text; /* words, a transcript */
	int content_index;
	long start_ms; /* SPEECH_STARTED: of all sound on this connection; -1: not said */
	uint8_t *audio;
	size_t audio_bytes;
	struct realtime_item item; /* ITEM_ADDED, OUTPUT_ADDED, OUTPUT_DONE */
	struct {
		const char *code, *message, *param, *cause; /* cause: the event id of ours that it answers */
	} error;					    /* ERROR, and a RESPONSE_DONE that failed */
	struct {
		const char *status, *reason;
	} response; /* RESPONSE_DONE */
	struct {
		const char *id, *input_format, *output_format; /* audio/pcmu …; "" where the server does not say */
		double expires_at;			       /* Unix seconds, 0: not said */
	} session;					       /* SESSION_CREATED, SESSION_UPDATED */
	struct cJSON *json;				       /* NULL on the short way */
};

/* Reads one message; text is NUL-terminated behind n and is changed in place. 0, then realtime_free() it when done; or
 * -1 with *why (nothing to free): no JSON object, no type, an id too long, audio that is no base64. */
int realtime_read(struct realtime_event *e, char *text, size_t n, const char **why);
void realtime_free(struct realtime_event *e);

/* The i-th output item of a RESPONSE_DONE. false: there is none. */
bool realtime_output(const struct realtime_event *e, size_t i, struct realtime_item *item);

/* Adds the counts of a RESPONSE_DONE or TRANSCRIBED to an object, as the service names them, numbers only. false: there
 * are none. */
bool realtime_usage(const struct realtime_event *e, struct cJSON *to);

#endif
