#include "google.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base64url.h"
#include "digest.h"
#include "hash.h"
#include "json.h"
#include "paths.h"
#include "secret.h"

#define TOKEN_URL "https://oauth2.googleapis.com/token"
#define EARLY_S 100 /* a token is renewed so long before it ends */
#define CONNECT_MS 5000
#define TOTAL_MS 15000

static const char *field(const struct google *g, const char *name)
{
	const char *text = json_text(g->key, name);

	return text ? text : "";
}

static bool is_service(const struct google *g)
{
	return strcmp(field(g, "type"), "service_account") == 0;
}

int google_open(struct google *g, struct ask *ask, const char *key)
{
	g->ask = ask;
	g->key = json_parse(key, strlen(key));
	g->token[0] = 0;
	if (is_service(g) && *field(g, "private_key") && *field(g, "client_email"))
		return 0;
	if (strcmp(field(g, "type"), "authorized_user") == 0 && *field(g, "refresh_token") && *field(g, "client_id"))
		return 0;
	return trouble_say(g->trouble, "%s has no usable key: GOOGLE_KEY is no service account's or user's key file.",
			   g->who);
}

void google_close(struct google *g)
{
	cJSON_Delete(g->key);
	secret_wipe(g->token, sizeof g->token);
	g->key = NULL;
}

/* --- tokens that are still good */

static int cache_name(const struct google *g, char *out, size_t size)
{
	const char *account = is_service(g) ? field(g, "client_email") : field(g, "refresh_token");
	const char *const parts[] = { account, g->subject ? g->subject : "", g->scope };
	uint64_t hash = HASH_BEGIN;

	for (size_t i = 0; i < 3; i++)
		hash = hash_bytes(hash, parts[i], strlen(parts[i]) + 1);
	return g->folder && *g->folder ? paths_format(out, size, "%s/token-%016" PRIx64 ".json", g->folder, hash) : -1;
}

static bool read_cache(struct google *g)
{
	char path[PATHS_MAX_BYTES], text[GOOGLE_TOKEN_BYTES + 200];
	struct cJSON *kept = NULL;
	const char *token;
	ssize_t n = cache_name(g, path, sizeof path) == 0 ? paths_read_bounded(path, text, sizeof text) : -1;

	if (n > 0)
		kept = json_parse(text, (size_t)n);
	token = json_text(kept, "token");
	if (token && strlen(token) < sizeof g->token && json_number(kept, "until", 0) > (double)time(NULL) + EARLY_S)
		snprintf(g->token, sizeof g->token, "%s", token);
	cJSON_Delete(kept);
	secret_wipe(text, sizeof text);
	return *g->token;
}

/* What cannot be kept is asked for again. */
static void write_cache(const struct google *g, long seconds)
{
	char path[PATHS_MAX_BYTES], *text;

	if (cache_name(g, path, sizeof path) < 0 || paths_mkdir(g->folder) < 0)
		return;
	text = json_print(json_make("token:s until:n", g->token, (long long)time(NULL) + seconds));
	if (text && paths_write_atomically(path, text, strlen(text)) < 0)
		fprintf(stderr, "cannot keep a token in %s: %s\n", path, strerror(errno));
	if (text)
		secret_wipe(text, strlen(text));
	free(text);
}

/* --- new ones */

static char *encode_object(struct cJSON *object)
{
	char *text = json_print(object), *encoded = text ? base64url_encode(text, strlen(text)) : NULL;

	free(text);
	return encoded;
}

/* HEADER.CLAIMS.SIGNATURE, the caller's; NULL: the key is none, or no memory. */
static char *make_assertion(const struct google *g, const char *audience)
{
	long long now = (long long)time(NULL) - 30;
	char *header =
		encode_object(json_make("alg:s typ:s kid:s?", "RS256", "JWT", json_text(g->key, "private_key_id")));
	char *claims = encode_object(json_make("iss:s scope:s aud:s iat:n exp:n sub:s?", field(g, "client_email"),
					       g->scope, audience, now, now + 3300, g->subject));
	char *signature = NULL, *all = NULL, *made = NULL;
	uint8_t bytes[DIGEST_SIGNATURE_BYTES];
	long n = -1;

	if (header && claims && asprintf(&all, "%s.%s", header, claims) >= 0)
		n = digest_rs256(field(g, "private_key"), all, strlen(all), bytes);
	if (n > 0)
		signature = base64url_encode(bytes, (size_t)n);
	if (!signature || asprintf(&made, "%s.%s", all, signature) < 0)
		made = NULL;
	free(header);
	free(claims);
	free(signature);
	free(all);
	return made;
}

static char *escaped(const char *text)
{
	size_t size = 3 * strlen(text) + 4;
	char *out = malloc(size);

	return out ? ask_escape(text, out, size) : NULL;
}

/* The form of a token request, the caller's; NULL as above. */
static char *make_form(const struct google *g, const char *url)
{
	char *form = NULL, *assertion, *id, *secret, *refresh;

	if (is_service(g)) {
		assertion = make_assertion(g, url);
		if (assertion &&
		    asprintf(&form,
			     "grant_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Agrant-type%%3Ajwt-bearer&assertion=%s",
			     assertion) < 0)
			form = NULL;
		free(assertion);
		return form;
	}
	id = escaped(field(g, "client_id"));
	secret = escaped(field(g, "client_secret"));
	refresh = escaped(field(g, "refresh_token"));
	if (!id || !secret || !refresh ||
	    asprintf(&form, "grant_type=refresh_token&client_id=%s&client_secret=%s&refresh_token=%s", id, secret,
		     refresh) < 0)
		form = NULL;
	free(id);
	free(secret);
	free(refresh);
	return form;
}

static bool is_private(const char *url)
{
	return strncmp(url, "https://", 8) == 0 || fetch_is_loopback(url);
}

/* invalid_grant, invalid_client… are the operator's to mend. */
static int refuse_token(struct google *g, const char *url, const struct ask_answer *a)
{
	struct cJSON *body = json_parse(a->body, a->body_bytes);
	const char *error = json_text(body, "error");
	int failed = trouble_of(g->trouble, g->who, "get a token from", url, a, error);

	if (error)
		snprintf(g->trouble->text, sizeof g->trouble->text,
			 "%s does not accept our key. Whoever runs this telephone has to renew it.", g->who);
	g->trouble->outcome = FETCH_NOT_DONE; /* nothing else was asked for */
	cJSON_Delete(body);
	return failed;
}

static int take_token(struct google *g, const char *url, const struct ask_answer *a)
{
	struct cJSON *body = a->status == 200 ? json_parse(a->body, a->body_bytes) : NULL;
	const char *token = json_text(body, "access_token");
	bool good = token && strlen(token) < sizeof g->token && token[strspn(token, " ")] && !strpbrk(token, "\r\n");

	if (good) {
		snprintf(g->token, sizeof g->token, "%s", token);
		write_cache(g, json_whole(body, "expires_in", 3600, 1, 86400));
	}
	cJSON_Delete(body);
	return good ? 0 : refuse_token(g, url, a);
}

static int new_token(struct google *g)
{
	static const char *const headers[] = { "Content-Type: application/x-www-form-urlencoded", NULL };
	const char *url = json_text(g->key, "token_uri");
	struct ask_answer a;
	char *form;
	int failed;

	url = url ? url : TOKEN_URL;
	if (!is_private(url))
		return trouble_say(g->trouble, "%s has no usable key: its token_uri is not https.", g->who);
	form = make_form(g, url);
	if (!form)
		return trouble_say(g->trouble, "%s has no usable key: its private key cannot be read.", g->who);
	ask_for(g->ask, &a,
		&(struct fetch_request){ .url = url,
					 .headers = headers,
					 .body = form,
					 .body_bytes = strlen(form),
					 .connect_ms = CONNECT_MS,
					 .total_ms = TOTAL_MS,
					 .limit_bytes = 65536 },
		NULL);
	secret_wipe(form, strlen(form));
	free(form);
	failed = take_token(g, url, &a);
	ask_answer_close(&a);
	return failed;
}

static int have_token(struct google *g)
{
	return *g->token || read_cache(g) ? 0 : new_token(g);
}

/* --- requests */

static void ask_once(struct google *g, const char *method, const char *url, const char *etag, const char *body,
		     struct ask_answer *a)
{
	char match[ASK_WORDS_BYTES + 16];
	const char *headers[3] = { "Content-Type: application/json; charset=utf-8", NULL, NULL };

	snprintf(match, sizeof match, "If-Match: %s", etag ? etag : "");
	headers[1] = etag ? match : NULL;
	ask_for(g->ask, a,
		&(struct fetch_request){ .url = url,
					 .method = method,
					 .headers = body ? headers : headers + 1,
					 .body = body,
					 .body_bytes = body ? strlen(body) : 0,
					 .bearer = g->token,
					 .connect_ms = CONNECT_MS,
					 .total_ms = TOTAL_MS,
					 .limit_bytes = GOOGLE_LIMIT_BYTES },
		NULL);
}

/* {"error":{"errors":[{"reason":"rateLimitExceeded"}]}}: the word, into out; "" if there is none. */
static const char *reason_of(const struct ask_answer *a, char out[64])
{
	struct cJSON *body = json_parse(a->body, a->body_bytes);
	const struct cJSON *error = json_object(body, "error"),
			   *first = cJSON_GetArrayItem(json_array(error, "errors"), 0);
	const char *reason = json_text(first, "reason");

	snprintf(out, 64, "%.60s", reason ? reason : json_text(error, "status") ? json_text(error, "status") : "");
	cJSON_Delete(body);
	return out;
}

/* Google asks to come again by 403, too. */
static bool wait_for(const struct google *g, const struct ask_answer *a, int tries)
{
	struct ask_answer limited = { .status = 429, .retry_after_s = a->retry_after_s };
	char reason[64];
	bool is_limit = a->status == 403 && strstr(reason_of(a, reason), "ateLimitExceeded");

	return ask_again(g->ask, is_limit ? &limited : a, tries);
}

/* A token that was withdrawn is refused before anything is done: asked again with another, once. */
static int ask_repeatedly(struct google *g, const char *method, const char *url, const char *etag, const char *body,
			  struct ask_answer *a)
{
	bool renewed = false;

	for (int tries = 0;; tries++) {
		ask_once(g, method, url, etag, body, a);
		if (a->status == 401 && !renewed) {
			renewed = true;
			g->token[0] = 0;
			if (new_token(g) < 0)
				return -1;
		} else if (!wait_for(g, a, tries)) {
			break;
		}
		ask_answer_close(a);
	}
	return a->status ? 0 : trouble_of(g->trouble, g->who, method, url, a, NULL);
}

int google_ask(struct google *g, const char *method, const char *url, const char *etag, struct cJSON *body,
	       struct ask_answer *a)
{
	char *text = body ? json_print(body) : NULL;
	int failed = -1;

	*a = (struct ask_answer){ .status = 0 };
	if (body && !text)
		(void)trouble_say(g->trouble, "%s cannot be asked: there is no memory left.", g->who);
	else if (!is_private(url))
		(void)trouble_say(g->trouble, "%s cannot be asked: its address is not https.", g->who);
	else if (have_token(g) == 0)
		failed = ask_repeatedly(g, method, url, etag, text, a);
	free(text);
	return failed;
}

int google_refused(struct google *g, const char *method, const char *url, const struct ask_answer *a)
{
	char reason[64];

	reason_of(a, reason);
	return trouble_of(g->trouble, g->who, method, url, a, *reason ? reason : NULL);
}

struct cJSON *google_json(struct google *g, const char *method, const char *url, struct cJSON *body)
{
	struct cJSON *made = NULL;
	struct ask_answer a;

	if (google_ask(g, method, url, NULL, body, &a) == 0) {
		if (a.status < 300)
			made = a.body_bytes ? json_parse(a.body, a.body_bytes) : cJSON_CreateObject();
		if (!made)
			(void)google_refused(g, method, url, &a);
	}
	ask_answer_close(&a);
	return made;
}
