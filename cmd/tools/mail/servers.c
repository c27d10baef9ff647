/* A mailbox by IMAP, and sending by SMTP, both through libcurl. Looking at heads leaves a mail unread (BODY.PEEK); to
 * read one marks it. */
#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box.h"
#include "imapreply.h"

#define CONNECT_MS 5000
#define TOTAL_MS 15000
#define COMMAND_BYTES 1400
#define LIMIT_BYTES 2097152u
#define RANGE 1500 /* UIDs that surely go into one line */

static void address(const struct box *b, const char *mailbox, const char *more, char *url, size_t size)
{
	char escaped[400];
	size_t n = strlen(b->imap);

	n -= n && b->imap[n - 1] == '/';
	snprintf(url, size, "%.*s/%s%s", (int)(n < 512 ? n : 512), b->imap,
		 ask_escape(mailbox, escaped, sizeof escaped), more);
}

static void command(struct box *b, const char *mailbox, const char *words, struct ask_answer *a)
{
	char url[1024];

	address(b, mailbox, "", url, sizeof url);
	ask_for(&b->ask, a,
		&(struct fetch_request){ .url = url,
					 .method = words,
					 .user = *b->login ? b->login : NULL,
					 .connect_ms = CONNECT_MS,
					 .total_ms = TOTAL_MS,
					 .limit_bytes = LIMIT_BYTES,
					 .replies = true },
		NULL);
}

/* --- finding */

/* The words of somebody in quotes, without what ends these; a % would be decoded by libcurl. */
static void append_quoted(char *out, size_t size, const char *key, const char *words)
{
	size_t n = strlen(out);

	n += (size_t)snprintf(out + n, size - n, " %s \"", key);
	for (size_t taken = 0; *words && taken < 150 && n + 6 < size; words++, taken++) {
		if ((unsigned char)*words < ' ' || *words == 0x7f || *words == '"' || *words == '\\')
			out[n++] = ' ';
		else if (*words == '%')
			n += (size_t)snprintf(out + n, size - n, "%%25");
		else
			out[n++] = *words;
	}
	snprintf(out + n, size - n, "\"");
}

static bool is_ascii(const char *text)
{
	for (; text && *text; text++)
		if ((unsigned char)*text > 126)
			return false;
	return true;
}

/* 1-Nov-2026, whatever the language of this machine. */
static void append_day(char *out, size_t size, const char *key, time_t at)
{
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	size_t n = strlen(out);
	struct tm t;

	localtime_r(&at, &t);
	snprintf(out + n, size - n, " %s %d-%s-%d", key, t.tm_mday, months[t.tm_mon], t.tm_year + 1900);
}

/* What is looked for; before it, whether the words are more than ASCII. */
static void write_search(const struct query *q, char out[COMMAND_BYTES])
{
	bool plain = is_ascii(q->from) && is_ascii(q->words);

	snprintf(out, COMMAND_BYTES, "%s%s", plain ? "" : "CHARSET UTF-8 ", q->unread ? "UNSEEN" : "ALL");
	if (q->since)
		append_day(out, COMMAND_BYTES, "SINCE", q->since);
	if (q->before)
		append_day(out, COMMAND_BYTES, "BEFORE", q->before);
	if (q->from)
		append_quoted(out, COMMAND_BYTES, "FROM", q->from);
	if (q->words)
		append_quoted(out, COMMAND_BYTES, "TEXT", q->words);
}

/* The command's answer, of which the reader takes what it needs. */
static int search(struct box *b, const char *mailbox, const char *words, struct ask_answer *a)
{
	char url[1024];

	command(b, mailbox, words, a);
	address(b, mailbox, "", url, sizeof url);
	return a->outcome == FETCH_DONE ? 0 : trouble_of(&b->trouble, BOX_WHO, "search", url, a, NULL);
}

/* How many there are and the highest; *count stays -1 where the server does not count. A line of libcurl's holds 16 kB,
 * three thousand UIDs: where there are more, only the last are asked for by number. */
static int count_all(struct box *b, const char *criteria, long *count, unsigned long *max)
{
	char words[COMMAND_BYTES + 64];
	struct ask_answer a;
	int failed = 0;

	snprintf(words, sizeof words, "UID SEARCH RETURN (COUNT MAX) %s", criteria);
	command(b, b->mailbox, words, &a);
	if (a.outcome == FETCH_DONE)
		(void)imapreply_count(a.body, a.body_bytes, count, max);
	else if (!strstr(a.why, "command failed") && !strstr(a.why, "BAD"))
		failed = trouble_of(&b->trouble, BOX_WHO, "search", b->imap, &a, NULL);
	ask_answer_close(&a);
	return failed;
}

static int find_uids(struct box *b, const char *criteria, unsigned long *uids, size_t most, size_t *found, long *total)
{
	char words[COMMAND_BYTES + 64], range[48] = "";
	unsigned long max = 0;
	struct ask_answer a;
	long count = -1;
	int failed = count_all(b, criteria, &count, &max);

	if (failed || count == 0)
		return failed;
	if (count > RANGE && max > RANGE)
		snprintf(range, sizeof range, " UID %lu:%lu", max - RANGE, max);
	snprintf(words, sizeof words, "UID SEARCH %s%s", criteria, range);
	failed = search(b, b->mailbox, words, &a);
	if (!failed)
		*found = imapreply_search(a.body, a.body_bytes, uids, most, total);
	if (count > *total)
		*total = count;
	ask_answer_close(&a);
	return failed;
}

/* In the order of uids, whatever the order of the replies is. */
static void take_head(struct heads *h, const unsigned long *uids, size_t count, const struct imapreply_head *one)
{
	for (size_t i = 0; i < count; i++)
		if (uids[i] == one->uid && !*h->all[i].id) {
			snprintf(h->all[i].id, BOX_ID_BYTES, "%lu", one->uid);
			h->all[i].unread = !one->seen;
			(void)message_read(&h->all[i].message, one->bytes, one->n, false);
		}
}

/* Of each head so much and no more: libcurl takes 300 kB of replies at most, and one monster would hide the others. */
static int read_heads(struct box *b, const unsigned long *uids, size_t count, struct heads *h)
{
	char words[COMMAND_BYTES] = "UID FETCH ", url[1024];
	struct imapreply_head one;
	struct ask_answer a;
	size_t at = 0, n;
	int failed = 0;

	for (size_t i = 0; i < count; i++) {
		n = strlen(words);
		snprintf(words + n, sizeof words - n, "%s%lu", i ? "," : "", uids[i]);
	}
	n = strlen(words);
	snprintf(words + n, sizeof words - n,
		 " (UID FLAGS BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE MESSAGE-ID)]<0.4096>)");
	command(b, b->mailbox, words, &a);
	address(b, b->mailbox, "", url, sizeof url);
	if (a.outcome != FETCH_DONE)
		failed = trouble_of(&b->trouble, BOX_WHO, "read heads of", url, &a, NULL);
	while (!failed && imapreply_head(a.body, a.body_bytes, &at, &one))
		take_head(h, uids, count, &one);
	ask_answer_close(&a);
	return failed;
}

/* Those that vanished between the two commands leave a gap, which is closed. */
static void close_gaps(struct heads *h, size_t count)
{
	h->count = 0;
	for (size_t i = 0; i < count; i++)
		if (*h->all[i].id) {
			struct head one = h->all[i];

			h->all[i] = (struct head){ .unread = false };
			h->all[h->count++] = one;
		}
}

static int servers_find(struct box *b, const struct query *q, size_t most, struct heads *h)
{
	unsigned long uids[BOX_HEADS_MAX];
	char words[COMMAND_BYTES];
	size_t count = 0, wanted = most < BOX_HEADS_MAX ? most : BOX_HEADS_MAX;

	*h = (struct heads){ .count = 0 };
	if (!b->imap)
		return trouble_say(&b->trouble, "I cannot read mail: no IMAP server was set up.");
	write_search(q, words);
	if (find_uids(b, words, uids, wanted, &count, &h->total) < 0)
		return -1;
	if (count && read_heads(b, uids, count, h) < 0)
		return -1;
	close_gaps(h, count);
	return 0;
}

/* --- reading */

static int servers_read(struct box *b, const char *id, struct message *m)
{
	char url[1024], more[80];
	struct ask_answer a;
	int failed;

	*m = (struct message){ .text = NULL };
	if (!b->imap)
		return trouble_say(&b->trouble, "I cannot read mail: no IMAP server was set up.");
	if (!*id || strlen(id) > 10 || id[strspn(id, "0123456789")])
		return trouble_say(&b->trouble, "id: one of the ids of unread or search expected.");
	snprintf(more, sizeof more, ";UID=%s;PARTIAL=0.%u", id, MESSAGE_MAX_BYTES);
	address(b, b->mailbox, more, url, sizeof url);
	ask_for(&b->ask, &a,
		&(struct fetch_request){ .url = url,
					 .user = *b->login ? b->login : NULL,
					 .connect_ms = CONNECT_MS,
					 .total_ms = TOTAL_MS,
					 .limit_bytes = MESSAGE_MAX_BYTES + 1024 },
		NULL);
	if (a.outcome == FETCH_DONE)
		failed = message_read(m, a.body, a.body_bytes, true) < 0
				 ? trouble_say(&b->trouble, "I cannot read the mail: there is no memory left.")
				 : 0;
	else if (strstr(a.why, "not found") || strstr(a.why, "not exist"))
		failed = 1;
	else
		failed = trouble_of(&b->trouble, BOX_WHO, "read a mail of", url, &a, NULL);
	ask_answer_close(&a);
	return failed;
}

/* --- sending */

static int servers_prepare(struct box *b, struct letter *l)
{
	(void)l;
	return b->smtp ? 0 : trouble_say(&b->trouble, "I cannot send mail: no SMTP server was set up.");
}

/* A server that says no says why, and that is what the caller should know. */
static int refused(struct box *b, const struct ask_answer *a)
{
	(void)trouble_of(&b->trouble, "The mail server", "send by", b->smtp, a, NULL);
	if (a->outcome == FETCH_UNKNOWN)
		return -1;
	if (strstr(a->why, "RCPT"))
		snprintf(b->trouble.text, TROUBLE_BYTES, "The mail server does not take mail for that address.");
	else if (strstr(a->why, "552"))
		snprintf(b->trouble.text, TROUBLE_BYTES, "The mail is too big for the mail server.");
	else if (strstr(a->why, ": 4") || strstr(a->why, "(4"))
		snprintf(b->trouble.text, TROUBLE_BYTES, "The mail server has no time now. Try again in some minutes.");
	else if (strstr(a->why, ": 5") || strstr(a->why, "(5"))
		snprintf(b->trouble.text, TROUBLE_BYTES, "The mail server refused the mail.");
	if (strstr(a->why, "denied"))
		snprintf(b->trouble.text, TROUBLE_BYTES, "The mail server does not accept our password.");
	return -1;
}

/* A copy where the owner keeps what was sent. Without one the mail is sent all the same. */
static void keep_copy(struct box *b, const struct letter *l)
{
	struct trouble unused;
	struct ask_answer a;
	char url[1024];

	if (!b->sent || !b->imap)
		return;
	address(b, b->sent, "", url, sizeof url);
	ask_for(&b->ask, &a,
		&(struct fetch_request){ .url = url,
					 .user = *b->login ? b->login : NULL,
					 .body = l->text,
					 .body_bytes = l->bytes,
					 .connect_ms = CONNECT_MS,
					 .total_ms = TOTAL_MS,
					 .limit_bytes = 65536 },
		NULL);
	if (a.outcome != FETCH_DONE)
		(void)trouble_of(&unused, BOX_WHO, "keep a copy in", url, &a, NULL);
	ask_answer_close(&a);
}

static int servers_send(struct box *b, const struct letter *l)
{
	struct ask_answer a;
	int failed = 0;

	ask_for(&b->ask, &a,
		&(struct fetch_request){ .url = b->smtp,
					 .user = *b->login ? b->login : NULL,
					 .mail_from = l->address,
					 .mail_to = l->to,
					 .body = l->text,
					 .body_bytes = l->bytes,
					 .connect_ms = CONNECT_MS,
					 .total_ms = TOTAL_MS,
					 .limit_bytes = 65536 },
		NULL);
	if (a.outcome != FETCH_DONE)
		failed = refused(b, &a);
	ask_answer_close(&a);
	if (!failed)
		keep_copy(b, l);
	return failed;
}

/* Where the server keeps what it sent, or with the owner, if they wrote to themselves: there it is, if it was. That it
 * is not there proves nothing. */
static int servers_was_sent(struct box *b, const struct letter *l)
{
	struct trouble before = b->trouble;
	const char *const boxes[] = { b->sent, b->mailbox };
	char words[400];
	int found = -1;

	snprintf(words, sizeof words, "UID SEARCH HEADER Message-ID \"<%.200s>\"", l->id);
	for (size_t i = 0; b->imap && i < 2 && found < 0; i++) {
		struct ask_answer a = { .status = 0 };
		unsigned long uid;
		long total;

		if (boxes[i] && search(b, boxes[i], words, &a) == 0 &&
		    imapreply_search(a.body, a.body_bytes, &uid, 1, &total) > 0)
			found = 1;
		ask_answer_close(&a);
	}
	b->trouble = before;
	return found;
}

const struct box_kind box_servers = { servers_find, servers_read, servers_prepare, servers_send, servers_was_sent };
