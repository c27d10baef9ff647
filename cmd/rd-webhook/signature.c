#include "signature.h"

#include "form.h"

#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "secret.h"

#define SIGNATURE_CHARS 28 /* base64 of 20 bytes */

/* What is signed, piece by piece: the URL in three, so that its port can be exchanged, an extra slash, the fields. */
enum { PIECE_HOST, PIECE_PORT, PIECE_PATH, PIECE_SLASH, PIECE_FIELDS };

struct piece {
	const char *at;
	size_t n;
};

struct pieces {
	const char *default_port;
	size_t count;
	struct piece piece[PIECE_FIELDS + 2 * FORM_FIELDS];
};

static struct piece piece_of(const char *text)
{
	return (struct piece){ text, strlen(text) };
}

int signature_url(char *out, size_t size, const char *public_url, const char *target, bool upgrade)
{
	const char *scheme, *host, *at;
	int host_bytes, n;

	if (strncmp(public_url, "https://", 8) == 0) {
		scheme = upgrade ? "wss" : "https";
		host = public_url + 8;
	} else if (strncmp(public_url, "http://", 7) == 0) {
		scheme = upgrade ? "ws" : "http";
		host = public_url + 7;
	} else {
		return -1;
	}
	at = memchr(host, '@', strcspn(host, "/"));
	if (at)
		host = at + 1;
	host_bytes = (int)strlen(host);
	if (host_bytes > 0 && host[host_bytes - 1] == '/')
		host_bytes--;
	n = snprintf(out, size, "%s://%.*s%s", scheme, host_bytes, host, target);
	return n < 0 || (size_t)n >= size ? -1 : 0;
}

/* Where the port of an authority begins, its colon included; n when it has none. [2001:db8::7] has colons too. */
static size_t port_at(const char *authority, size_t n)
{
	const char *bracket = memchr(authority, ']', n);
	size_t from = bracket ? (size_t)(bracket - authority) : 0;
	const char *colon = memchr(authority + from, ':', n - from);

	return colon ? (size_t)(colon - authority) : n;
}

/* false: not a URL. */
static bool split_url(struct pieces *p, const char *url)
{
	const char *authority = strstr(url, "://");
	size_t bytes, port;

	if (!authority)
		return false;
	authority += 3;
	bytes = strcspn(authority, "/?#");
	port = port_at(authority, bytes);
	p->default_port = strncmp(url, "https:", 6) == 0 || strncmp(url, "wss:", 4) == 0 ? ":443" : ":80";
	p->piece[PIECE_HOST] = (struct piece){ url, (size_t)(authority - url) + port };
	p->piece[PIECE_PORT] = (struct piece){ authority + port, bytes - port };
	p->piece[PIECE_PATH] = piece_of(authority + bytes);
	p->piece[PIECE_SLASH] = piece_of("");
	p->count = PIECE_FIELDS;
	return true;
}

static int by_name_then_value(const void *a, const void *b)
{
	const struct form_field *x = *(const struct form_field *const *)a, *y = *(const struct form_field *const *)b;
	int names = strcmp(x->name, y->name);

	return names ? names : strcmp(x->value, y->value);
}

/* Sorted by bytes; of equal pairs one counts. Each value has its name before it. */
static void add_fields(struct pieces *p, const struct form *form)
{
	const struct form_field *sorted[FORM_FIELDS] = { NULL };

	for (size_t i = 0; i < form->count; i++)
		sorted[i] = &form->field[i];
	qsort(sorted, form->count, sizeof sorted[0], by_name_then_value);
	for (size_t i = 0; i < form->count; i++) {
		if (i > 0 && by_name_then_value(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		p->piece[p->count++] = piece_of(sorted[i]->name);
		p->piece[p->count++] = piece_of(sorted[i]->value);
	}
}

/* By nettle: libcrypto, which TLS needs elsewhere, would cost the door 2.5 MB for this one sum. */
static void sign(uint8_t out[SHA1_DIGEST_SIZE], const char *token, const struct pieces *p)
{
	struct hmac_sha1_ctx context;

	hmac_sha1_set_key(&context, strlen(token), (const uint8_t *)token);
	for (size_t i = 0; i < p->count; i++)
		hmac_sha1_update(&context, p->piece[i].n, (const uint8_t *)p->piece[i].at);
	hmac_sha1_digest(&context, SHA1_DIGEST_SIZE, out);
	secret_wipe(&context, sizeof context);
}

/* Whether `given`, SIGNATURE_CHARS long, is what one of the keys makes of p. */
static bool good_pieces(const struct signature_keys *keys, const char *given, const struct pieces *p)
{
	uint8_t mac[SHA1_DIGEST_SIZE];
	char text[SIGNATURE_CHARS];

	for (size_t i = 0; i < sizeof keys->token / sizeof keys->token[0]; i++) {
		if (!keys->token[i] || !keys->token[i][0])
			continue;
		sign(mac, keys->token[i], p);
		base64_encode(text, mac, sizeof mac);
		if (memeql_sec(text, given, sizeof text))
			return true;
	}
	return false;
}

/* As it is; without its port (Twilio's voice webhooks over https drop even an odd one); with the scheme's own. */
static bool good_with_some_port(const struct signature_keys *keys, const char *given, const struct pieces *p)
{
	struct pieces other = *p;

	if (good_pieces(keys, given, p))
		return true;
	other.piece[PIECE_PORT] = piece_of(p->piece[PIECE_PORT].n > 0 ? "" : p->default_port);
	return good_pieces(keys, given, &other);
}

/* The value of bodySHA256 in the query, NULL without one; runs to the next & or the end. */
static const char *body_hash(const char *url)
{
	static const char name[] = "bodySHA256=";
	const char *at = strchr(url, '?');

	for (; at; at = strchr(at, '&')) {
		at++;
		if (strncmp(at, name, sizeof name - 1) == 0)
			return at + sizeof name - 1;
	}
	return NULL;
}

static bool good_body(const char *url, const char *body, size_t n)
{
	const char *given = body_hash(url);
	struct sha256_ctx context;
	uint8_t hash[SHA256_DIGEST_SIZE];
	char hex[2 * sizeof hash + 1];

	if (!given || strcspn(given, "&#") != sizeof hex - 1)
		return false;
	sha256_init(&context);
	sha256_update(&context, n, (const uint8_t *)body);
	sha256_digest(&context, sizeof hash, hash);
	for (size_t i = 0; i < sizeof hash; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return memeql_sec(hex, given, sizeof hex - 1);
}

bool signature_good(const struct signature_keys *keys, const char *given, const struct signature_request *r)
{
	struct pieces p;

	if (!given || strlen(given) != SIGNATURE_CHARS || !split_url(&p, r->url))
		return false;
	if (r->json && !good_body(r->url, r->json, r->json_bytes))
		return false;
	if (r->form)
		add_fields(&p, r->form);
	if (good_with_some_port(keys, given, &p))
		return true;
	if (!r->upgrade)
		return false;
	p.piece[PIECE_SLASH] = piece_of("/");
	return good_with_some_port(keys, given, &p);
}
