#include "../../cmd/rd-bridge/backlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define SECOND_BYTES 100u /* a slow voice: the ring has 6000 bytes */

/* Writes n bytes of which each says its place. */
static void speak(struct backlog *b, size_t n)
{
	while (n-- > 0) {
		uint8_t byte = (uint8_t)(b->map->written % 251);

		backlog_write(b, &byte, 1);
	}
}

/* Takes all that is unsent in pieces of `most`; how many bytes, each at its place. */
static size_t hear(struct backlog *b, size_t most)
{
	const uint8_t *audio;
	size_t n, all = 0;

	while ((n = backlog_unsent(b, most, &audio)) > 0) {
		assert_true(n <= most);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(audio[i], (backlog_sent(b) + i) % 251);
		backlog_took(b, n);
		all += n;
	}
	return all;
}

static void all_comes_through_in_order(void **state)
{
	static const size_t pieces[] = { 1, 2, 7, 20, 99, 333, 1000 };

	(void)state;
	for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
		struct backlog b;
		const char *why;
		size_t all = 0;

		assert_int_equal(backlog_open(&b, NULL, SECOND_BYTES, &why), 0);
		for (int i = 0; i < 50; i++) {
			speak(&b, pieces[p]);
			all += hear(&b, 160);
		}
		assert_int_equal(all, 50 * pieces[p]);
		assert_int_equal(b.lost, 0);
		backlog_close(&b);
	}
}

static void a_minute_waits_and_no_more(void **state)
{
	struct backlog b;
	const char *why;

	(void)state;
	assert_int_equal(backlog_open(&b, NULL, SECOND_BYTES, &why), 0);
	speak(&b, 6300);
	assert_int_equal(b.lost, 300);
	assert_int_equal(hear(&b, 160), 6000);
	backlog_close(&b);
}

static void what_was_sent_can_be_sent_again(void **state)
{
	static const struct {
		bool keep;
		size_t before, spoken;
		uint64_t place;
		size_t again;
	} cases[] = {
		{ true, 0, 500, 200, 300 },
		{ true, 0, 500, 0, 500 },
		{ true, 0, 500, 500, 0 },
		{ true, 0, 500, 9000000, 0 },  /* a server's clock: words that are not spoken yet */
		{ true, 0, 500, UINT64_MAX, 0 },
		{ true, 0, 6500, 200, 6000 },  /* the oldest are gone */
		{ true, 450, 5700, 450, 5700 }, /* over the seam */
		{ false, 0, 1990, 1980, 10 },
		{ false, 0, 2015, 2000, 15 },
		{ false, 0, 2000, 100, 100 },  /* nothing was to be kept: a second is */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct backlog b;
		const char *why;

		assert_int_equal(backlog_open(&b, NULL, SECOND_BYTES, &why), 0);
		speak(&b, cases[i].before);
		hear(&b, 20);
		if (cases[i].keep)
			untold_begin(&b.map->untold, cases[i].before, 1);
		for (size_t n = 0; n < cases[i].spoken; n += 10) {
			speak(&b, cases[i].spoken - n < 10 ? cases[i].spoken - n : 10);
			hear(&b, 20);
		}
		backlog_rewind(&b, cases[i].place);
		if (cases[i].keep)
			assert_int_equal(hear(&b, 20), cases[i].again);
		else
			assert_true(hear(&b, 20) >= cases[i].again);
		backlog_close(&b);
	}
}

/* In a long call without a word only the first seconds' memory is ever touched. */
static void silence_stays_in_front(void **state)
{
	struct backlog b;
	const char *why;

	(void)state;
	assert_int_equal(backlog_open(&b, NULL, SECOND_BYTES, &why), 0);
	memset(b.map->ring, 0xee, b.size);
	for (int i = 0; i < 500; i++) {
		speak(&b, 2);
		hear(&b, 20);
	}
	for (size_t i = 3 * SECOND_BYTES; i < b.size; i++)
		assert_int_equal(b.map->ring[i], 0xee);
	backlog_close(&b);
}

/* A folder of the test's own. */
static void make_folder(char *dir, size_t size)
{
	const char *tmp = getenv("TMP");

	snprintf(dir, size, "%s/backlog-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(dir));
}

static void remove_folder(const char *dir)
{
	char path[200];

	snprintf(path, sizeof path, "%s/untold", dir);
	(void)unlink(path);
	assert_int_equal(rmdir(dir), 0);
}

/* Killed: nothing is closed. Whoever comes after finds every byte, and what was untold. */
static void a_successor_finds_it(void **state)
{
	struct backlog dead, b;
	const char *why;
	char dir[160];

	(void)state;
	make_folder(dir, sizeof dir);
	assert_int_equal(backlog_open(&dead, dir, SECOND_BYTES, &why), 0);
	assert_null(why);
	speak(&dead, 900);
	hear(&dead, 20);
	untold_begin(&dead.map->untold, 850, 1234);
	speak(&dead, 5200);
	hear(&dead, 20);
	speak(&dead, 40);
	assert_int_equal(backlog_open(&b, dir, SECOND_BYTES, &why), 1);
	assert_null(why);
	assert_int_equal(untold_again(&b.map->untold), 850);
	backlog_rewind(&b, 850);
	assert_int_equal(hear(&b, 160), 900 + 5200 + 40 - 850);
	backlog_close(&b);
	backlog_close(&dead);
	assert_int_equal(backlog_open(&b, dir, 2 * SECOND_BYTES, &why), 0); /* of another format: none of ours */
	backlog_close(&b);
	remove_folder(dir);
}

static void what_is_damaged_is_begun_anew(void **state)
{
	static const size_t places[] = { 0, offsetof(struct backlog_map, bytes), offsetof(struct backlog_map, base),
					 offsetof(struct backlog_map, written), offsetof(struct backlog_map, untold) };

	(void)state;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		struct backlog b;
		const char *why;
		char dir[160];

		make_folder(dir, sizeof dir);
		assert_int_equal(backlog_open(&b, dir, SECOND_BYTES, &why), 0);
		speak(&b, 50);
		memset((char *)b.map + places[i], 0xff, 8);
		backlog_close(&b);
		assert_int_equal(backlog_open(&b, dir, SECOND_BYTES, &why), 0);
		assert_non_null(why);
		speak(&b, 50);
		assert_int_equal(hear(&b, 20), 50);
		backlog_close(&b);
		remove_folder(dir);
	}
}

/* A successor's reading: all of it lies in the ring, and comes to an end. */
static void read_all(struct backlog *b)
{
	struct untold *u = &b->map->untold;
	const uint8_t *audio;
	size_t n, all = 0;
	int turns = 0;

	for (struct untold_turn *t = untold_answered_from(u, 0); t; t = untold_answered_from(u, t->place + 1)) {
		assert_true(turns++ < UNTOLD_TURNS);
		assert_true(strlen(t->id) < sizeof t->id && t->end <= b->map->written);
	}
	for (int i = 0; i < UNTOLD_CALLS; i++)
		assert_true(strlen(u->calls[i].arguments) < sizeof u->calls[i].arguments);
	backlog_rewind(b, untold_again(u));
	while ((n = backlog_unsent(b, 160, &audio)) > 0) {
		assert_true(audio >= b->map->ring && audio + n <= b->map->ring + b->size);
		backlog_took(b, n);
		all += n;
	}
	assert_true(all <= b->size);
	speak(b, 200);
}

/* Whatever a predecessor left in the head: it is whole, or it is begun anew. */
static void no_byte_leads_astray(void **state)
{
	static const uint8_t values[] = { 0, 1, 2, 3, 0x7f, 0x80, 0xff };
	const char *why;
	char dir[160];
	int found = 0;

	(void)state;
	make_folder(dir, sizeof dir);
	srand(1);
	for (int i = 0; i < 3000; i++) {
		struct backlog b;

		assert_true(backlog_open(&b, dir, SECOND_BYTES, &why) >= 0);
		for (int turn = 0; turn < 2; turn++) {
			untold_begin(&b.map->untold, b.map->written, 1);
			speak(&b, 30);
			untold_end(&b.map->untold, b.map->written);
			untold_answered(&b.map->untold);
		}
		for (int n = rand() % 3; n >= 0; n--)
			((uint8_t *)b.map)[(size_t)rand() % sizeof *b.map] = values[(size_t)rand() % sizeof values];
		backlog_close(&b);
		found += backlog_open(&b, dir, SECOND_BYTES, &why);
		read_all(&b);
		backlog_close(&b);
	}
	assert_true(found > 100 && found < 3000);
	remove_folder(dir);
}

static void without_a_folder_it_is_memory(void **state)
{
	struct backlog b;
	const char *why;

	(void)state;
	assert_int_equal(backlog_open(&b, "/nowhere/at/all", SECOND_BYTES, &why), 0);
	assert_non_null(why);
	speak(&b, 500);
	assert_int_equal(hear(&b, 160), 500);
	backlog_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_comes_through_in_order),
		cmocka_unit_test(a_minute_waits_and_no_more),
		cmocka_unit_test(what_was_sent_can_be_sent_again),
		cmocka_unit_test(silence_stays_in_front),
		cmocka_unit_test(a_successor_finds_it),
		cmocka_unit_test(what_is_damaged_is_begun_anew),
		cmocka_unit_test(no_byte_leads_astray),
		cmocka_unit_test(without_a_folder_it_is_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
