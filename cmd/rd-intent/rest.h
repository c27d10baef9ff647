/* What an interruption left unheard, to be gone on with at the word where the caller's ear was. */
#ifndef REST_H
#define REST_H

#include <stdbool.h>

struct intent;
struct orders;

/* Orders that were cut become what is left of them; they are none any more. */
void rest_settle(struct intent *i);
void rest_leave(struct orders *o, const char *text, long paragraph);

/* Says it; false: there is nothing. */
bool rest_say(struct intent *i);
void rest_forget(struct intent *i);

/* The paragraph at which the caller's ear is; 0: none is being read. */
long rest_paragraph(const struct intent *i);

#endif
