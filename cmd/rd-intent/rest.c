#include "rest.h"

#include <stdlib.h>
#include <string.h>

#include "intent.h"
#include "words.h"

void rest_forget(struct intent *i)
{
	struct orders *o = &i->orders;

	for (size_t n = 0; n < o->rest_count; n++)
		free(o->rest[n].text);
	o->rest_count = 0;
}

void rest_leave(struct orders *o, const char *text, long paragraph)
{
	char *copy;

	text += strspn(text, " \t\n");
	copy = *text && o->rest_count < ORDERS_MAX ? strdup(text) : NULL;
	if (!copy)
		return;
	o->rest[o->rest_count].text = copy;
	o->rest[o->rest_count++].paragraph = paragraph;
}

/* How much of the order's text had reached the caller's ear. */
static size_t heard_bytes(const struct order *one)
{
	size_t n = one->made && one->sent_ms > 0 ? words_heard(one->made, one->spans, one->heard_ms, one->sent_ms) : 0;
	size_t whole = one->text ? strlen(one->text) : 0;

	return one->heard ? whole : n < whole ? n : whole;
}

static bool is_worth(const struct order *one)
{
	return one->text && !one->question && !one->minor && !one->heard;
}

/* Something was cut that takes the place of what was left before: not a mere answer that of a document. */
static bool is_worth_more(const struct orders *o)
{
	bool reading = o->rest_count && o->rest[0].paragraph;

	for (size_t n = 0; n < o->count; n++) {
		const struct order *one = &o->all[n];

		if (one->cut && is_worth(one) && (one->paragraph || !reading))
			return true;
	}
	return false;
}

/* All that was cut: what is left of it can be gone on with; it is no order any more. */
void rest_settle(struct intent *i)
{
	struct orders *o = &i->orders;
	bool anew = is_worth_more(o);

	if (anew)
		rest_forget(i);
	for (size_t n = 0; n < o->count;) {
		struct order *one = &o->all[n];

		if (!one->cut) {
			n++;
			continue;
		}
		if (anew && is_worth(one))
			rest_leave(o, one->text + heard_bytes(one), one->paragraph);
		orders_drop(o, n);
	}
}

bool rest_say(struct intent *i)
{
	struct orders *o = &i->orders;
	struct piece rest[ORDERS_MAX];
	size_t count;

	rest_settle(i);
	count = o->rest_count;
	memcpy(rest, o->rest, sizeof rest);
	o->rest_count = 0;
	if (count && rest[0].paragraph)
		reading_pause(i, false);
	for (size_t n = 0; n < count; n++) {
		orders_say(i, rest[n].text, &(struct order_kind){ .paragraph = rest[n].paragraph });
		free(rest[n].text);
	}
	return count > 0;
}

long rest_paragraph(const struct intent *i)
{
	const struct orders *o = &i->orders;

	for (size_t n = 0; n < o->count; n++)
		if (o->all[n].paragraph && !o->all[n].heard)
			return o->all[n].paragraph;
	return o->rest_count ? o->rest[0].paragraph : 0;
}
