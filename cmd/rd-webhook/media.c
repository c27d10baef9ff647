#include "media.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "head.h"
#include "log.h"
#include "ring.h"
#include "token.h"
#include "webhook.h"

static bool is_signed(struct webhook *w, const struct head *h, const char *target)
{
	char given[TRUST_SIGNATURE_BYTES], host[TRUST_HOST_BYTES];
	const struct trust_claim claim = { .target = target, .given = given, .host = host, .upgrade = true };

	(void)head_text(h, "x-twilio-signature", given, sizeof given); /* "" if it is not there */
	(void)head_text(h, "host", host, sizeof host);
	return trust_signed(&w->trust, &claim);
}

/* twilio.upgrade-signature: how Twilio signs upgrades is less certain than the rest, and the token is needed anyway. */
static bool may_pass(struct webhook *w, const struct head *h, const char *target)
{
	const char *rule = conf_text(w->service.conf, "twilio", NULL, "upgrade-signature");

	return strcmp(rule, "off") == 0 || is_signed(w, h, target) || strcmp(rule, "log") == 0;
}

static const char *reason_of(int error)
{
	switch (error) {
	case ENOENT: return "unknown or used already";
	case ETIME: return "expired";
	case EINVAL: return "malformed";
	default: return strerror(error);
	}
}

static int refuse(struct webhook *w, const char *verdict, const char *detail, int status)
{
	requests_note(&w->requests, "GET", "/media/…", verdict, "%s", detail);
	return status;
}

int media_take(struct webhook *w, const struct head *h, int fd, const void *bytes, size_t n, const char **why)
{
	char token[TOKEN_CHARS + 1], target[16 + TOKEN_CHARS], shown[16];
	struct token t;
	char unsaid[24];

	*why = "no such WebSocket";
	if (!head_media_token(h, token))
		return refuse(w, "token", "no /media/TOKEN", 403);
	snprintf(target, sizeof target, "/media/%s", token);
	*why = "the signature does not match";
	if (!may_pass(w, h, target))
		return refuse(w, "signature", "refused with 403", 403);
	*why = "the token is not valid";
	if (token_spend(w->runtime, token, clock_boot_ms(), &t) < 0) {
		const char *reason = reason_of(errno);

		if (guard_line(&w->lines, "token", clock_us() / MS, unsaid))
			log_warn("stream refused: the token is %s%s", reason, unsaid);
		return refuse(w, "token", reason, 403);
	}
	*why = "the call is not reachable";
	if (ring_stream(w, t.call, t.step, bytes, n, fd) < 0) {
		log_error("cannot pass a stream to the supervisor: %s call=%s", strerror(errno),
			  log_short_call(t.call, shown));
		return refuse(w, "failed", strerror(errno), 503);
	}
	log_info("stream passed on call=%s step=%u", log_short_call(t.call, shown), t.step);
	requests_note(&w->requests, "GET", "/media/…", "stream", "call=%s step=%u", t.call, t.step);
	return 0;
}
