#include "ask.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"

#define AGAIN_MAX 2
#define AGAIN_WAIT_MAX_S 5

struct waiting { /* between a request's callbacks and ours */
	struct ask *session;
	struct ask_answer *answer;
	const struct fetch_request *request;
	void *ctx;
};

int ask_open(struct ask *s)
{
	*s = (struct ask){ .pool = NULL };
	if (loop_open(&s->loop) < 0)
		return -1;
	s->pool = fetch_pool_open(&s->loop);
	if (s->pool)
		return 0;
	loop_close(&s->loop);
	return errno = ENOMEM, -1;
}

void ask_close(struct ask *s)
{
	if (!s->pool)
		return;
	fetch_pool_close(s->pool);
	loop_close(&s->loop);
	*s = (struct ask){ .pool = NULL };
}

static bool on_connect(void *ctx, const struct sockaddr *a, socklen_t n)
{
	struct waiting *w = ctx;

	return w->request->may_connect(w->ctx, a, n);
}

static void on_head(void *ctx, const struct fetch_answer *a)
{
	struct waiting *w = ctx;

	w->request->on_head(w->ctx, a);
}

static void on_bytes(void *ctx, const char *bytes, size_t n)
{
	struct waiting *w = ctx;

	w->request->on_bytes(w->ctx, bytes, n);
}

static void fail(struct ask_answer *a, enum fetch_outcome outcome, const char *why)
{
	a->status = 0;
	a->outcome = outcome;
	snprintf(a->why, sizeof a->why, "%s", why);
}

static void copy_words(char out[ASK_WORDS_BYTES], const char *words)
{
	snprintf(out, ASK_WORDS_BYTES, "%s", words ? words : "");
}

static char *copy_bytes(const char *bytes, size_t n)
{
	char *copy = malloc(n + 1);

	if (copy && n)
		memcpy(copy, bytes, n);
	if (copy)
		copy[n] = 0;
	return copy;
}

static void on_answer(void *ctx, const struct fetch_answer *from)
{
	struct waiting *w = ctx;
	struct ask_answer a = {
		.status = from->status, .outcome = from->outcome, .cut = from->cut, .retry_after_s = from->retry_after_s
	};

	copy_words(a.type, from->type);
	copy_words(a.why, from->why);
	copy_words(a.etag, fetch_header(from, "ETag"));
	a.location = from->location ? strdup(from->location) : NULL;
	a.body = copy_bytes(from->body, from->body_bytes);
	a.body_bytes = a.body ? from->body_bytes : 0;
	*w->answer = a;
	loop_stop(&w->session->loop);
}

/* What is left of the owner's time; 0: nothing. */
static unsigned time_left_ms(const struct ask *s, unsigned wanted_ms)
{
	uint64_t now = clock_us(), left_ms;

	if (!s->until_us)
		return wanted_ms;
	left_ms = s->until_us > now ? (s->until_us - now) / MS : 0;
	return !wanted_ms || left_ms < wanted_ms ? (unsigned)left_ms : wanted_ms;
}

static void wait_for(struct waiting *w, const struct fetch_request *request)
{
	struct ask_answer *a = w->answer;
	struct fetch *f = fetch_start(&w->session->loop, request, on_answer, w);

	w->session->loop.stopped = false;
	if (!f) {
		fail(a, FETCH_NOT_DONE, "there is no memory left");
	} else if (loop_run(&w->session->loop) < 0) {
		int why = errno;

		fetch_cancel(f);
		fail(a, FETCH_UNKNOWN, strerror(why));
	} else if (!a->body) {
		fail(a, a->outcome == FETCH_DONE ? FETCH_UNKNOWN : a->outcome, "there is no memory left");
	}
}

void ask_for(struct ask *s, struct ask_answer *a, const struct fetch_request *r, void *ctx)
{
	struct waiting w = { .session = s, .answer = a, .request = r, .ctx = ctx };
	struct fetch_request request = *r;

	*a = (struct ask_answer){ .status = 0 };
	request.pool = s->pool;
	request.may_connect = r->may_connect ? on_connect : NULL;
	request.on_head = r->on_head ? on_head : NULL;
	request.on_bytes = r->on_bytes ? on_bytes : NULL;
	request.total_ms = time_left_ms(s, r->total_ms);
	if (s->until_us && !request.total_ms)
		fail(a, FETCH_NOT_DONE, "there is no time left");
	else
		wait_for(&w, &request);
	if (!a->body)
		a->body = calloc(1, 1);
}

void ask_answer_close(struct ask_answer *a)
{
	free(a->body);
	free(a->location);
	*a = (struct ask_answer){ .status = 0 };
}

bool ask_again(const struct ask *s, const struct ask_answer *a, int tries)
{
	long seconds = a->retry_after_s ? a->retry_after_s : 1L << tries;
	struct timespec pause = { .tv_sec = seconds };
	uint64_t until_us = clock_us() + (uint64_t)seconds * SECOND;

	if (a->status != 408 && a->status != 429 && a->status != 503)
		return false;
	if (tries >= AGAIN_MAX || seconds > AGAIN_WAIT_MAX_S || (s->until_us && until_us > s->until_us))
		return false;
	(void)nanosleep(&pause, NULL); /* there is nothing else to do meanwhile */
	return true;
}

char *ask_escape(const char *text, char *out, size_t size)
{
	size_t n = 0;

	for (const unsigned char *p = (const unsigned char *)text; *p && n + 4 <= size; p++)
		if (isalnum(*p) || strchr("-._~", *p))
			out[n++] = (char)*p;
		else
			n += (size_t)snprintf(out + n, size - n, "%%%02X", *p);
	out[n] = 0;
	return out;
}
