#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"

/* What happened, in order, a letter each. */
static char happened[64];

static void note(char letter)
{
	size_t n = strlen(happened);

	if (n < sizeof happened - 1)
		happened[n] = letter;
}

struct fixture {
	struct loop loop;
	struct watch watches[3];
	struct timer timers[4];
	int pipes[3][2];
};

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof *x);

	memset(happened, 0, sizeof happened);
	assert_int_equal(loop_open(&x->loop), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(pipe(x->pipes[i]), 0);
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;

	for (int i = 0; i < 3; i++) {
		loop_unwatch(&x->loop, &x->watches[i]);
		close(x->pipes[i][0]);
		close(x->pipes[i][1]);
	}
	loop_close(&x->loop);
	loop_close(&x->loop);
	free(x);
	return 0;
}

static void watch(struct fixture *x, int i, void (*on)(void *ctx, uint32_t events), void *ctx)
{
	x->watches[i] = (struct watch){ .name = "pipe", .on = on, .ctx = ctx };
	assert_int_equal(loop_watch(&x->loop, &x->watches[i], x->pipes[i][0], EPOLLIN), 0);
}

static void poke(struct fixture *x, int i)
{
	assert_int_equal(write(x->pipes[i][1], "x", 1), 1);
}

static void on_readable(void *ctx, uint32_t events)
{
	struct watch *w = ctx;
	char c;

	assert_true(events & EPOLLIN);
	assert_int_equal(read(w->fd, &c, 1), 1);
	note('r');
}

static void descriptors_call(void **state)
{
	struct fixture *x = *state;

	watch(x, 0, on_readable, &x->watches[0]);
	assert_int_equal(loop_step(&x->loop, 0), 0);
	assert_string_equal(happened, "");
	poke(x, 0);
	assert_int_equal(loop_step(&x->loop, 1000), 0);
	assert_string_equal(happened, "r");
	loop_unwatch(&x->loop, &x->watches[0]);
	loop_unwatch(&x->loop, &x->watches[0]);
	poke(x, 0);
	assert_int_equal(loop_step(&x->loop, 0), 0);
	assert_string_equal(happened, "r");
	assert_int_equal(loop_watch(&x->loop, &x->watches[0], -1, EPOLLIN), -1);
	assert_int_equal(errno, EBADF);
}

static void on_readable_ends_others(void *ctx, uint32_t events)
{
	struct fixture *x = ctx;

	(void)events;
	note('u');
	for (int i = 0; i < 3; i++)
		loop_unwatch(&x->loop, &x->watches[i]);
}

static void who_is_unwatched_in_the_same_batch_is_not_called(void **state)
{
	struct fixture *x = *state;

	for (int i = 0; i < 3; i++) {
		watch(x, i, on_readable_ends_others, x);
		poke(x, i);
	}
	assert_int_equal(loop_step(&x->loop, 1000), 0);
	assert_string_equal(happened, "u");
}

static void on_a(void *ctx)
{
	(void)ctx;
	note('a');
}

static void on_b(void *ctx)
{
	(void)ctx;
	note('b');
}

static void on_c(void *ctx)
{
	(void)ctx;
	note('c');
}

static void on_last(void *ctx)
{
	note('.');
	loop_stop(ctx);
}

static void timers_fire_in_order_and_once(void **state)
{
	struct fixture *x = *state;
	uint64_t now = clock_us();

	x->timers[0] = (struct timer){ .on = on_a };
	x->timers[1] = (struct timer){ .on = on_b };
	x->timers[2] = (struct timer){ .on = on_c };
	x->timers[3] = (struct timer){ .on = on_last, .ctx = &x->loop };
	timer_set(&x->loop, &x->timers[3], now + 6 * MS);
	timer_set(&x->loop, &x->timers[0], now + 4 * MS);
	timer_set(&x->loop, &x->timers[1], now + 2 * MS);
	timer_set(&x->loop, &x->timers[2], 1);		  /* long ago */
	timer_set(&x->loop, &x->timers[0], now + 3 * MS); /* moved */
	assert_int_equal(loop_run(&x->loop), 0);
	assert_string_equal(happened, "cba.");
	for (int i = 0; i < 4; i++)
		assert_false(x->timers[i].set);
	assert_true(clock_us() >= now + 6 * MS);
}

static void a_stopped_timer_is_silent(void **state)
{
	struct fixture *x = *state;

	x->timers[0] = (struct timer){ .on = on_a };
	x->timers[1] = (struct timer){ .on = on_b };
	x->timers[3] = (struct timer){ .on = on_last, .ctx = &x->loop };
	timer_after(&x->loop, &x->timers[0], 1 * MS);
	timer_after(&x->loop, &x->timers[1], 2 * MS);
	timer_after(&x->loop, &x->timers[3], 3 * MS);
	timer_stop(&x->loop, &x->timers[0]);
	timer_stop(&x->loop, &x->timers[0]);
	assert_int_equal(loop_run(&x->loop), 0);
	assert_string_equal(happened, "b.");
}

static void what_came_is_read_before_a_timer_fires(void **state)
{
	struct fixture *x = *state;

	x->timers[0] = (struct timer){ .on = on_a };
	timer_set(&x->loop, &x->timers[0], 1); /* long ago: the first in the batch */
	watch(x, 0, on_readable, &x->watches[0]);
	poke(x, 0);
	assert_int_equal(loop_step(&x->loop, 1000), 0);
	assert_string_equal(happened, "ra");
}

static void on_again(void *ctx)
{
	struct fixture *x = ctx;

	note('x');
	if (strlen(happened) < 3)
		timer_after(&x->loop, &x->timers[0], 0);
	else
		loop_stop(&x->loop);
}

static void a_timer_may_set_itself_again(void **state)
{
	struct fixture *x = *state;

	x->timers[0] = (struct timer){ .on = on_again, .ctx = x };
	timer_after(&x->loop, &x->timers[0], 0);
	assert_int_equal(loop_run(&x->loop), 0);
	assert_string_equal(happened, "xxx");
}

static void on_signal(void *ctx, int signo)
{
	note(signo == SIGUSR1 ? '1' : '2');
	if (signo == SIGUSR2)
		loop_stop(ctx);
}

static void signals_are_events(void **state)
{
	struct fixture *x = *state;

	assert_int_equal(loop_signal(&x->loop, SIGUSR1, on_signal, &x->loop), 0);
	assert_int_equal(loop_signal(&x->loop, SIGUSR2, on_signal, &x->loop), 0);
	assert_int_equal(loop_signal(&x->loop, SIGPIPE, NULL, NULL), 0);
	raise(SIGUSR1);
	raise(SIGPIPE);
	assert_string_equal(happened, ""); /* not before the loop runs */
	raise(SIGUSR2);
	assert_int_equal(loop_run(&x->loop), 0);
	assert_string_equal(happened, "12");
}

static void on_file(void *ctx, uint32_t events)
{
	struct fixture *x = ctx;
	char c;

	(void)events;
	if (read(x->watches[2].fd, &c, 1) == 1)
		note('f');
	else
		loop_stop(&x->loop);
}

static void a_file_is_always_ready(void **state)
{
	char path[] = "/tmp/t_loop.XXXXXX";
	struct fixture *x = *state;
	int fd = mkstemp(path);

	assert_int_equal(write(fd, "abc", 3), 3);
	lseek(fd, 0, SEEK_SET);
	x->watches[2] = (struct watch){ .name = "file", .on = on_file, .ctx = x };
	assert_int_equal(loop_watch(&x->loop, &x->watches[2], fd, EPOLLIN), 0);
	assert_int_equal(loop_run(&x->loop), 0);
	assert_string_equal(happened, "fff");
	loop_unwatch(&x->loop, &x->watches[2]);
	x->loop.stopped = false;
	assert_int_equal(loop_step(&x->loop, 0), 0); /* and not when nobody wants it */
	assert_string_equal(happened, "fff");
	close(fd);
	unlink(path);
}

static void on_file_a(void *ctx, uint32_t events)
{
	(void)ctx;
	(void)events;
	note('a');
}

static void on_file_b(void *ctx, uint32_t events)
{
	(void)ctx;
	(void)events;
	note('b');
}

static void files_take_turns(void **state)
{
	struct fixture *x = *state;
	FILE *a = tmpfile(), *b = tmpfile();

	x->watches[0] = (struct watch){ .name = "a", .on = on_file_a };
	x->watches[1] = (struct watch){ .name = "b", .on = on_file_b };
	assert_int_equal(loop_watch(&x->loop, &x->watches[0], fileno(a), EPOLLIN), 0);
	assert_int_equal(loop_watch(&x->loop, &x->watches[1], fileno(b), EPOLLIN), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(loop_step(&x->loop, 0), 0);
	assert_string_equal(happened, "baba");
	loop_unwatch(&x->loop, &x->watches[1]);
	assert_int_equal(loop_step(&x->loop, 0), 0);
	assert_int_equal(loop_step(&x->loop, 0), 0);
	assert_string_equal(happened, "babaaa");
	loop_unwatch(&x->loop, &x->watches[0]);
	fclose(a);
	fclose(b);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(descriptors_call),
		TEST(who_is_unwatched_in_the_same_batch_is_not_called),
		TEST(timers_fire_in_order_and_once),
		TEST(a_stopped_timer_is_silent),
		TEST(what_came_is_read_before_a_timer_fires),
		TEST(a_timer_may_set_itself_again),
		TEST(signals_are_events),
		TEST(a_file_is_always_ready),
		TEST(files_take_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
