#include "call.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "json.h"

#define DOCUMENTS_MAX 100 /* a document that redirects to itself would go on for ever */
#define DIAL_US SECOND	  /* until a simulated callee answers, or does not */
#define KEY_MS 150
#define EARLY_MS 300 /* from a final status that comes too early to the stream that comes all the same */

static void run(struct call *c);

static void finish(struct call *c)
{
	if (c->summary->end && !c->streaming && !c->telling && !dialer_busy(&c->dialer))
		c->on_over(c->ctx);
}

/* A status callback beside the call, as call progress events come: in any order. */
static void tell_beside(struct call *c, const char *status, const char *number)
{
	const struct field more[] = { { "CallbackSource", "call-progress-events" }, { "SequenceNumber", number } };

	if (c->status)
		(void)dialer_beside(&c->dialer, "status", c->status, status, more, 2);
}

void call_end(struct call *c, const char *who, const char *error)
{
	char seconds[24], text[300];
	const struct field more[] = { { "CallDuration", seconds }, { "CallbackSource", "call-progress-events" } };

	if (c->summary->end)
		return;
	summary_end(c->summary, who, error);
	progress_line(c->progress, "over", "ended by: %s%s%s", who, error ? ": " : "", error ? error : "");
	timer_stop(c->loop, &c->wait);
	timer_stop(c->loop, &c->duplicate);
	dialer_cancel(&c->dialer);
	if (!c->manners->status_first)
		talk_stop(&c->talk);
	snprintf(seconds, sizeof seconds, "%.0f", summary_ms(c->summary, clock_us()) / 1000);
	if (c->status && c->documents) /* who gave no document hears nothing more */
		c->telling = dialer_ask(&c->dialer, c->status, "POST", c->last_status ? c->last_status : "completed",
					more, 2, false, text, sizeof text) == 0;
	if (!c->telling)
		talk_stop(&c->talk);
	finish(c);
}

__attribute__((format(printf, 2, 3))) static void fail(struct call *c, const char *format, ...)
{
	char text[400];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (!c->summary->answered)
		c->last_status = "failed";
	call_end(c, "error", text);
}

static void ask(struct call *c, const char *url, const char *method, const struct field *more, size_t count)
{
	const char *status = c->summary->answered ? "in-progress" : "ringing";
	char error[300];

	if (c->documents == DOCUMENTS_MAX)
		fail(c, "%u documents and no end: a loop", c->documents);
	else if (dialer_ask(&c->dialer, url, method, status, more, count, true, error, sizeof error) < 0)
		fail(c, "%s", error);
}

static void warn(struct call *c, int code, const char *text)
{
	c->talk.stream.calls->on_warning(&c->talk, code, text);
}

static void on_warning(void *ctx, int code, const char *text)
{
	warn(ctx, code, text);
}

/* --- verbs that take time */

static void on_waited(void *ctx)
{
	run(ctx);
}

static void on_dialed(void *ctx)
{
	struct call *c = ctx;
	const struct twiml_step *s = &c->document.step[c->step - 1];
	bool answered = strcmp(c->dial_result, "completed") == 0;
	const struct field more[] = { { "DialCallStatus", c->dial_result },
				      { "DialCallSid", "CA00000000000000000000000000000d1a" },
				      { "DialBridged", answered ? "true" : "false" },
				      { "DialCallDuration", answered ? "5" : "0" } };

	progress_line(c->progress, "dial", "%s", c->dial_result);
	if (s->action[0])
		ask(c, s->action, s->method, more, 4);
	else
		run(c);
}

static void wait_for(struct call *c, uint64_t us, void (*on)(void *ctx))
{
	c->wait.on = on;
	timer_after(c->loop, &c->wait, us);
}

static uint64_t keys_us(const char *digits)
{
	uint64_t ms = 0;

	for (; *digits; digits++)
		ms += *digits == 'w' ? 500 : *digits == 'W' ? 1000 : KEY_MS;
	return ms * MS;
}

/* --- verb by verb; false: the next one comes later, or never */

static bool open_stream(struct call *c, const char *url, const struct twiml_step *step)
{
	char to[URL_BYTES], headers[160], error[300];

	c->talk.stream.step = step;
	c->opened_us = 0;
	c->streaming =
		dialer_stream(&c->dialer, url, to, sizeof to, headers, sizeof headers, error, sizeof error) == 0 &&
		talk_stream(&c->talk, to, headers, error, sizeof error) == 0;
	if (!c->streaming)
		fail(c, "%s", error);
	return c->streaming;
}

static void connect_stream(void *ctx)
{
	struct call *c = ctx;
	const struct twiml_step *s = &c->document.step[c->step - 1];

	if (open_stream(c, s->url, s))
		talk_begin(&c->talk);
}

static bool do_connect(struct call *c, const struct twiml_step *s)
{
	double late_ms = c->manners->late_stream_ms;

	if (!s->url[0]) {
		warn(c, 31923, "<Connect> without a <Stream url>");
		return true;
	}
	summary_text(c->summary, "verbs", "Stream");
	if (c->manners->status_early) {
		tell_beside(c, "completed", "3");
		late_ms = late_ms > EARLY_MS ? late_ms : EARLY_MS;
	}
	if (late_ms > 0)
		wait_for(c, (uint64_t)(late_ms * 1000), connect_stream);
	else
		connect_stream(c);
	return false;
}

static bool do_say(struct call *c, const struct twiml_step *s)
{
	talk_begin(&c->talk);
	summary_text(c->summary, "said", s->text);
	summary_number(c->summary, "said_ms", summary_ms(c->summary, clock_us()));
	progress_line(c->progress, "carrier", "says \"%s\"", s->text);
	return true;
}

static bool do_play(struct call *c, const struct twiml_step *s)
{
	talk_begin(&c->talk);
	if (!s->text[0])
		return true; /* a sound file: not fetched */
	summary_text(c->summary, "digits", s->text);
	progress_line(c->progress, "carrier", "presses %s", s->text);
	wait_for(c, keys_us(s->text), on_waited);
	return false;
}

static bool do_dial(struct call *c, const struct twiml_step *s)
{
	talk_begin(&c->talk);
	summary_text(c->summary, "dialed", s->text);
	progress_line(c->progress, "dial", "%s", s->text);
	wait_for(c, DIAL_US, on_dialed);
	return false;
}

static bool do_step(struct call *c, const struct twiml_step *s)
{
	summary_text(c->summary, "verbs", twiml_name(s->verb));
	switch (s->verb) {
	case TWIML_CONNECT: return do_connect(c, s);
	case TWIML_SAY: return do_say(c, s);
	case TWIML_PLAY: return do_play(c, s);
	case TWIML_DIAL: return do_dial(c, s);
	case TWIML_REDIRECT: ask(c, s->url, s->method, NULL, 0); return false;
	case TWIML_PAUSE: wait_for(c, s->seconds * SECOND, on_waited); return false;
	case TWIML_REJECT:
		c->last_status = strcmp(s->text, "busy") == 0 ? "busy" : "no-answer";
		call_end(c, "reject", s->text[0] ? s->text : "rejected");
		return false;
	case TWIML_HANGUP: call_end(c, "assistant", NULL); return false;
	}
	return true;
}

/* From the verb that comes next to one that takes time. A document's end hangs up. */
static void run(struct call *c)
{
	while (c->step < c->document.count)
		if (!do_step(c, &c->document.step[c->step++]))
			return;
	call_end(c, "assistant", NULL);
}

/* --- what comes back */

static bool is_twiml(const char *type)
{
	static const char *const types[] = { "text/xml", "application/xml", "text/html" };
	size_t n = type ? strcspn(type, "; ") : 0;

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strlen(types[i]) == n && strncmp(types[i], type, n) == 0)
			return true;
	return false;
}

static void on_late_duplicate(void *ctx)
{
	struct call *c = ctx;
	char url[URL_BYTES];

	(void)dialer_beside(&c->dialer, "duplicate", url_print(&c->dialer.public, url, sizeof url), "ringing", NULL, 0);
}

static void first_document(struct call *c)
{
	if (c->manners->late_duplicate_ms > 0)
		timer_after(c->loop, &c->duplicate, (uint64_t)(c->manners->late_duplicate_ms * 1000));
	if (c->manners->status_odd)
		tell_beside(c, "initiated", "0");
}

/* Every answer, for the record; bodies are told apart, not kept. */
static void on_record(void *ctx, const struct dialer_record *r)
{
	struct call *c = ctx;
	unsigned long sum = 5381;

	for (size_t i = 0; i < r->body_bytes; i++)
		sum = (sum * 33 + (unsigned char)r->body[i]) & 0xffffffff;
	summary_object(c->summary, "webhooks",
		       json_make("what:s url:s status:i ms:n sum:n", r->what, r->url, r->status, (long long)r->ms,
				 (long long)sum));
}

static void on_idle(void *ctx)
{
	finish(ctx);
}

static void on_answer(void *ctx, const struct fetch_answer *a)
{
	struct call *c = ctx;
	char error[200];
	int code;

	if (c->summary->end) { /* the status callback's: its content is nothing to us */
		c->telling = false;
		talk_stop(&c->talk);
		if (c->manners->status_twice)
			tell_beside(c, c->last_status ? c->last_status : "completed", "3");
		finish(c);
		return;
	}
	if (a->why)
		fail(c, "cannot fetch the document: %s", a->why);
	else if (a->status != 200)
		fail(c, "cannot fetch the document: HTTP %d (Twilio's error 11200)", a->status);
	else if (!is_twiml(a->type))
		fail(c, "cannot read the document: Content-Type %.60s (Twilio's error 12300)",
		     a->type ? a->type : "absent");
	else if ((code = twiml_read(&c->document, a->body, a->body_bytes, on_warning, c, error, sizeof error)))
		fail(c, "cannot read the document: %s (Twilio's error %d)", error, code);
	else {
		c->step = 0;
		if (c->documents++ == 0)
			first_document(c);
		run(c);
	}
}

static void on_stream_open(void *ctx)
{
	struct call *c = ctx;

	c->opened_us = clock_us();
	if (c->manners->status_odd)
		tell_beside(c, "ringing", "1");
}

/* Our server closed it, or it broke: either way the document goes on. */
static void on_stream_over(void *ctx, bool was_open, int status, const char *why)
{
	struct call *c = ctx;
	const struct twiml_step *s = c->talk.stream.step;
	char text[200];

	c->streaming = false;
	summary_object(c->summary, "stream_log",
		       json_make("opened_ms:f over_ms:f status:i why:s",
				 c->opened_us ? summary_ms(c->summary, c->opened_us) : -1.0,
				 summary_ms(c->summary, clock_us()), status, why));
	if (c->summary->end) {
		finish(c);
		return;
	}
	if (!was_open && !s) {
		fail(c, "cannot open the stream: %s", why);
		return;
	}
	progress_line(c->progress, "stream", "is over: %s", why);
	if (!was_open) {
		snprintf(text, sizeof text, "the stream did not open: %.150s", why);
		warn(c, status >= 300 ? 31920 : 31902, text);
	}
	if (!s)
		call_end(c, "assistant", NULL);
	else if (s->action[0])
		ask(c, s->action, s->method, NULL, 0);
	else
		run(c);
}

static void on_hang_up(void *ctx)
{
	call_end(ctx, "caller", NULL);
}

void call_begin(struct call *c)
{
	char url[URL_BYTES];

	c->wait = (struct timer){ .name = "verb", .ctx = c };
	c->duplicate = (struct timer){ .name = "duplicate", .on = on_late_duplicate, .ctx = c };
	c->dialer.ctx = c;
	c->dialer.on_answer = on_answer;
	c->dialer.on_record = on_record;
	c->dialer.on_idle = on_idle;
	c->dialer.twice = c->manners->duplicate_webhook;
	c->dialer.retry_ms = (unsigned)c->manners->webhook_retry_ms;
	c->talk.ctx = c;
	c->talk.on_stream_open = on_stream_open;
	c->talk.on_stream_over = on_stream_over;
	c->talk.on_hang_up = on_hang_up;
	c->talk.stream.account = c->dialer.account;
	c->talk.stream.call = c->dialer.call;
	progress_line(c->progress, "dial", "%s", c->url);
	if (c->dialer.public.scheme[0] == 'h') {
		url_print(&c->dialer.public, url, sizeof url);
		if (c->manners->status_odd)
			tell_beside(c, "in-progress", "2");
		ask(c, url, "POST", NULL, 0);
		return;
	}
	c->status = NULL; /* nobody to tell */
	(void)open_stream(c, c->url, NULL);
}
