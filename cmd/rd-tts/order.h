/* One order on its way: its text piece by piece, what of it has sound, and what is told of that: assistant.text for
 * each piece, assistant.done for the whole, both with the times at which their words end. */
#ifndef ORDER_H
#define ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phrase.h"
#include "script.h"

#define ORDER_ID_BYTES 64

struct cJSON;
struct stage;

struct order {	    /* zeroed is none */
	char *text; /* malloced; NULL: a phrase whose text is not known yet */
	char phrase[PHRASE_NAME_BYTES], id[ORDER_ID_BYTES];
	double rate;
	uint32_t item; /* 0: not a sound of it yet */
	struct script script;
	size_t said_bytes; /* of its text, in pieces */
	unsigned pieces;
	struct cJSON *spans;
	uint64_t samples;
	uint8_t codec;
	uint16_t rate_100hz;
};

struct piece {				 /* of an order, that is being made */
	bool phrase;			 /* the order as a whole, its sound prepared */
	struct script_sentence sentence; /* otherwise this */
	long ends_ms[SCRIPT_GROUPS];	 /* of its words, as far as they are known */
	size_t ends;
	uint64_t samples_before; /* of the order's, when it was begun */
};

void order_close(struct order *o);
/* What it says, in that language; made valid. */
void order_set_text(struct order *o, const char *text, size_t n, const char *language);
/* Its item, from now on; 0: this life has none left, and the stage ends. */
uint32_t order_item(struct order *o, struct stage *s);
long order_sent_ms(const struct order *o);

/* A word and those before it end so many ms into the piece. */
void piece_word(struct piece *p, size_t word, long end_ms);
/* All of it was made, and is told. */
void order_piece(struct order *o, const struct piece *p, struct stage *s);
/* Cut off: what of it has sound counts as made. */
void order_cut(struct order *o, const struct piece *p);
/* Ends it: status complete, cancelled or failed. */
void order_done(struct order *o, struct stage *s, const char *status);

#endif
