/* A mailbox at Google through Gmail's REST API, version 1. What is sent is a draft first: sending takes the draft away,
 * so that afterwards one can see whether it was done. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64url.h"
#include "box.h"
#include "json.h"

#define URL_SIZE 6000
#define WORDS_MAX 150

/* --- finding */

/* Words in quotes, without what ends them: no part of them is a search term of its own. */
static void append_words(char *out, size_t size, const char *key, const char *words)
{
	char clean[WORDS_MAX + 1];
	size_t n = 0, used = strlen(out);

	for (; *words && n < WORDS_MAX; words++)
		clean[n++] = (unsigned char)*words < ' ' || *words == '"' || *words == '\\' ? ' ' : *words;
	clean[n] = 0;
	snprintf(out + used, size - used, "%s%s\"%s\"", used ? " " : "", key, clean);
}

static void append_day(char *out, size_t size, const char *key, time_t at)
{
	size_t used = strlen(out);

	snprintf(out + used, size - used, "%s%s%lld", used ? " " : "", key, (long long)at); /* seconds are allowed */
}

static void write_query(const struct query *q, char *out, size_t size)
{
	snprintf(out, size, "%s", q->unread ? "is:unread" : "");
	if (q->from)
		append_words(out, size, "from:", q->from);
	if (q->words)
		append_words(out, size, "", q->words);
	if (q->since)
		append_day(out, size, "after:", q->since - 1);
	if (q->before)
		append_day(out, size, "before:", q->before);
}

static bool has_label(const struct cJSON *message, const char *name)
{
	const struct cJSON *label;

	cJSON_ArrayForEach(label, json_array(message, "labelIds")) {
		if (cJSON_IsString(label) && strcmp(label->valuestring, name) == 0)
			return true;
	}
	return false;
}

static bool is_id(const char *id)
{
	return id && *id && strlen(id) < BOX_ID_BYTES &&
	       id[strspn(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_")] == 0;
}

/* The head as a text, for its words are encoded as those of any mail. */
static int read_head(struct head *one, const struct cJSON *message)
{
	const struct cJSON *header;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int failed;

	if (!out)
		return -1;
	cJSON_ArrayForEach(header, json_array(json_object(message, "payload"), "headers")) {
		const char *name = json_text(header, "name"), *value = json_text(header, "value");

		if (name && value && !strpbrk(name, "\r\n:") && !strpbrk(value, "\r\n"))
			fprintf(out, "%s: %s\r\n", name, value);
	}
	fputs("\r\n", out);
	if (fclose(out) != 0)
		return free(text), -1;
	failed = message_read(&one->message, text, size, false);
	free(text);
	one->unread = has_label(message, "UNREAD");
	return failed;
}

static int add_head(struct box *b, const char *id, struct heads *h)
{
	char url[URL_SIZE];
	struct cJSON *message;
	struct head *one = &h->all[h->count];
	int failed;

	if (!is_id(id))
		return 0;
	snprintf(url, sizeof url,
		 "%s/messages/%s?format=metadata&metadataHeaders=From&metadataHeaders=Subject&metadataHeaders=Date",
		 b->base, id);
	message = google_json(&b->google, "GET", url, NULL);
	if (!message)
		return -1;
	snprintf(one->id, sizeof one->id, "%s", id);
	failed = read_head(one, message);
	h->count += failed == 0;
	cJSON_Delete(message);
	return failed;
}

static int gmail_find(struct box *b, const struct query *q, size_t most, struct heads *h)
{
	char words[600], escaped[1900], url[URL_SIZE];
	const struct cJSON *one;
	struct cJSON *list;
	int failed = 0;

	*h = (struct heads){ .count = 0 };
	write_query(q, words, sizeof words);
	snprintf(url, sizeof url, "%s/messages?labelIds=INBOX&maxResults=%zu&q=%s", b->base,
		 most < BOX_HEADS_MAX ? most : BOX_HEADS_MAX, ask_escape(words, escaped, sizeof escaped));
	list = google_json(&b->google, "GET", url, NULL);
	if (!list)
		return -1;
	h->total = json_whole(list, "resultSizeEstimate", 0, 0, 1000000);
	cJSON_ArrayForEach(one, json_array(list, "messages")) {
		if (h->count < BOX_HEADS_MAX && !failed)
			failed = add_head(b, json_text(one, "id"), h);
	}
	if (h->total < (long)h->count)
		h->total = (long)h->count;
	cJSON_Delete(list);
	return failed;
}

/* --- reading */

static void mark_read(struct box *b, const char *id)
{
	struct trouble before = b->trouble;
	struct cJSON *answer;
	char url[URL_SIZE];

	snprintf(url, sizeof url, "%s/messages/%s/modify", b->base, id);
	answer = google_json(&b->google, "POST", url,
			     json_make("removeLabelIds:j", cJSON_CreateStringArray((const char *[]){ "UNREAD" }, 1)));
	cJSON_Delete(answer);
	b->trouble = before;
}

static int read_raw(struct box *b, const struct cJSON *message, struct message *m)
{
	const char *raw = json_text(message, "raw");
	size_t n = 0;
	uint8_t *bytes = raw ? base64url_decode(raw, strlen(raw), &n) : NULL;
	int failed = -1;

	if (bytes)
		failed = message_read(m, (const char *)bytes, n, true);
	free(bytes);
	return failed < 0 ? trouble_say(&b->trouble, "The mailbox sent something that is no mail.") : 0;
}

static int gmail_read(struct box *b, const char *id, struct message *m)
{
	char url[URL_SIZE];
	struct cJSON *message;
	int failed;

	*m = (struct message){ .text = NULL };
	if (!is_id(id))
		return trouble_say(&b->trouble, "id: one of the ids of unread or search expected.");
	snprintf(url, sizeof url, "%s/messages/%s?format=raw", b->base, id);
	message = google_json(&b->google, "GET", url, NULL);
	if (!message)
		return b->trouble.status == 404 ? 1 : -1;
	failed = read_raw(b, message, m);
	if (!failed && has_label(message, "UNREAD"))
		mark_read(b, id);
	cJSON_Delete(message);
	return failed;
}

/* --- sending */

static int gmail_prepare(struct box *b, struct letter *l)
{
	char url[URL_SIZE], *raw = base64url_encode(l->text, l->bytes);
	struct cJSON *draft;
	const char *id;

	if (!raw)
		return trouble_say(&b->trouble, "I cannot send mail: there is no memory left.");
	snprintf(url, sizeof url, "%s/drafts", b->base);
	draft = google_json(&b->google, "POST", url, json_make("message:j", json_make("raw:s", raw)));
	free(raw);
	id = json_text(draft, "id");
	if (is_id(id))
		snprintf(l->draft, sizeof l->draft, "%s", id);
	else if (draft)
		(void)trouble_say(&b->trouble, "The mailbox made no draft.");
	b->trouble.outcome = FETCH_NOT_DONE; /* a draft is no mail */
	cJSON_Delete(draft);
	return *l->draft ? 0 : -1;
}

static int gmail_send(struct box *b, const struct letter *l)
{
	char url[URL_SIZE];
	struct cJSON *sent;

	snprintf(url, sizeof url, "%s/drafts/send", b->base);
	sent = google_json(&b->google, "POST", url, json_make("id:s", l->draft));
	cJSON_Delete(sent);
	if (!sent && b->trouble.status == 404) /* it was there: an attempt before, of which we heard nothing, took it */
		b->trouble.outcome = FETCH_UNKNOWN;
	return sent ? 0 : -1;
}

/* 404: the draft became a mail. */
static int gmail_was_sent(struct box *b, const struct letter *l)
{
	struct trouble before = b->trouble;
	struct ask_answer a;
	char url[URL_SIZE];
	int sent = -1;

	if (!is_id(l->draft))
		return -1;
	snprintf(url, sizeof url, "%s/drafts/%s?format=minimal", b->base, l->draft);
	if (google_ask(&b->google, "GET", url, NULL, NULL, &a) == 0)
		sent = a.status == 404 ? 1 : a.status == 200 ? 0 : -1;
	ask_answer_close(&a);
	b->trouble = before;
	return sent;
}

const struct box_kind box_gmail = { gmail_find, gmail_read, gmail_prepare, gmail_send, gmail_was_sent };
