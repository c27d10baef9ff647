#include "trust.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "conf_check.h"
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

void trust_open(struct trust *t, const struct conf *c, const char *public_url, struct refusals *refusals)
{
	static const char *const keys[] = { "auth-token", "auth-token-2" };

	memset(t, 0, sizeof *t);
	t->public_url = public_url;
	t->refusals = refusals;
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

/* Whether general.public-url may be that: there is no plain http from Twilio's side of the world. */
static bool may_be_public(const char *base)
{
	return check_public_url(base) == NULL;
}

static void advise(const struct trust *t, const struct trust_claim *c, char *out, size_t size)
{
	char base[TRUST_HOST_BYTES + 8], url[URL_ROOM], right[URL_ROOM];

	if (!find_address(t, c, base, sizeof base)) {
		snprintf(out, size,
			 "compare this URL (general.public-url) with the one at Twilio, letter by letter, and "
			 "twilio.auth-token with the account's; a front must leave path and query as they are");
		return;
	}
	show(url, sizeof url, base, c);
	show(right, sizeof right, t->public_url, c);
	if (may_be_public(base))
		snprintf(out, size,
			 "it is signed for %.300s: set general.public-url = \"%s\", or change the URL at Twilio", url,
			 base);
	else
		snprintf(out, size, "it is signed for %.300s: change the URL at Twilio to %.300s", url, right);
}

bool trust_signed(struct trust *t, const struct trust_claim *c, char hint[TRUST_HINT_BYTES])
{
	char url[URL_ROOM];
	bool say;

	hint[0] = '\0';
	if (good_at(t, c, t->public_url))
		return true;
	say = refusals_may_say(t->refusals, "signature");
	if (!c->given[0])
		snprintf(hint, TRUST_HINT_BYTES,
			 "it has no X-Twilio-Signature: it is not from Twilio, or the front before us drops it");
	else if (say)
		advise(t, c, hint, TRUST_HINT_BYTES);
	else
		snprintf(hint, TRUST_HINT_BYTES, "it does not match; the log says more of the first ones of a minute");
	if (say) {
		show(url, sizeof url, t->public_url, c);
		log_warn("signature refused: %s address=%s url=%.300s", hint, c->address, url);
	}
	return false;
}

bool trust_account(struct trust *t, const char *account)
{
	if (!t->account[0] || (account && strcmp(account, t->account) == 0))
		return true;
	if (refusals_may_say(t->refusals, "account"))
		log_warn("account refused: AccountSid is not the one of twilio.account-sid account=…%s",
			 log_tail(account));
	return false;
}

void trust_check(const struct conf *c)
{
	static const char *const keys[] = { "auth-token", "auth-token-2", "account-sid" };
	bool token = false;

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *name = conf_text(c, "twilio", NULL, keys[i]), *secret = name[0] ? getenv(name) : NULL;
		bool found = secret && *secret;

		token |= found && i < 2;
		if (name[0])
			printf("# twilio.%s: %s is %s\n", keys[i], name, found ? "set" : "not in this environment");
	}
	if (!token)
		printf("# without an auth token no signature can be checked: every call would be refused\n");
}
