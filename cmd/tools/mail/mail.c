#include "mail.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aloud.h"
#include "box.h"
#include "dates.h"
#include "digest.h"
#include "json.h"
#include "moment.h"
#include "recipients.h"
#include "sent.h"
#include "toolkit.h"
#include "when.h"

#define TOLD_MAX 5
#define TEXT_BYTES 2000

struct request {
	const struct cJSON *arguments;
	const char *to, *subject, *text, *from, *words, *when, *id;
	int part;
	time_t now;
	struct box box;
};

static struct cJSON *trouble(const struct request *r)
{
	return trouble_answer(&r->box.trouble);
}

/* --- unread, search */

static struct cJSON *entry(const struct head *h)
{
	char at[MOMENT_TEXT_BYTES];

	return json_make("id:s from:s address:s subject:s at:s? unread:b", h->id, h->message.name, h->message.address,
			 h->message.subject, h->message.at ? moment_print(h->message.at, at) : NULL, h->unread);
}

static struct cJSON *entries(const struct heads *h)
{
	struct cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < h->count; i++)
		cJSON_AddItemToArray(list, entry(&h->all[i]));
	return json_make("count:n mails:j", (long long)h->total, list);
}

static const char *subject_of(const struct message *m)
{
	return *m->subject ? m->subject : "without a subject";
}

static const char *writer_of(const struct message *m)
{
	return *m->name ? m->name : "somebody who gives no name";
}

/* " One: from Ben Miller, today at 09:12: Lunch?" */
static size_t say_one(const struct request *r, const struct head *h, int n, char *out, size_t size)
{
	char number[TOOLKIT_COUNT_BYTES], when[WHEN_BYTES];
	const struct message *m = &h->message;
	int used = snprintf(out, size, " %s: from %s%s%s: %s%s", toolkit_count_begin(n, number), writer_of(m),
			    m->at ? ", " : "", m->at ? when_say(m->at, r->now, when) : "", subject_of(m),
			    toolkit_stop(subject_of(m)));

	return used > 0 && (size_t)used < size ? (size_t)used : 0;
}

static struct cJSON *tell(const struct request *r, const struct heads *h, const char *kind)
{
	char text[TEXT_BYTES], number[TOOLKIT_COUNT_BYTES];
	size_t used =
		(size_t)snprintf(text, sizeof text, "You have %s %smail%s%s%s.", toolkit_count(h->total, number), kind,
				 h->total == 1 ? "" : "s", r->from || r->words || r->when ? " like that" : "",
				 h->total > TOLD_MAX ? ". The newest are these" : "");
	size_t told = h->count < TOLD_MAX ? h->count : TOLD_MAX;

	for (size_t i = 0; i < told; i++)
		used += say_one(r, &h->all[i], (int)i + 1, text + used, sizeof text - used);
	return toolkit_data(toolkit_ok("%s", text), entries(h));
}

/* NULL, or the answer that says what is wrong. */
static struct cJSON *read_query(const struct request *r, struct query *q)
{
	struct dates d;

	q->from = r->from;
	q->words = r->words;
	if (!r->when)
		return NULL;
	if (dates_read(r->when, r->now, &d) < 0)
		return toolkit_failed("when: there is no such day, or I do not understand it; yesterday, last week or "
				      "2026-11-21 would do.");
	q->since = d.from;
	q->before = d.kind == DATES_DAY ? d.to : dates_midnight(d.from, 1);
	return NULL;
}

static struct cJSON *find(struct request *r, bool unread)
{
	struct query q = { .unread = unread };
	struct cJSON *answer = read_query(r, &q);
	struct heads h;

	if (answer)
		return answer;
	if (r->box.kind->find(&r->box, &q, BOX_HEADS_MAX, &h) < 0)
		answer = trouble(r);
	else
		answer = tell(r, &h, unread ? "unread " : "");
	heads_close(&h);
	return answer;
}

static struct cJSON *unread(struct request *r)
{
	return find(r, true);
}

static struct cJSON *search(struct request *r)
{
	if (!r->from && !r->words && !r->when)
		return toolkit_failed(
			"What shall I look for? Say whom it is from, some of its words, or when it came.");
	return find(r, false);
}

/* --- read */

/* A portion of it, with what it is before the first and where one is behind each. */
static struct cJSON *read_aloud(const struct request *r, const char *id, const struct message *m)
{
	char *words = aloud_text(m->text), *all = NULL, when[WHEN_BYTES], head[MESSAGE_LINE_BYTES * 2 + 120] = "";
	int parts = words ? aloud_portions(words) : 0, part = r->part ? r->part : 1;
	const char *begin = words ? aloud_begin(words, part) : NULL, *behind = part < parts ? " There is more."
									       : part > 1   ? " That is the end."
											    : "";
	struct cJSON *made;

	if (part == 1)
		snprintf(head, sizeof head, "From %s%s%s: %s%s%s ", writer_of(m), m->at ? ", " : "",
			 m->at ? when_say(m->at, r->now, when) : "", subject_of(m), toolkit_stop(subject_of(m)),
			 m->attachments ? " It has something attached." : "");
	if (part > 1 && !begin)
		made = toolkit_failed("The mail has no more.");
	else if (!begin)
		made = toolkit_ok("%sIt has no text.", head);
	else if (asprintf(&all, "%s%.*s%s", head, (int)aloud_portion(begin), begin, behind) < 0)
		made = toolkit_failed("I cannot read the mail: there is no memory left.");
	else
		made = toolkit_data(toolkit_text(all),
				    json_make("id:s from:s address:s subject:s part:i parts:i attachments:i", id,
					      m->name, m->address, m->subject, part, parts, m->attachments));
	free(words);
	free(all);
	return made;
}

/* Without an id the newest that is meant; if nothing is said, the newest unread one. */
static struct cJSON *choose(struct request *r, char id[BOX_ID_BYTES])
{
	struct query q = { .unread = !r->from && !r->words && !r->when };
	struct cJSON *answer = read_query(r, &q);
	struct heads h = { .count = 0 };

	if (!answer && r->box.kind->find(&r->box, &q, 1, &h) < 0)
		answer = trouble(r);
	else if (!answer && !h.count)
		answer = toolkit_failed(q.unread ? "You have no unread mail." : "I find no mail like that.");
	if (!answer)
		snprintf(id, BOX_ID_BYTES, "%s", h.all[0].id);
	heads_close(&h);
	return answer;
}

static struct cJSON *read_one(struct request *r)
{
	char id[BOX_ID_BYTES] = "";
	struct cJSON *answer = NULL;
	struct message m = { .text = NULL };
	int got;

	if (r->id)
		snprintf(id, sizeof id, "%s", strlen(r->id) < sizeof id ? r->id : "?");
	else
		answer = choose(r, id);
	if (answer)
		return answer;
	got = r->box.kind->read(&r->box, id, &m);
	answer = got < 0 ? trouble(r)
		 : got	 ? toolkit_failed("That mail is not there any more.")
			 : read_aloud(r, id, &m);
	message_close(&m);
	return answer;
}

/* --- send */

/* Of this one call; by hand, of what is sent: the same mail does not go out twice. */
static void make_key(const struct request *r, const struct recipients *to, char out[DIGEST_HEX_BYTES])
{
	const char *call = getenv("RINGDOWN_TOOL_CALL");
	char *key = NULL;

	if (call && *call ? asprintf(&key, "call %s", call) < 0
			  : asprintf(&key, "hand %s %s %s %s", to->address[0], to->count > 1 ? to->address[1] : "",
				     r->subject ? r->subject : "", r->text) < 0)
		key = NULL;
	digest_hex(key ? key : r->text, out);
	free(key);
}

static void say_names(const struct recipients *to, char *out, size_t size)
{
	size_t used = 0;

	for (int i = 0; i < to->count && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s",
					 i == 0		      ? ""
					 : i + 1 == to->count ? " and "
							      : ", ",
					 to->name[i]);
}

static struct cJSON *gone(const struct recipients *to, const char *id, const char *how)
{
	char names[RECIPIENTS_MAX * 90];
	struct cJSON *list = cJSON_CreateArray();

	say_names(to, names, sizeof names);
	for (int i = 0; i < to->count; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(to->address[i]));
	return toolkit_data(toolkit_ok("The mail to %s %s.", names, how), json_make("message_id:s to:j", id, list));
}

/* It went out, or may have: what the box can see decides. */
static struct cJSON *settle(struct request *r, struct sent *s, const struct letter *l, const struct recipients *to)
{
	int was = r->box.kind->was_sent(&r->box, l);

	if (was > 0) {
		(void)sent_done(s);
		return gone(to, l->id, "is sent");
	}
	if (was == 0) {
		sent_forget(s);
		return toolkit_failed("%s The mail was not sent.", r->box.trouble.text);
	}
	return toolkit_unknown(
		"%s I do not know whether the mail was sent, and do not send it twice. It is best to ask "
		"whether it arrived.",
		r->box.trouble.text);
}

static struct cJSON *send_letter(struct request *r, struct sent *s, struct letter *l, const struct recipients *to)
{
	const struct box_kind *kind = r->box.kind;

	if (kind->prepare(&r->box, l) < 0)
		return trouble(r);
	if (sent_begin(s, l->draft) < 0) {
		fprintf(stderr, "cannot write %s: %s\n", s->path, strerror(errno));
		return toolkit_failed("I cannot send mail: I have no place to note down that I did.");
	}
	if (kind->send(&r->box, l) < 0) {
		if (r->box.trouble.outcome == FETCH_UNKNOWN)
			return settle(r, s, l, to);
		sent_forget(s);
		return trouble(r);
	}
	if (sent_done(s) < 0)
		fprintf(stderr, "cannot write %s: %s\n", s->path, strerror(errno));
	return gone(to, l->id, "is sent");
}

/* A mail that was begun before, by a life of ours that ended: it is looked for, and never sent again blindly. */
static struct cJSON *again(struct request *r, struct sent *s, struct letter *l, const struct recipients *to)
{
	if (s->state == SENT_DONE)
		return gone(to, l->id, "was sent before");
	snprintf(l->draft, sizeof l->draft, "%s", s->draft);
	snprintf(r->box.trouble.text, TROUBLE_BYTES, "I tried to send that before.");
	return settle(r, s, l, to);
}

static struct cJSON *with_letter(struct request *r, const struct recipients *to, const char *key, struct sent *s)
{
	const char *list[RECIPIENTS_MAX + 1] = { NULL };
	char address[MAILADDRESS_BYTES], id[MAILADDRESS_BYTES + 80];
	struct message_draft d = {
		.from = r->box.from, .to = list, .subject = r->subject, .text = r->text, .id = id, .at = r->now
	};
	struct letter l = { .address = address, .to = list, .id = id };
	struct cJSON *answer;
	char *text;

	for (int i = 0; i < to->count; i++)
		list[i] = to->address[i];
	if (message_address(r->box.from, address, sizeof address) < 0)
		return toolkit_failed("I cannot send mail: nobody is set up to write as.");
	snprintf(id, sizeof id, "%.32s@%s", key, strchr(address, '@') + 1);
	text = message_make(&d, &l.bytes);
	l.text = text;
	if (!text)
		return toolkit_failed("I cannot send mail: there is no memory left.");
	answer = s->state == SENT_NOT ? send_letter(r, s, &l, to) : again(r, s, &l, to);
	free(text);
	return answer;
}

static struct cJSON *send_mail(struct request *r)
{
	char why[RECIPIENTS_WHY_BYTES], key[DIGEST_HEX_BYTES];
	struct recipients to;
	struct sent s;

	if (!r->text)
		return toolkit_failed("What shall I write?");
	if (strlen(r->text) > MAIL_TEXT_MAX_BYTES)
		return toolkit_failed("That is too long for a mail.");
	if (recipients_read(&to, r->to ? r->to : "", why) < 0)
		return toolkit_failed("%s", why);
	r->subject = r->subject ? r->subject : "A message by telephone";
	make_key(r, &to, key);
	if (sent_open(&s, key) < 0) {
		fprintf(stderr, "cannot read %s: %s\n", *s.path ? s.path : "the tool's folder", strerror(errno));
		return toolkit_failed("I cannot send mail: I have no place to note down that I did.");
	}
	if (s.state == SENT_NOT && sent_lately(&s) >= SENT_PER_HOUR)
		return toolkit_failed("That were %d mails in an hour. Try again later.", SENT_PER_HOUR);
	return with_letter(r, &to, key, &s);
}

/* --- */

static const struct {
	const char *name;
	struct cJSON *(*run)(struct request *r);
} deeds[] = { { "unread", unread }, { "search", search }, { "read", read_one }, { "send", send_mail } };

static const char *said(const struct cJSON *arguments, const char *name)
{
	const char *text = json_text(arguments, name);

	return text && text[strspn(text, " \t\r\n")] ? text : NULL;
}

struct cJSON *mail_run(const struct cJSON *arguments)
{
	const char *deed = json_text(arguments, "do");
	struct request r = { .arguments = arguments,
			     .to = said(arguments, "to"),
			     .subject = said(arguments, "subject"),
			     .text = said(arguments, "text"),
			     .from = said(arguments, "from"),
			     .words = said(arguments, "words"),
			     .when = said(arguments, "when"),
			     .id = said(arguments, "id"),
			     .part = (int)json_whole(arguments, "part", 0, 0, 1000),
			     .now = time(NULL) };
	struct cJSON *answer = NULL;

	if (box_missing())
		return toolkit_unavailable("There is no mailbox that I could use: %s.", box_missing());
	if (when_zone(getenv("RINGDOWN_TZ")) < 0)
		return toolkit_failed("I cannot tell the time: there is no memory left.");
	for (size_t i = 0; deed && !answer && i < sizeof deeds / sizeof deeds[0]; i++)
		if (strcmp(deed, deeds[i].name) == 0) {
			answer = box_open(&r.box) < 0 ? trouble(&r) : deeds[i].run(&r);
			box_close(&r.box);
		}
	return answer ? answer : toolkit_failed("do: unread, search, read or send expected.");
}
