/* The vectors were decided by Twilio's own library (see "about" in the file); the doc example is printed in its manual.
 */
#include "../../cmd/rd-webhook/signature.h"

#include "../../cmd/rd-webhook/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <cjson/cJSON.h>

#define VECTORS "tests/data/twilio-signature-vectors.json"
#define TOKEN "0123456789abcdef0123456789abcdef"

static const char *text_of(const cJSON *vector, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(vector, key));
}

static int read_vectors(void **state)
{
	FILE *f = fopen(VECTORS, "r");
	static char text[256 * 1024];
	size_t n;

	if (!f) {
		print_error("cannot open %s: run from the top folder\n", VECTORS);
		return -1;
	}
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	*state = cJSON_Parse(text);
	return *state ? 0 : -1;
}

static int free_vectors(void **state)
{
	cJSON_Delete(*state);
	return 0;
}

static void add_field(struct form *form, const char *name, const char *value)
{
	form->field[form->count++] = (struct form_field){ name, value };
}

/* The decoded parameters as the vector gives them, borrowed from it. */
static void take_params(struct form *form, const cJSON *params)
{
	const cJSON *item, *value;

	form->count = 0;
	cJSON_ArrayForEach(item, params)
	{
		if (cJSON_IsString(item))
			add_field(form, item->string, item->valuestring);
		cJSON_ArrayForEach(value, item) add_field(form, item->string, value->valuestring);
	}
}

static void assert_has_field(const struct form *form, const struct form_field *wanted)
{
	for (size_t i = 0; i < form->count; i++)
		if (strcmp(form->field[i].name, wanted->name) == 0 && strcmp(form->field[i].value, wanted->value) == 0)
			return;
	fail_msg("no field %s=%s", wanted->name, wanted->value);
}

/* The form of a vector, read from its wire bytes (kept in raw) where it has them, and then the same as its parameters.
 */
static void take_form(struct form *form, char *raw, size_t size, const cJSON *vector)
{
	struct form params;

	take_params(&params, cJSON_GetObjectItemCaseSensitive(vector, "params"));
	*form = params;
	if (!text_of(vector, "raw_body"))
		return;
	snprintf(raw, size, "%s", text_of(vector, "raw_body"));
	assert_int_equal(form_read(form, raw, strlen(raw)), 0);
	assert_int_equal(form->count, params.count);
	for (size_t i = 0; i < params.count; i++)
		assert_has_field(form, &params.field[i]);
}

static bool verdict(const cJSON *vector, bool rotating)
{
	static char raw[4096];
	const char *token = text_of(vector, "auth_token"), *body = text_of(vector, "body");
	const struct signature_keys keys = { { rotating ? "the-other-token" : token, rotating ? token : NULL } };
	struct signature_request r = { .url = text_of(vector, "url"),
		                       .json = body,
		                       .json_bytes = body ? strlen(body) : 0 };
	struct form form;

	take_form(&form, raw, sizeof raw, vector);
	r.form = &form;
	return signature_good(&keys, text_of(vector, "signature"), &r);
}

static void signature_agrees_with_every_vector(void **state)
{
	const cJSON *vector;
	size_t agreed = 0;

	cJSON_ArrayForEach(vector, cJSON_GetObjectItemCaseSensitive(*state, "vectors"))
	{
		bool valid = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(vector, "valid"));

		if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(vector, "simple_algorithm_agrees")))
			continue; /* decided by the library's fallbacks for URLs that ours are not */
		for (int rotating = 0; rotating <= 1; rotating++)
			if (verdict(vector, rotating) != valid)
				fail_msg("%s: should be %s", text_of(vector, "name"), valid ? "good" : "refused");
		agreed++;
	}
	assert_int_equal(agreed, 83);
}

static const char signed_media[] = "rKSAC4qp5z6WpGNI24yfC6SYyWE=";     /* wss://assistant.example.com/twilio/media */
static const char signed_media_443[] = "WiUmQqi0Im9AiQTwANyXmeSPPpA="; /* with :443 */

static void signature_of_an_upgrade(void **state)
{
	static const struct {
		const char *url, *given;
		bool upgrade, good;
	} cases[] = {
		{ "wss://assistant.example.com/twilio/media", signed_media, true, true },
		{ "wss://assistant.example.com:443/twilio/media", signed_media, true, true },
		{ "wss://assistant.example.com/twilio/media", signed_media_443, true, true }, /* npm would add :80 */
		{ "https://assistant.example.com/twilio/media", signed_media, true, false },
		{ "wss://assistant.example.com/twilio/medi", signed_media, true, false },
		{ "wss://assistant.example.com/twilio/media/", signed_media, true, false },
	};
	const struct signature_keys keys = { { TOKEN, NULL } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct signature_request r = { .url = cases[i].url, .upgrade = cases[i].upgrade };

		assert_int_equal(signature_good(&keys, cases[i].given, &r), cases[i].good);
	}
}

/* A vector signed with a / that the request lacks: refused, but for an upgrade, which has a second try. */
static void signature_tries_a_slash_for_upgrades_only(void **state)
{
	const cJSON *vector;
	bool seen = false;

	cJSON_ArrayForEach(vector, cJSON_GetObjectItemCaseSensitive(*state, "vectors"))
	{
		const struct signature_keys keys = { { TOKEN, NULL } };
		struct signature_request r = { .url = text_of(vector, "url") };

		if (strcmp(text_of(vector, "name"), "ws_trailing_slash_mismatch") != 0)
			continue;
		seen = true;
		assert_false(signature_good(&keys, text_of(vector, "signature"), &r));
		r.upgrade = true;
		assert_true(signature_good(&keys, text_of(vector, "signature"), &r));
	}
	assert_true(seen);
}

static void signature_refuses_without_header_or_key(void **state)
{
	static const struct signature_keys none = { { NULL, NULL } }, empty = { { "", "" } }, one = { { TOKEN, NULL } };
	const struct signature_request r = { .url = "wss://assistant.example.com/twilio/media" };
	const struct signature_request no_url = { .url = "assistant.example.com" };

	(void)state;
	assert_true(signature_good(&one, signed_media, &r));
	assert_false(signature_good(&one, NULL, &r));
	assert_false(signature_good(&none, signed_media, &r));
	assert_false(signature_good(&empty, signed_media, &r));
	assert_false(signature_good(&one, signed_media, &no_url));
}

static void signature_makes_the_public_url(void **state)
{
	static const struct {
		const char *public_url, *target;
		bool upgrade;
		const char *url; /* NULL: refused */
	} cases[] = {
		{ "https://phone.example.com", "/twiml", false, "https://phone.example.com/twiml" },
		{ "https://phone.example.com/", "/twiml?a=%2b&b", false, "https://phone.example.com/twiml?a=%2b&b" },
		{ "https://phone.example.com:8443", "/twiml", false, "https://phone.example.com:8443/twiml" },
		{ "https://anna:secret@phone.example.com", "/twiml", false, "https://phone.example.com/twiml" },
		{ "https://phone.example.com/a@b", "/twiml", false, "https://phone.example.com/a@b/twiml" },
		{ "https://example.com/phone", "/media/x", true, "wss://example.com/phone/media/x" },
		{ "http://127.0.0.1:8080", "/media/x", true, "ws://127.0.0.1:8080/media/x" },
		{ "http://127.0.0.1:8080", "/next/1", false, "http://127.0.0.1:8080/next/1" },
		{ "phone.example.com", "/twiml", false, NULL },
		{ "ftp://phone.example.com", "/twiml", false, NULL },
		{ "https://phone.example.com", "/a-target-that-is-too-long-for-the-place-it-has-to-go-to", false,
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char url[64];
		int rc = signature_url(url, sizeof url, cases[i].public_url, cases[i].target, cases[i].upgrade);

		assert_int_equal(rc, cases[i].url ? 0 : -1);
		if (cases[i].url)
			assert_string_equal(url, cases[i].url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signature_agrees_with_every_vector),
		cmocka_unit_test(signature_of_an_upgrade),
		cmocka_unit_test(signature_tries_a_slash_for_upgrades_only),
		cmocka_unit_test(signature_refuses_without_header_or_key),
		cmocka_unit_test(signature_makes_the_public_url),
	};

	return cmocka_run_group_tests(tests, read_vectors, free_vectors);
}
