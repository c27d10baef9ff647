/* What goes to the model: messages with ids of ours, and the caller's voice out of the backlog. */
#ifndef SENDER_H
#define SENDER_H

#include <stdint.h>

struct bridge;

#define SENDER_ID_BYTES 32 /* of an event or item id of ours */

struct sender {			 /* zeroed is ready */
	unsigned ids;		 /* given out */
	unsigned unacknowledged; /* items of ours that the server has not confirmed on this connection */
	uint64_t voice_from;	 /* the place in the backlog at which this connection began to listen */
	unsigned long dropped;	 /* messages that the connection did not take */
};

/* A new event id "what-17", written to out; its number. And one of an item of ours, which the server is to confirm. */
unsigned sender_id(struct bridge *b, const char *what, char out[SENDER_ID_BYTES]);
void sender_item_id(struct bridge *b, char out[SENDER_ID_BYTES]);
void sender_acknowledged(struct bridge *b, const char *item_id);
void sender_settled(struct bridge *b); /* one is confirmed, or never will be */

/* Takes the text over: malloced, or NULL (no memory: logged). Dropped where no session is being made or runs. */
void sender_send(struct bridge *b, char *text);

/* The caller's voice, as far as it was not sent; and once more, from this place of the backlog on. */
void sender_voice(struct bridge *b);
void sender_rewind(struct bridge *b, uint64_t place);

/* A piece of it, out of its turn: what was said before and must be written down. */
void sender_voice_of(struct bridge *b, uint64_t from, uint64_t to);

#endif
