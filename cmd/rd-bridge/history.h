/* What was said in this call, in order, for a model that must be told again: a new connection is an empty session. The
 * words of the assistant are those that were heard. Bounded: the oldest is forgotten first. */
#ifndef HISTORY_H
#define HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "realtime.h"

struct cJSON;

#define HISTORY_MAX 400
/* Begins the id of a turn whose words a server is to write down now, after its answer. */
#define HISTORY_AGAIN "again-"
#define HISTORY_TEXT_MAX 1000u /* of one entry; of longer words the end is kept, of a note the beginning */

enum history_who { HISTORY_USER, HISTORY_ASSISTANT, HISTORY_SYSTEM, HISTORY_TOOL };

struct history_entry {
	enum history_who who;
	bool cut;
	uint32_t item;		    /* ours, of an assistant's */
	uint64_t since_us;	    /* when a user began to say it, 0: not known */
	size_t left_out;	    /* bytes of its beginning */
	char id[REALTIME_ID_BYTES]; /* the server's, of a user's item; a tool's name */
	char *text;		    /* malloced, "": not written down yet, or nothing was heard */
};

struct history { /* zeroed is empty */
	size_t count;
	struct history_entry all[HISTORY_MAX];
};

void history_close(struct history *h);

/* The turns of a `context`: [{who, text, cut}]. Only where nothing was said yet: true, it was taken. */
bool history_take(struct history *h, const struct cJSON *turns);

/* The caller has said something; its words come later and then stand in this place. */
void history_user(struct history *h, const char *id, uint64_t since_us);
/* The same of something that was said before the assistant's last words. And the server calls it otherwise now. */
void history_user_before(struct history *h, const char *id, uint64_t since_us);
bool history_has(const struct history *h, const char *id);
void history_rename(struct history *h, const char *id, const char *to);
/* The words. The entry, borrowed until the next call, or NULL: they are known already. */
const struct history_entry *history_user_text(struct history *h, const char *id, const char *text);

/* The assistant has said something; later perhaps: less of it was heard (its first n bytes). */
void history_assistant(struct history *h, uint32_t item, const char *text, bool cut);
void history_cut(struct history *h, uint32_t item, size_t n);

/* What the model should know besides. */
void history_note(struct history *h, const char *text);
/* Whether the last that was done for the caller was to call this tool. */
bool history_called(const struct history *h, const char *name);
/* What a tool has answered: it waits for a word about it. false: that was known already, from the memory. */
bool history_tool(struct history *h, const char *name, const char *output);

/* The oldest of the entries that have text and together are at most `bytes`; go on to h->count. */
size_t history_first(const struct history *h, size_t bytes);

/* The entries before `end` as they would be written down, "Caller: …" a line, of the last of them as many as `bytes`
 * hold. Malloced, the caller's; NULL: there are none, or no memory. */
char *history_script(const struct history *h, size_t end, size_t bytes);

/* The caller's words were the last, or a tool's: they wait for an answer. */
bool history_unanswered(const struct history *h);
/* The assistant's were, and they were not finished; what is told again was said after them where it stands behind. */
bool history_cut_short(const struct history *h);

#endif
