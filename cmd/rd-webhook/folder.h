/* The call folder RUNTIME/calls/CALL: what rd-webhook writes there (call.json, answer.N) and reads there (next, ended).
 * All that must survive us is in it, so that duplicates, retries and restarts are harmless. A call's id is checked
 * before it becomes a path. All functions block on the runtime folder, a tmpfs; -1 comes with errno, EINVAL for what is
 * no call's id. */
#ifndef FOLDER_H
#define FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define FOLDER_CALL_BYTES 4096 /* of call.json */
#define FOLDER_AGENT_BYTES 65  /* of an agent's name */

struct folder_call {
	const char *call, *carrier, *direction, *from, *to, *attestation, *agent;
	const char *caller_name; /* or NULL */
	int config;		 /* generation that the call begins with */
};

enum folder_verb { FOLDER_HANGUP, FOLDER_SAY, FOLDER_PRESS, FOLDER_TRANSFER };

struct folder_next {
	enum folder_verb verb;
	char to[17];	 /* transfer: E.164 */
	char digits[64]; /* press: 0-9A-D#*wW */
	char text[4096]; /* say: UTF-8, cut to fit */
	bool comes_back; /* transfer: "return", also after an answered call */
};

int folder_open(const char *runtime); /* makes RUNTIME/calls */

/* 1: made here, with its call.json; 0: it was there, the webhook is a duplicate (mkdir is the lock); -1 (EMSGSIZE: too
 * much for call.json), nothing left behind. */
int folder_make(const char *runtime, const struct folder_call *c);

bool folder_exists(const char *runtime, const char *call);

/* The document that was given for a step: its length in out, or -1 (ENOENT: none yet). */
ssize_t folder_answer(const char *runtime, const char *call, unsigned step, char *out, size_t size);
/* Whether there is one. */
bool folder_answered(const char *runtime, const char *call, unsigned step);

/* Keeps the document of a step before it is sent. -1 EEXIST: another was kept first, send that one. */
int folder_keep_answer(const char *runtime, const char *call, unsigned step, const char *text, size_t n);

/* What the carrier stage wants after the stream of that step. 1: in next; 0: nothing, the stream broke (a `next` of
 * another step is nothing too); -1 EBADMSG: not understood. */
int folder_next(const char *runtime, const char *call, unsigned step, struct folder_next *next);

/* The agent of call.json. 0, or -1 (EBADMSG: it names none, or one that does not fit). */
int folder_agent(const char *runtime, const char *call, char *out, size_t size);

/* Whether the call is over; every step is answered by its end then. reason ("": the file does not tell) may be NULL. */
bool folder_ended(const char *runtime, const char *call, char *reason, size_t size);

/* Removes the folder and the files in it: for a call that was refused after folder_make. */
int folder_remove(const char *runtime, const char *call);

#endif
