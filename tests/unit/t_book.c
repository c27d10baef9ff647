#include "../../cmd/tools/transfer/book.h"

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *to;
	enum book_answer answer;
	const char *number;
} cases[] = {
	{ "Ben", BOOK_ALLOWED, "+15557654321" },
	{ "BEN", BOOK_ALLOWED, "+15557654321" },
	{ "Carol Ann", BOOK_REFUSED, NULL },
	{ "Dora", BOOK_STRANGER, NULL },
	{ "", BOOK_STRANGER, NULL },
	{ "Be", BOOK_STRANGER, NULL },
	{ "Ben=+15557654321", BOOK_STRANGER, NULL },
	{ "+15557654321", BOOK_ALLOWED, "+15557654321" },
	{ "+15550100001", BOOK_ALLOWED, "+15550100001" },
	{ "+15557654322", BOOK_STRANGER, NULL },
	{ "+1555765432", BOOK_STRANGER, NULL },
};

static void names_become_allowed_numbers(void **state)
{
	(void)state;
	setenv("RINGDOWN_TRANSFER_TO", "+15557654321,+15550100001", 1);
	setenv("RINGDOWN_CONTACTS", "Ben=+15557654321\nCarol Ann=+15557654322", 1);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char number[BOOK_NUMBER_BYTES] = "";

		if (book_find(cases[i].to, number) != cases[i].answer ||
		    (cases[i].number && strcmp(number, cases[i].number) != 0))
			fail_msg("%s: \"%s\"", cases[i].to, number);
	}
}

static void what_is_possible_is_listed(void **state)
{
	char list[BOOK_LIST_BYTES], small[14];

	(void)state;
	setenv("RINGDOWN_TRANSFER_TO", "+15557654321,+15550100001", 1);
	setenv("RINGDOWN_CONTACTS", "Ben=+15557654321\nCarol Ann=+15557654322", 1);
	assert_true(book_list(list, sizeof list));
	assert_string_equal(list, "Ben, +15550100001");
	assert_true(book_list(small, sizeof small));
	assert_string_equal(small, "Ben");
	unsetenv("RINGDOWN_CONTACTS");
	assert_true(book_list(list, sizeof list));
	assert_string_equal(list, "+15557654321, +15550100001");
	setenv("RINGDOWN_TRANSFER_TO", "", 1);
	assert_false(book_list(list, sizeof list));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_allowed_numbers),
		cmocka_unit_test(what_is_possible_is_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
