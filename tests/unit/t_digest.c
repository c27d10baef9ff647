#include "digest.h"

#include <cmocka.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base64url.h"

#define BEGIN                                                                                                          \
	"-----BEGIN "                                                                                                  \
	"PRIVATE KEY-----\n"
#define END                                                                                                            \
	"-----END "                                                                                                    \
	"PRIVATE KEY-----\n"

static void digests_are_those_of_the_standard(void **state)
{
	char hex[DIGEST_HEX_BYTES];

	(void)state;
	assert_string_equal(digest_hex("abc", hex), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(digest_hex("", hex), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* That a signature is good, tests/ring/tools-keep-a-google-calendar.t has openssl(1) say. */
static void what_is_no_key_signs_nothing(void **state)
{
	static const char *const keys[] = { "", "x", BEGIN END,
					    /* an elliptic one */
					    BEGIN "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2\n"
						  "OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r\n"
						  "1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G\n" END };
	uint8_t out[DIGEST_SIGNATURE_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		assert_int_equal(digest_rs256(keys[i], "x", 1, out), -1);
}

static void url_texts_are_read_back(void **state)
{
	static const struct {
		const char *bytes, *text;
	} cases[] = { { "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" }, { "\xfb\xff\xfe", "-__-" } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t n = strlen(cases[i].bytes), back;
		char *text = base64url_encode(cases[i].bytes, n);
		uint8_t *bytes = base64url_decode(text, strlen(text), &back);

		assert_string_equal(text, cases[i].text);
		assert_int_equal(back, n);
		assert_memory_equal(bytes, cases[i].bytes, n);
		free(text);
		free(bytes);
	}
	assert_null(base64url_decode("a", 1, &(size_t){ 0 }));
	assert_null(base64url_decode("a!bc", 4, &(size_t){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_those_of_the_standard),
		cmocka_unit_test(what_is_no_key_signs_nothing),
		cmocka_unit_test(url_texts_are_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
