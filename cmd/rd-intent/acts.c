/* What sentences do without a tool: about what was said, and about saying it. */
#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intent.h"
#include "json.h"
#include "rest.h"
#include "talk.h"
#include "utf8.h"

#define RATE_STEP 0.15
#define RATE_MIN 0.55
#define RATE_MAX 1.6
#define SPELLED_BYTES 512

static void stop(struct intent *i)
{
	orders_silence(i, "stop");
	rest_settle(i);
	if (i->dialog.pending.intent)
		talk_drop(i, "dropped");
	else if (i->reading.active && !i->reading.stopped) {
		reading_pause(i, true);
		i->reading.stopped = true;
		talk_words(i, "paused");
	} else {
		reading_stop(i);
		talk_words(i, "stopped");
	}
}

static void repeat(struct intent *i)
{
	long paragraph = rest_paragraph(i);
	char *last;

	orders_silence(i, "stop");
	if (i->dialog.pending.intent)
		talk_ask_again(i);
	else if (i->reading.active && paragraph)
		(void)reading_from(i, paragraph);
	else if (i->dialog.last && (last = strdup(i->dialog.last))) {
		orders_say(i, last, NULL);
		free(last);
	} else
		talk_words(i, "nothing-to-repeat");
}

static void go_on(struct intent *i)
{
	if (rest_say(i) || (i->reading.active && !i->reading.paused && orders_open(i))) /* it does */
		return;
	if (!i->reading.active || (!i->reading.asked && !reading_from(i, i->reading.to + 1)))
		talk_words(i, "nothing-to-go-on");
}

static void change_rate(struct intent *i, double by)
{
	double rate = i->dialog.rate + by;

	i->dialog.rate = rate < RATE_MIN ? RATE_MIN : rate > RATE_MAX ? RATE_MAX : rate;
	orders_silence(i, "stop");
	if (i->dialog.pending.intent || !rest_say(i))
		repeat(i);
}

/* A paragraph on or back from where the caller's ear is. */
static void skip(struct intent *i, int by)
{
	long paragraph = rest_paragraph(i);

	orders_silence(i, "stop");
	if (!reading_from(i, (paragraph ? paragraph : i->reading.to) + by))
		talk_words(i, "nothing-to-go-on");
}

/* --- spelling */

static bool is_letter(const char *p)
{
	return isalnum((unsigned char)*p) || (unsigned char)*p >= 0x80;
}

/* The last number of three digits and more, else the last word, of what was said. */
static const char *find_word(const char *text, size_t *n)
{
	const char *word = NULL, *number = NULL, *end;
	size_t word_n = 0, number_n = 0;

	for (const char *p = text; p && *p; p = end) {
		size_t digits = 0;

		while (*p && !is_letter(p))
			p++;
		for (end = p; *end && is_letter(end); end++)
			digits += isdigit((unsigned char)*end) != 0;
		if (end == p)
			break;
		word = p;
		word_n = (size_t)(end - p);
		if (digits >= 3) {
			number = p;
			number_n = word_n;
		}
	}
	*n = number ? number_n : word_n;
	return number ? number : word;
}

/* "B, E, N": character by character. */
static void spell_out(const char *word, size_t n, char *out, size_t size)
{
	size_t used = 0, bytes;

	*out = '\0';
	for (; n && used + 8 < size; word += bytes, n -= bytes) {
		bytes = utf8_character(word, n);
		bytes = bytes ? bytes : 1;
		if (*word == ' ')
			continue;
		used += (size_t)snprintf(out + used, size - used, "%s%.*s", used ? ", " : "", (int)bytes, word);
		if (bytes == 1)
			out[used - 1] = (char)toupper((unsigned char)out[used - 1]);
	}
}

static void spell(struct intent *i, const struct sentences_match *m)
{
	const char *word;
	char letters[SPELLED_BYTES];
	struct cJSON *fields;
	char *text;
	size_t n;

	if (m->slot_count) {
		word = m->slots[0].text;
		n = strlen(word);
	} else
		word = find_word(i->dialog.last, &n);
	if (!word || !n) {
		talk_words(i, "nothing-to-spell");
		return;
	}
	spell_out(word, n, letters, sizeof letters);
	fields = json_make("letters:s", letters);
	text = sentences_fill(i->sentences, sentences_words(i->sentences, "spell", 0), NULL, fields, 0);
	orders_say(i, text, &(struct order_kind){ .minor = true });
	free(text);
	cJSON_Delete(fields);
}

/* --- */

static void switch_agent(struct intent *i, const struct sentences_match *m)
{
	const struct sentences_slot *agent = sentences_slot(m, "agent");

	if (agent)
		(void)stage_say(&i->stage, EVENT_AGENT_SWITCH, "agent:s by:s",
				*agent->value ? agent->value : agent->text, "caller");
}

static void read_document(struct intent *i, const struct sentences_match *m)
{
	if (!calls_has(i, READING_TOOL))
		talk_words(i, "not-here");
	else
		reading_begin(i, m);
}

void talk_act(struct intent *i, const struct sentences_match *m)
{
	switch (m->intent->act) {
	case SENTENCES_STOP:
	case SENTENCES_CANCEL: stop(i); break;
	case SENTENCES_REPEAT: repeat(i); break;
	case SENTENCES_SLOWER: change_rate(i, -RATE_STEP); break;
	case SENTENCES_FASTER: change_rate(i, RATE_STEP); break;
	case SENTENCES_GO_ON: go_on(i); break;
	case SENTENCES_NEXT: skip(i, 1); break;
	case SENTENCES_PREVIOUS: skip(i, -1); break;
	case SENTENCES_READ: read_document(i, m); break;
	case SENTENCES_HELP:
		orders_silence(i, "stop");
		if (i->dialog.pending.intent)
			talk_ask_again(i);
		else
			talk_examples(i, "help", 3);
		break;
	case SENTENCES_SPELL: spell(i, m); break;
	case SENTENCES_SWITCH: switch_agent(i, m); break;
	case SENTENCES_NONE:
	case SENTENCES_YES:
	case SENTENCES_NO:
	case SENTENCES_CORRECT:
	case SENTENCES_ANSWER:
	case SENTENCES_ACTS: break; /* talk.c's */
	}
}
