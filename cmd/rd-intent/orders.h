/* What the assistant was told to say: each order until the caller has heard it. So an order is said again, from where
 * it was left, when rd-tts dies; and what an interruption cut off is known to the word, to be gone on with. */
#ifndef ORDERS_H
#define ORDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cJSON;
struct intent;

#define ORDERS_MAX 24
#define ORDERS_NAME_BYTES 24

struct order {
	char id[ORDERS_NAME_BYTES];
	char *text; /* of a phrase NULL */
	char phrase[32];
	long paragraph;			  /* of what is read aloud; 0: none */
	char reminder[ORDERS_NAME_BYTES]; /* whose id is told when this was heard */
	bool question;			  /* an answer is waited for when it was heard */
	bool minor;			  /* nothing to be gone on with */
	uint32_t seq;			  /* under which it was said */
	bool home;			  /* everybody has had it */
	bool done, cut;			  /* made to its end; silenced */
	/* what rd-tts made of it */
	uint32_t item;
	char *made;
	struct cJSON *spans;
	long sent_ms, heard_ms;
	bool heard; /* to its end */
};

struct piece { /* what an interruption left unheard */
	char *text;
	long paragraph;
};

struct orders {
	struct order all[ORDERS_MAX];
	size_t count;
	unsigned long next;
	struct piece rest[ORDERS_MAX];
	size_t rest_count;
};

struct order_kind { /* zeroed is an ordinary one */
	long paragraph;
	const char *reminder;
	bool question;
	bool minor; /* nothing that "repeat" or "go on" mean */
};

/* Says it, after what is being said. */
void orders_say(struct intent *i, const char *text, const struct order_kind *kind);
void orders_phrase(struct intent *i, const char *name);
/* Silences what is being said, if anything is. */
void orders_silence(struct intent *i, const char *why);

bool orders_open(const struct intent *i);      /* something is still to be heard */
bool orders_making(const struct intent *i);    /* something is still to be made, so the speaker is not through */
void orders_drop(struct orders *o, size_t at); /* the entry goes */

/* The ring's word. */
void orders_text(struct intent *i, const struct cJSON *event);
void orders_done(struct intent *i, const struct cJSON *event);
void orders_clear(struct intent *i);
void orders_cleared(struct intent *i, const struct cJSON *event);
void orders_heard(struct intent *i, const struct cJSON *event);
void orders_home(struct intent *i, uint32_t seq);
/* Who speaks has died and is there again: what was not yet made is said again. */
void orders_again(struct intent *i);

struct cJSON *orders_write(const struct orders *o);
void orders_read(struct intent *i, const struct cJSON *from);
void orders_close(struct orders *o);

#endif
