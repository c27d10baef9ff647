#include "trust.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "log.h"
#include "secret.h"

#define URL_ROOM 8704 /* a head's target and our own address */
#define HOST_CHARS "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.:[]-"

/* false: there is none. */
static bool take(const struct conf *c, const char *key, char *out, size_t size)
{
	const char *name = conf_text(c, "twilio", NULL, key);

	if (!name[0])
		return false;
	if (secret_take(name, out, size) == 0)
		return true;
	out[0] = '\0';
	if (errno != ENOENT || strcmp(key, "account-sid") != 0) /* without that the account is not compared */
		log_error("cannot take the secret %s (twilio.%s): %s", name, key,
			  errno == ENOENT ? "it is not set" : strerror(errno));
	return false;
}

void trust_open(struct trust *t, const struct conf *c, const char *public_url, struct guard_lines *lines)
{
	static const char *const keys[] = { "auth-token", "auth-token-2" };

	memset(t, 0, sizeof *t);
	t->public_url = public_url;
	t->lines = lines;
	for (size_t i = 0; i < 2; i++)
		if (take(c, keys[i], t->token[i], sizeof t->token[i]))
			t->keys.token[i] = t->token[i];
	(void)take(c, "account-sid", t->account, sizeof t->account);
	if (!trust_ready(t))
		log_error("no signature can be checked without the auth token: every call will be refused");
}

void trust_close(struct trust *t)
{
	secret_wipe(t->token, sizeof t->token);
	memset(&t->keys, 0, sizeof t->keys);
}

bool trust_ready(const struct trust *t)
{
	return t->keys.token[0] || t->keys.token[1];
}

/* Whether it is signed for target at the address base. */
static bool good_at(const struct trust *t, const struct trust_claim *c, const char *base)
{
	char url[URL_ROOM];
	const struct signature_request r = { .url = url, .form = c->form, .upgrade = c->upgrade };

	return signature_url(url, sizeof url, base, c->target, c->upgrade) == 0 &&
	       signature_good(&t->keys, c->given, &r);
}

/* The URL without what is nobody's business: a query may hold numbers, the path of a stream is its token. */
static void show(char *out, size_t size, const char *base, const struct trust_claim *c)
{
	char target[128];

	if (c->upgrade)
		snprintf(target, sizeof target, "/media/…");
	else
		snprintf(target, sizeof target, "%.*s%s", (int)strcspn(c->target, "?"), c->target,
			 strchr(c->target, '?') ? "?…" : "");
	if (signature_url(out, size, base, target, c->upgrade) < 0)
		snprintf(out, size, "%s", target);
}

/* Tries the other addresses that the request may have been signed for. false: none of them. */
static bool find_address(const struct trust *t, const struct trust_claim *c, char *base, size_t size)
{
	static const char *const schemes[] = { "https", "http" };
	const char *configured = strstr(t->public_url, "://");
	const char *hosts[] = { configured ? configured + 3 : "", c->host };

	for (size_t i = 0; i < 4; i++) {
		const char *host = hosts[i / 2];

		if (!host[0] || host[strspn(host, HOST_CHARS)])
			continue;
		snprintf(base, size, "%s://%s", schemes[i % 2], host);
		if (good_at(t, c, base))
			return true;
	}
	return false;
}

static void advise(const struct trust *t, const struct trust_claim *c, char *out, size_t size)
{
	char base[TRUST_HOST_BYTES + 8], url[URL_ROOM];

	if (!c->given[0]) {
		snprintf(out, size,
			 "it has no X-Twilio-Signature: it is not from Twilio, or the front before us drops it");
	} else if (find_address(t, c, base, sizeof base)) {
		show(url, sizeof url, base, c);
		snprintf(out, size,
			 "it is signed for %.300s: set general.public-url = \"%s\", or change the URL at Twilio", url,
			 base);
	} else {
		snprintf(out, size,
			 "compare this URL (general.public-url) with the one at Twilio, letter by letter, and "
			 "twilio.auth-token with the account's; a front must leave path and query as they are");
	}
}

bool trust_signed(struct trust *t, const struct trust_claim *c)
{
	char url[URL_ROOM], advice[1024];
	char unsaid[24];

	if (good_at(t, c, t->public_url))
		return true;
	if (!guard_line(t->lines, "signature", clock_us() / MS, unsaid))
		return false;
	show(url, sizeof url, t->public_url, c);
	advise(t, c, advice, sizeof advice);
	log_warn("signature refused: %s url=%.300s%s", advice, url, unsaid);
	return false;
}

bool trust_account(struct trust *t, const char *account)
{
	char unsaid[24];

	if (!t->account[0] || (account && strcmp(account, t->account) == 0))
		return true;
	if (guard_line(t->lines, "account", clock_us() / MS, unsaid))
		log_warn("account refused: AccountSid is not the one of twilio.account-sid account=…%s%s",
			 log_tail(account), unsaid);
	return false;
}
