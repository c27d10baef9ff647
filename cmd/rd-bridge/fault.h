/* What went wrong at the model's side, and what to do about it: one table for errors, refused handshakes and closes,
 * since services say the same thing in all three ways (openai-realtime.md §13). */
#ifndef FAULT_H
#define FAULT_H

enum fault {
	FAULT_REPORT,  /* a line in the log, go on */
	FAULT_IGNORE,  /* a race that is none of anybody's business */
	FAULT_BUSY,    /* a response is being written: ours waits */
	FAULT_SHORTER, /* truncated beyond what the server has: once more with its number */
	FAULT_FORGET,  /* an item that it does not know, or that has no audio */
	FAULT_RETRY,   /* load: the same again after a while */
	FAULT_EXPIRED, /* the session is over: a new one */
	FAULT_KEY,     /* these three are final: the call needs another brain */
	FAULT_QUOTA,
	FAULT_REFUSED,
};

/* Of an error event, or of a response that failed. Both "" if unknown: some servers send no code, only words. */
enum fault fault_of_error(const char *code, const char *message);

/* Of a connection that ended: status is the HTTP status of a refused handshake, a close code or 0; why the reason's
 * text. */
enum fault fault_of_close(int status, const char *why);

/* brain.failed's word for the final ones; NULL for the others. */
const char *fault_why(enum fault fault);

/* "Audio content of 3700ms is already shorter than 3760ms": 3700, or -1. */
long fault_shorter_ms(const char *message);

#endif
