#include "mailaddress.h"

#include <cmocka.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *text;
	bool good;
} cases[] = {
	{ "ben@example.com", true },
	{ "b.e-n+tag@mail.example.com", true },
	{ "o'neill@example.com", true },
	{ "root@localhost", true },
	{ "", false },
	{ "ben", false },
	{ "@example.com", false },
	{ "ben@", false },
	{ "ben@@example.com", false },
	{ "ben@a@b", false },
	{ "ben example@example.com", false },
	{ "ben@example.com\r\nRCPT TO:<evil@example.net>", false },
	{ "x@y>\r\nRCPT TO:<evil@z", false },
	{ "<ben@example.com>", false },
	{ "\"ben\"@example.com", false },
	{ "ben@example.com,eve@example.com", false },
	{ "ben;@example.com", false },
	{ ".ben@example.com", false },
	{ "b..en@example.com", false },
	{ "ben@example..com", false },
	{ "ben@.example.com", false },
	{ "ben@example.com.", false },
	{ "ben@-example.com", false },
	{ "bén@example.com", false },
	{ "ben@[127.0.0.1]", false },
};

static void addresses_are_plain(void **state)
{
	char longest[300];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (mailaddress_good(cases[i].text) != cases[i].good)
			fail_msg("%s", cases[i].text);
	memset(longest, 'a', sizeof longest);
	memcpy(longest, "b@", 2);
	longest[254] = 0;
	assert_true(mailaddress_good(longest));
	longest[254] = 'a';
	longest[255] = 0;
	assert_false(mailaddress_good(longest));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(addresses_are_plain) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
