/* What comes next for the caller: an order (call.next) is armed, waits until the last words were heard, and is carried out by
 * a file `next` that answers Twilio when the stream has ended (vocabulary §3 Farewell, §4 Steps). Pure: time is passed in. */
#ifndef ORDER_H
#define ORDER_H

#include <stdbool.h>
#include <stdint.h>

struct cJSON;

#define ORDER_TEXT_BYTES 4096

enum order_verb { ORDER_NONE, ORDER_HANGUP, ORDER_SAY, ORDER_PRESS, ORDER_TRANSFER, ORDER_VERBS };

struct order { /* zeroed: none */
	enum order_verb verb;
	char id[64];
	char to[20];
	char digits[33];
	char text[ORDER_TEXT_BYTES];
	bool comes_back; /* transfer: the call goes on with us when the other hung up */
	uint64_t armed_us, still_us;
};

const char *order_verb_name(enum order_verb verb); /* "hangup"; "none" */

/* Reads a call.next. NULL, or why it cannot be carried out (a constant); then o holds no order, but its id. */
const char *order_read(struct order *o, const struct cJSON *event, uint64_t now_us);

/* When it is to be carried out, as things stand: 300 ms after everything went still, 15 s after it was armed at the latest. */
uint64_t order_due(struct order *o, bool still, uint64_t now_us);

/* Whether the caller's speech takes it back. */
bool order_disarmed_by_speech(const struct order *o);

/* How long the stream may stay away for it, in seconds, beyond the usual. */
long order_away_s(const struct order *o);

/* The text of the file `next`, malloced. NULL without memory. */
char *order_file(const struct order *o, unsigned step);

#endif
