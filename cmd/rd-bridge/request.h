/* What the Realtime server is told: every client event that the bridge sends, as text. All but the caller's voice are
 * built with cJSON, malloced and the caller's to free (NULL: no memory); the voice is written by hand, 50 times a
 * second. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base64.h"

struct cJSON;

struct request_session { /* NULL or "" where nothing is to be said */
	const char *instructions, *voice, *language, *transcription;
	const char *input_format, *output_format;		  /* audio/pcmu, audio/pcma, audio/pcm */
	const char *turn_detection, *noise_reduction, *reasoning; /* as ringdown.conf has them */
	long silence_ms;
	struct cJSON *tools; /* as offer_functions makes them; taken over */
	bool bare;	     /* without what an older or smaller server refuses */
};

char *request_session(const char *event_id, struct request_session *r);

/* How it finds the caller's turns, from now on: not at all, or as r says. */
char *request_turns(const char *event_id, const struct request_session *r, bool on);

/* New instructions and tools for a session that runs. tools are taken over. */
char *request_tools(const char *event_id, const char *instructions, struct cJSON *tools);

/* Changes nothing; a server that is there answers it. */
char *request_nothing(const char *event_id);

/* Audio that a message of this size holds at most, and the room it takes. */
#define REQUEST_VOICE_BYTES 4000u
#define REQUEST_VOICE_MAX (64 + (REQUEST_VOICE_BYTES + 2) / 3 * 4)
size_t request_voice(char out[REQUEST_VOICE_MAX], const uint8_t *audio, size_t n);
char *request_commit(const char *event_id);

/* An item of text: role system, user or assistant. */
char *request_text(const char *event_id, const char *item_id, const char *role, const char *text);
char *request_call(const char *event_id, const char *item_id, const char *call_id, const char *name,
		   const char *arguments);
char *request_output(const char *event_id, const char *item_id, const char *call_id, const char *output);
char *request_truncate(const char *event_id, const char *item_id, int content_index, long audio_end_ms);
char *request_delete(const char *event_id, const char *item_id);

/* A response; instructions replace the session's for this one, which then uses no tools. NULL: a plain one. */
char *request_response(const char *event_id, const char *instructions);
char *request_cancel(const char *event_id, const char *response_id);

#endif
