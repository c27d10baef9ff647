#include "queue.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t payload[FRAME_PAYLOAD_MAX];

static int push(struct queue *q, enum frame_kind kind, uint32_t item, uint32_t length, size_t done)
{
	struct frame f = { .kind = (uint8_t)kind, .item = item, .length = length, .payload = payload };

	return queue_push(q, &f, done);
}

static void frames_come_out_in_order(void **state)
{
	struct queue q = { 0 };

	(void)state;
	for (uint32_t i = 1; i <= 5; i++)
		assert_int_equal(push(&q, i % 2 ? FRAME_EVENT : FRAME_UP, i, i, 0), 0);
	assert_int_equal(q.depth, 5);
	for (uint32_t i = 1; i <= 5; i++) {
		struct frame f;

		assert_int_equal(frame_unpack(&f, q.head->bytes), 0);
		assert_int_equal(f.item, i);
		assert_int_equal(q.head->size, FRAME_HEADER + i);
		queue_pop(&q);
	}
	queue_pop(&q);
	assert_null(q.head);
	assert_null(q.tail);
	assert_int_equal(q.depth, 0);
	assert_int_equal(q.high, 5);
	assert_int_equal(q.event_bytes + q.audio_bytes, 0);
}

static void too_many_events_are_refused(void **state)
{
	struct queue q = { 0 };
	unsigned n = 0;

	(void)state;
	while (push(&q, FRAME_EVENT, 0, FRAME_PAYLOAD_MAX, 0) == 0)
		n++;
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(n, QUEUE_EVENTS_MAX / FRAME_MAX);
	assert_int_equal(q.depth, n);			    /* none was shed */
	assert_int_equal(push(&q, FRAME_UP, 0, 160, 0), 0); /* audio has a place of its own */
	queue_close(&q);
	queue_close(&q);
}

static void old_audio_makes_room_for_new(void **state)
{
	struct queue q = { 0 };
	unsigned n = QUEUE_AUDIO_MAX / FRAME_MAX;

	(void)state;
	assert_int_equal(push(&q, FRAME_DOWN, 1, FRAME_PAYLOAD_MAX, 10), 0); /* a byte stream has begun with it */
	assert_int_equal(push(&q, FRAME_EVENT, 2, 10, 0), 0);
	for (unsigned i = 1; i < n + 3; i++)
		assert_int_equal(push(&q, FRAME_UP, 2 + i, FRAME_PAYLOAD_MAX, 0), 0);
	assert_int_equal(q.shed_full, 3);
	assert_true(q.audio_bytes <= QUEUE_AUDIO_MAX);
	assert_int_equal(q.head->item, 1);
	assert_int_equal(q.head->next->item, 2);
	assert_int_equal(q.head->next->next->item, 6); /* the three oldest went */
	assert_int_equal(q.tail->item, n + 4);
	queue_close(&q);
}

static bool keep_odd(void *ctx, uint32_t item)
{
	(void)ctx;
	return item % 2;
}

static void clearing_takes_audio_down_and_nothing_else(void **state)
{
	struct queue q = { 0 };

	(void)state;
	assert_int_equal(push(&q, FRAME_DOWN, 2, 160, 5), 0); /* half written: must be finished */
	assert_int_equal(push(&q, FRAME_DOWN, 2, 160, 0), 0); /* goes */
	assert_int_equal(push(&q, FRAME_EVENT, 2, 160, 0), 0);
	assert_int_equal(push(&q, FRAME_UP, 2, 160, 0), 0);
	assert_int_equal(push(&q, FRAME_DOWN, 3, 160, 0), 0); /* is kept */
	assert_int_equal(push(&q, FRAME_DOWN, 4, 160, 0), 0); /* goes, the last */
	queue_clear(&q, keep_odd, NULL);
	assert_int_equal(q.depth, 4);
	assert_int_equal(q.shed_cleared, 2);
	assert_int_equal(q.tail->item, 3);
	assert_int_equal(push(&q, FRAME_DOWN, 9, 160, 0), 0);
	assert_int_equal(q.tail->item, 9);
	assert_ptr_equal(q.head->next->next->next->next, q.tail);
	assert_int_equal(q.audio_bytes, 4 * (FRAME_HEADER + 160));
	queue_close(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_come_out_in_order),
		cmocka_unit_test(too_many_events_are_refused),
		cmocka_unit_test(old_audio_makes_room_for_new),
		cmocka_unit_test(clearing_takes_audio_down_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
