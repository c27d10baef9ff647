#include "../../cmd/rd-bridge/items.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define MS_US 1000

static void what_was_heard_says_what_is_cut(void **state)
{
	static const struct {
		const char *what;
		long received_ms;
		bool ended;
		struct event_heard heard;
		enum items_cut cut;
		long end_ms;
	} cases[] = {
		{ "heard in part", 4000, true, { 0, 1840, 2240, false }, ITEMS_TRUNCATE, 1840 },
		{ "heard in part while it is written", 900, false, { 0, 620, 900, false }, ITEMS_TRUNCATE, 620 },
		{ "not heard at all", 4000, true, { 0, 0, 400, false }, ITEMS_DELETE, 0 },
		{ "never began to sound", 0, false, { 0, 0, 0, false }, ITEMS_DELETE, 0 },
		{ "heard to its end", 4000, true, { 0, 4000, 4000, true }, ITEMS_LEAVE, 4000 },
		{ "heard to its end, as far as anybody can tell", 4000, true, { 0, 4000, 4000, false }, ITEMS_LEAVE, 4000 },
		{ "heard as much as came, and more would have come", 900, false, { 0, 900, 900, false }, ITEMS_TRUNCATE, 900 },
		{ "the carrier counts more than came: never beyond it", 900, false, { 0, 920, 920, false }, ITEMS_TRUNCATE, 900 },
		{ "one frame", 4000, true, { 0, 20, 420, false }, ITEMS_TRUNCATE, 20 },
		{ "all but one frame", 4000, true, { 0, 3980, 4000, false }, ITEMS_TRUNCATE, 3980 },
	};

	(void)state;
	for (size_t n = 0; n < sizeof cases / sizeof cases[0]; n++) {
		struct event_heard h = cases[n].heard;
		struct items t = { 0 };
		struct item *i;
		long end_ms;

		items_open(&t, 8);
		i = items_add(&t, 7, "r1", "i1", 0, 1);
		i->bytes = (uint64_t)cases[n].received_ms * 8;
		i->ended = cases[n].ended;
		h.item = 7;
		items_heard(&t, &h, 0);
		if (items_cut(&t, i, &end_ms) != cases[n].cut || end_ms != cases[n].end_ms)
			fail_msg("%s: %d at %ld", cases[n].what, items_cut(&t, i, &end_ms), end_ms);
		items_close(&t);
	}
}

static struct item *sounding(struct items *t, uint32_t ring, const char *response, const char *id, long ms)
{
	struct item *i = items_add(t, ring, response, id, 0, 1);

	i->bytes = (uint64_t)ms * 8;
	return i;
}

static void unheard_is_what_the_caller_still_gets(void **state)
{
	struct items t = { 0 };
	struct item *i;

	(void)state;
	items_open(&t, 8);
	assert_false(items_unheard(&t, 0));
	i = items_add(&t, 1, "r1", "i1", 0, 1);
	assert_false(items_unheard(&t, 0)); /* no sound yet */
	i->bytes = 800;
	assert_true(items_unheard(&t, 0));
	items_heard(&t, &(struct event_heard){ 1, 60, 100, false }, 0);
	assert_true(items_unheard(&t, 0));
	items_heard(&t, &(struct event_heard){ 1, 100, 100, true }, 0);
	assert_false(items_unheard(&t, 0));
	i = sounding(&t, 2, "r2", "i2", 500);
	i->discarded = true;
	assert_false(items_unheard(&t, 0));
	items_close(&t);
}

static void what_another_life_said_can_be_interrupted(void **state)
{
	struct items t = { 0 };

	(void)state;
	items_open(&t, 8);
	items_heard(&t, &(struct event_heard){ 99, 400, 800, false }, 5000 * MS_US);
	assert_true(items_unheard(&t, 5500 * MS_US));
	assert_false(items_unheard(&t, 6500 * MS_US)); /* the carrier would have said more */
	items_heard(&t, &(struct event_heard){ 99, 600, 800, false }, 7000 * MS_US);
	assert_true(items_unheard(&t, 7100 * MS_US));
	items_heard(&t, &(struct event_heard){ 99, 800, 800, true }, 7200 * MS_US);
	assert_false(items_unheard(&t, 7200 * MS_US));
	items_heard(&t, &(struct event_heard){ 99, 600, 800, false }, 8000 * MS_US);
	items_discard(&t, "");
	assert_false(items_unheard(&t, 8000 * MS_US));
	items_close(&t);
}

static void an_interruption_discards_what_is_unheard_and_what_still_comes(void **state)
{
	struct items t = { 0 };
	struct item *heard, *unheard, *writing, *other;

	(void)state;
	items_open(&t, 8);
	heard = sounding(&t, 1, "r1", "i1", 500);
	heard->heard_all = heard->done = true;
	unheard = sounding(&t, 2, "r2", "i2", 500);
	unheard->done = true;
	writing = items_add(&t, 3, "r3", "i3", 0, 1);
	other = items_add(&t, 4, "r4", "i4", 0, 1);
	items_discard(&t, "r3");
	assert_false(heard->discarded);
	assert_true(unheard->discarded);
	assert_true(writing->discarded);
	assert_false(other->discarded);
	assert_true(items_is_discarded(&t, "r3"));
	assert_false(items_is_discarded(&t, "r2")); /* it is over: nothing of it can come */
	assert_false(items_is_discarded(&t, ""));
	for (int i = 0; i < ITEMS_DISCARDED; i++) {
		char id[16];

		snprintf(id, sizeof id, "x%d", i);
		items_discard(&t, id);
	}
	assert_false(items_is_discarded(&t, "r3")); /* the oldest is forgotten */
	items_close(&t);
}

static void items_are_found_by_all_their_names(void **state)
{
	struct items t = { 0 };

	(void)state;
	items_open(&t, 8);
	items_add(&t, 1, "r1", "i1", 0, 1);
	items_add(&t, 2, "r1", "i1", 1, 1);
	items_add(&t, 3, "r1", "i2", 0, 1);
	items_add(&t, 4, "r1", "i1", 0, 2);
	assert_int_equal(items_find(&t, "i1", 0, 1)->ring, 1);
	assert_int_equal(items_find(&t, "i1", 1, 1)->ring, 2);
	assert_int_equal(items_find(&t, "i1", 0, 2)->ring, 4);
	assert_null(items_find(&t, "i2", 1, 1));
	assert_null(items_find(&t, "i3", 0, 1));
	assert_int_equal(items_ring(&t, 3)->ring, 3);
	assert_null(items_ring(&t, 0));
	assert_null(items_ring(&t, 9));
	items_ring(&t, 3)->cut_event = 17;
	assert_int_equal(items_cut_by(&t, 17)->ring, 3);
	assert_null(items_cut_by(&t, 0));
	for (uint32_t i = 0; i < ITEMS_MAX; i++)
		items_add(&t, 100 + i, "r", "n", 0, 3);
	assert_null(items_ring(&t, 3)); /* made room */
	items_close(&t);
}

static void the_end_is_reckoned_one_after_the_other(void **state)
{
	struct items t = { 0 };

	(void)state;
	items_open(&t, 8);
	assert_int_equal(items_heard_by_us(&t), 0);
	sounding(&t, 1, "r1", "i1", 1000)->first_us = 100 * MS_US;
	assert_int_equal(items_heard_by_us(&t), 1100 * MS_US);
	sounding(&t, 2, "r1", "i2", 500)->first_us = 200 * MS_US; /* waits for the first */
	assert_int_equal(items_heard_by_us(&t), 1600 * MS_US);
	items_ring(&t, 1)->ended = true;
	items_assume_heard(&t);
	assert_true(items_ring(&t, 1)->heard_all);
	assert_false(items_ring(&t, 2)->heard_all); /* not complete */
	assert_int_equal(items_ring(&t, 1)->heard_ms, 1000);
	items_close(&t);
}

static void words_are_gathered_up_to_a_cap(void **state)
{
	static char many[ITEMS_TEXT_MAX];
	struct items t = { 0 };
	struct item *i;

	(void)state;
	items_open(&t, 8);
	i = sounding(&t, 1, "r", "i", 2000);
	assert_int_equal(items_words(i, "Once upon "), 0);
	assert_int_equal(items_words(i, "a time."), 0);
	assert_string_equal(i->text, "Once upon a time.");
	i->heard_ms = 1000;
	assert_int_equal(items_heard_words(&t, i), strlen("Once"));
	memset(many, 'x', sizeof many - 1);
	assert_int_equal(items_words(i, many), -1);
	assert_string_equal(i->text, "Once upon a time.");
	items_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_heard_says_what_is_cut),
		cmocka_unit_test(unheard_is_what_the_caller_still_gets),
		cmocka_unit_test(what_another_life_said_can_be_interrupted),
		cmocka_unit_test(an_interruption_discards_what_is_unheard_and_what_still_comes),
		cmocka_unit_test(items_are_found_by_all_their_names),
		cmocka_unit_test(the_end_is_reckoned_one_after_the_other),
		cmocka_unit_test(words_are_gathered_up_to_a_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
