/* Tokens that let one WebSocket in, once: RUNTIME/tokens/HEX32, 128 random bits as a name with "CALL STEP EXPIRY"
 * inside. They are files so that a webhook that was restarted still knows them, and spent by a rename, which only one
 * process can win. Time is passed in: clock_boot_ms(). All functions block on the runtime folder, a tmpfs. */
#ifndef TOKEN_H
#define TOKEN_H

#include <stddef.h>
#include <stdint.h>

#define TOKEN_CHARS 32
#define TOKEN_LIFE_MS 60000

struct token {
	char call[35];
	unsigned step; /* the document that named the stream */
};

int token_open(const char *runtime); /* makes RUNTIME/tokens; -1 with errno */

/* A new token for the stream of that call and step. 0, or -1 with errno (EINVAL: not a call's id). */
int token_make(const char *runtime, const char *call, unsigned step, uint64_t now_ms, char hex[TOKEN_CHARS + 1]);

/* Takes the token out of the world and says what it was for. -1: EINVAL not a token, ENOENT unknown or spent already,
 * ETIME too late, EBADMSG or another when its file cannot be read. */
int token_spend(const char *runtime, const char *hex, uint64_t now_ms, struct token *t);

/* Removes what is expired or was left half way; how many, or -1 with errno. */
int token_sweep(const char *runtime, uint64_t now_ms);

#endif
