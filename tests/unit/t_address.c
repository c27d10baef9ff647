#include "../../cmd/rd-webhook/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <cmocka.h>

static void address_is_the_key_of_a_customer(void **state)
{
	static const struct {
		const char *peer, *key;
		bool local;
	} cases[] = {
		{ "192.0.2.7", "192.0.2.7", false },
		{ "127.0.0.1", "127.0.0.1", true },
		{ "127.8.9.1", "127.8.9.1", true },
		{ "::1", "::/64", true },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", false },
		{ "2001:db8:1:2::9", "2001:db8:1:2::/64", false },
		{ "::ffff:192.0.2.7", "192.0.2.7", false },
		{ "::ffff:127.0.0.1", "127.0.0.1", true },
	};
	char key[GUARD_KEY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sockaddr_in v4 = { .sin_family = AF_INET };
		struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
		const void *peer = &v4;

		if (inet_pton(AF_INET, cases[i].peer, &v4.sin_addr) != 1) {
			assert_int_equal(inet_pton(AF_INET6, cases[i].peer, &v6.sin6_addr), 1);
			peer = &v6;
		}
		if (address_of(peer, key) != cases[i].local || strcmp(key, cases[i].key) != 0)
			fail_msg("%s: %s", cases[i].peer, key);
	}
}

static void address_of_another_family_is_unknown(void **state)
{
	const struct sockaddr_storage peer = { .ss_family = AF_UNIX };
	char key[GUARD_KEY_BYTES];

	(void)state;
	assert_false(address_of((const struct sockaddr *)&peer, key));
	assert_string_equal(key, "unknown");
}

static void address_forwarded_is_the_last(void **state)
{
	static const struct {
		const char *header, *key; /* NULL: none */
	} cases[] = {
		{ "192.0.2.7", "192.0.2.7" },
		{ "203.0.113.9, 192.0.2.7", "192.0.2.7" },
		{ "203.0.113.9,192.0.2.7 ", "192.0.2.7" },
		{ "192.0.2.7, 2001:db8:1:2::9", "2001:db8:1:2::/64" },
		{ "192.0.2.7, unknown", NULL },
		{ "192.0.2.7,", NULL },
		{ "192.0.2.7:80", NULL },
		{ "[2001:db8::1]", NULL },
		{ "192.0.2.7 203.0.113.9", "192.0.2.7" },
		{ "", NULL },
		{ ",,,", NULL },
		{ "1111111111111111111111111111111111111111111111111111111111111111111111", NULL },
	};
	char key[GUARD_KEY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int rc = address_forwarded(cases[i].header, key);

		if ((rc == 0) != (cases[i].key != NULL) || (rc == 0 && strcmp(key, cases[i].key) != 0))
			fail_msg("%s: %d %s", cases[i].header, rc, key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_is_the_key_of_a_customer),
		cmocka_unit_test(address_of_another_family_is_unknown),
		cmocka_unit_test(address_forwarded_is_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
