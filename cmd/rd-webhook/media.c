#include "media.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "folder.h"
#include "head.h"
#include "log.h"
#include "ring.h"
#include "token.h"
#include "webhook.h"

static bool is_signed(struct webhook *w, const struct media_claim *m, const char *target, char *hint)
{
	char given[TRUST_SIGNATURE_BYTES], host[TRUST_HOST_BYTES];
	const struct trust_claim claim = {
		.target = target, .given = given, .host = host, .address = m->address, .upgrade = true
	};

	(void)head_text(m->head, "x-twilio-signature", given, sizeof given); /* "" if it is not there */
	(void)head_text(m->head, "host", host, sizeof host);
	return trust_signed(&w->trust, &claim, hint);
}

/* twilio.upgrade-signature: how Twilio signs upgrades is less certain than the rest, and the token is needed anyway. */
static bool may_pass(struct webhook *w, const struct media_claim *m, const char *target, char *hint)
{
	const char *rule = conf_text(w->service.conf, "twilio", NULL, "upgrade-signature");

	return strcmp(rule, "off") == 0 || is_signed(w, m, target, hint) || strcmp(rule, "log") == 0;
}

static const char *reason_of(int error)
{
	switch (error) {
	case ENOENT: return "unknown or used already";
	case ETIME: return "expired";
	case EINVAL: return "malformed";
	case EBADMSG:
	case EFBIG: return "not written by us";
	default: return strerror(error);
	}
}

/* What keeps a token from being good for its call now; NULL: nothing. One of a step that was not used is worth nothing
 * once the next step was answered: the stream of that one is where the caller is. */
static const char *outlived(const struct webhook *w, const struct token *t)
{
	if (!folder_exists(w->runtime, t->call))
		return "of a call that is gone";
	if (folder_ended(w->runtime, t->call, NULL, 0))
		return "of a call that has ended";
	return folder_answered(w->runtime, t->call, t->step + 1) ? "of a step that is over" : NULL;
}

/* The path of a stream is its token: nobody's business. Another path says what is wrong. */
static int refuse(struct webhook *w, const struct media_claim *m, const char *verdict, const char *detail, int status)
{
	const struct head_slice path = head_path(m->head);
	bool secret = path.n > 7 && memcmp(path.at, "/media/", 7) == 0;
	char shown[128];

	snprintf(shown, sizeof shown, "%.*s", (int)path.n, path.at);
	requests_note(&w->requests, "GET", secret ? "/media/…" : shown, verdict, "%d: %s", status, detail);
	return status;
}

static int refuse_token(struct webhook *w, const struct media_claim *m, const char *call, const char *reason)
{
	char shown[16];

	if (!refusals_may_say(&w->refusals, "token"))
		return 403;
	log_warn("stream refused: the token is %s address=%s%s%s", reason, m->address, *call ? " call=" : "",
		 log_short_call(call, shown));
	return refuse(w, m, "token", reason, 403);
}

int media_take(struct webhook *w, const struct media_claim *m, const char **why)
{
	char token[TOKEN_CHARS + 1], target[16 + TOKEN_CHARS], hint[TRUST_HINT_BYTES], shown[16];
	struct token t = { .step = 0 };
	const char *reason;

	*why = "no such WebSocket";
	if (!head_media_token(m->head, token))
		return refuse_token(w, m, "", "not there: /media/TOKEN is expected");
	snprintf(target, sizeof target, "/media/%s", token);
	*why = "the signature does not match";
	if (!may_pass(w, m, target, hint))
		return refuse(w, m, "signature", hint, 403);
	*why = "the token is not valid";
	reason = token_spend(w->runtime, token, clock_boot_ms(), &t) < 0 ? reason_of(errno) : outlived(w, &t);
	if (reason)
		return refuse_token(w, m, t.call, reason);
	*why = "the call is not reachable";
	if (ring_stream(w, t.call, t.step, m->bytes, m->n, m->fd) < 0) {
		log_error("cannot pass a stream to the supervisor: %s call=%s", strerror(errno),
			  log_short_call(t.call, shown));
		return refuse(w, m, "failed", strerror(errno), 503);
	}
	log_info("stream passed on call=%s step=%u", log_short_call(t.call, shown), t.step);
	requests_note(&w->requests, "GET", "/media/…", "stream", "call=%s step=%u", t.call, t.step);
	return 0;
}
