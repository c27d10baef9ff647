#include <cmocka.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "heap.h"
#include "pages.h"

#define DEEP (64 * 1024u)
#define HOLES 64

/* Of the pages that hold the n bytes from `at` on, how many are in memory. */
static size_t resident(uintptr_t at, size_t n)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = at / page * page;
	size_t pages = (at + n - from + page - 1) / page, count = 0;
	unsigned char *there = calloc(1, pages);

	assert_non_null(there);
	if (mincore((void *)from, pages * page, there) == 0)
		for (size_t i = 0; i < pages; i++)
			count += there[i] & 1;
	free(there);
	return count;
}

/* Writes to so much stack and tells where it lay. */
static __attribute__((noinline)) uintptr_t go_deep(void)
{
	volatile char deep[DEEP];

	for (size_t i = 0; i < sizeof deep; i += 512)
		deep[i] = 1;
	return (uintptr_t)deep;
}

static void stack_that_is_left_is_given_back(void **state)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), deep = go_deep();
	size_t before = resident(deep, DEEP - 2 * page);

	(void)state;
	pages_drop_stack();
	assert_true(before >= DEEP / page - 3);
	assert_int_equal(resident(deep, DEEP - 2 * page), 0);
}

/* Each call lies some bytes deeper: the end of the stack in use comes to be at all places of a page. */
static __attribute__((noinline)) unsigned drop_below(unsigned calls)
{
	volatile unsigned mine = calls;

	pages_drop_stack();
	return calls ? drop_below(calls - 1) + (mine == calls) : 0;
}

static void stack_in_use_stays(void **state)
{
	unsigned calls = (unsigned)sysconf(_SC_PAGESIZE) / 4;

	(void)state;
	assert_int_equal(drop_below(calls), calls);
}

#define READ_ONLY_KB 1024
static const char read_only[READ_ONLY_KB * 1024] = "a constant";
static char written[] = "before";

/* Pages of files that are mapped, in KB. The kernel counts them a little late. */
static long files_kb(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[128];
	long kb = -1;

	assert_non_null(status);
	while (kb < 0 && fgets(line, sizeof line, status))
		if (strncmp(line, "RssFile:", 8) == 0)
			kb = strtol(line + 8, NULL, 10);
	(void)fclose(status);
	assert_true(kb >= 0);
	return kb;
}

static void files_are_given_back_and_come_again(void **state)
{
	volatile char sum = 0;
	char number[16];
	long before;

	(void)state;
	for (size_t i = 0; i < sizeof read_only; i += 4096)
		sum = (char)(sum + read_only[i]);
	memcpy(written, "after!", sizeof written);
	before = files_kb();
	pages_drop_files();
	pages_drop_files(); /* harmless again */
	assert_in_range(before - files_kb(), READ_ONLY_KB / 2, LONG_MAX);
	assert_string_equal(read_only, "a constant");
	assert_string_equal(written, "after!");
	assert_int_equal(snprintf(number, sizeof number, "%d", 42), 2);
	assert_string_equal(number, "42");
}

static void holes_of_the_heap_are_filled(void **state)
{
	char *hole[HOLES], *kept[HOLES];

	(void)state;
	heap_lean();
	for (size_t i = 0; i < HOLES; i++) {
		hole[i] = malloc(2000);
		kept[i] = malloc(100);
		assert_true(hole[i] && kept[i]);
		memset(kept[i], 'k', 100);
	}
	for (size_t i = 0; i < HOLES; i++)
		free(hole[i]);
	heap_settle();
	heap_settle(); /* harmless again */
	for (size_t i = 0; i < HOLES; i++) {
		hole[i] = malloc(2000);
		assert_non_null(hole[i]);
#ifndef __SANITIZE_ADDRESS__ /* whose malloc has no such holes */
		assert_true(hole[i] > kept[HOLES - 1]);
#endif
		assert_memory_equal(kept[i], "kkkk", 4);
	}
	for (size_t i = 0; i < HOLES; i++) {
		free(hole[i]);
		free(kept[i]);
	}
	heap_trim();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(stack_that_is_left_is_given_back),
		cmocka_unit_test(stack_in_use_stays),
		cmocka_unit_test(files_are_given_back_and_come_again),
		cmocka_unit_test(holes_of_the_heap_are_filled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
