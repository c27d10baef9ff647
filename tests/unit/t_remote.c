#include "../../cmd/rd-memory/remote.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"

/* A store that answers when it is told to. */
static struct loop loop;
static struct {
	int door, client;
	char path[100], text[REMOTE_MESSAGE_MAX + 1];
} store;
static unsigned troubles, answers, silences;
static bool silence_was_sent;

static struct sockaddr_un address(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	memcpy(a.sun_path, store.path, strlen(store.path));
	return a;
}

static void open_store(void)
{
	struct sockaddr_un a = address();

	(void)unlink(store.path);
	store.client = -1;
	store.door = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_true(store.door >= 0);
	assert_int_equal(bind(store.door, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(store.door, 4), 0);
}

static void close_store(void)
{
	if (store.client >= 0)
		close(store.client);
	close(store.door);
	(void)unlink(store.path);
}

/* The next request's id; its text is in store.text. */
static long receive(void)
{
	struct cJSON *request;
	ssize_t n;
	long id;

	if (store.client < 0)
		store.client = accept(store.door, NULL, NULL);
	n = recv(store.client, store.text, sizeof store.text - 1, 0);
	assert_true(n > 0);
	store.text[n] = 0;
	request = json_parse(store.text, (size_t)n);
	id = (long)json_number(request, "id", 0);
	cJSON_Delete(request);
	return id;
}

static void answer(long id, const char *rest)
{
	char text[200];

	snprintf(text, sizeof text, "{\"id\":%ld,%s}", id, rest);
	assert_true(send(store.client, text, strlen(text), 0) > 0);
}

static bool nothing_comes(void)
{
	char byte;

	return recv(store.client, &byte, 1, MSG_DONTWAIT) < 0;
}

static void run_until(const unsigned *counter, unsigned value)
{
	uint64_t end = clock_us() + 10 * SECOND;

	while (*counter < value && clock_us() < end)
		assert_int_equal(loop_step(&loop, 100), 0);
	assert_int_equal(*counter, value);
}

static void run_until_idle(struct remote *r)
{
	uint64_t end = clock_us() + 10 * SECOND;

	while (!remote_idle(r) && clock_us() < end)
		assert_int_equal(loop_step(&loop, 100), 0);
	assert_true(remote_idle(r));
}

static void on_trouble(struct remote *r, const char *text, bool away)
{
	(void)away;
	(void)r;
	(void)text;
	troubles++;
}

static void on_answer(void *ctx, const struct cJSON *said, bool sent)
{
	(void)ctx;
	if (said) {
		answers++;
	} else {
		silences++;
		silence_was_sent = sent;
	}
}

static int begin(void **state)
{
	const char *tmp = getenv("TMP");

	(void)state;
	snprintf(store.path, sizeof store.path, "%.60s/t_remote.%ld", tmp ? tmp : "/tmp", (long)getpid());
	troubles = answers = silences = 0;
	return loop_open(&loop);
}

static int end(void **state)
{
	(void)state;
	loop_close(&loop);
	return 0;
}

static void requests_are_answered_in_any_order(void **state)
{
	struct remote r = { .on_trouble = on_trouble };
	long first, second;

	(void)state;
	open_store();
	assert_int_equal(remote_open(&r, &loop, store.path), 0);
	remote_write(&r, json_make("do:s", "turn"));
	assert_int_equal(remote_ask(&r, json_make("do:s", "context"), 10 * SECOND, on_answer, NULL), 0);
	first = receive();
	second = receive();
	answer(second, "\"ok\":true");
	run_until(&answers, 1);
	assert_false(remote_idle(&r));
	answer(first, "\"ok\":true");
	answer(first, "\"ok\":true"); /* nobody asked */
	run_until_idle(&r);
	assert_int_equal(troubles, 0);
	assert_int_equal(r.lost, 0);
	remote_close(&r);
	remote_close(&r);
	close_store();
}

static void what_was_not_answered_is_sent_again(void **state)
{
	struct remote r = { .on_trouble = on_trouble };
	long id;

	(void)state;
	open_store();
	assert_int_equal(remote_open(&r, &loop, store.path), 0);
	remote_write(&r, json_make("do:s n:i", "turn", 1));
	remote_write(&r, json_make("do:s n:i", "turn", 2));
	id = receive();
	answer(id, "\"ok\":true");
	while (r.count > 1)
		assert_int_equal(loop_step(&loop, 1000), 0);
	close_store(); /* it dies with the second */
	while (r.fd >= 0)
		assert_int_equal(loop_step(&loop, 1000), 0);
	open_store();
	while (r.fd < 0)
		assert_int_equal(loop_step(&loop, 1000), 0);
	answer(receive(), "\"ok\":true");
	assert_non_null(strstr(store.text, "\"n\":2"));
	run_until_idle(&r);
	assert_true(nothing_comes());
	assert_int_equal(troubles, 0); /* 50 ms are no trouble */
	remote_close(&r);
	close_store();
}

static void trouble_is_told_once(void **state)
{
	struct remote r = { .on_trouble = on_trouble };
	uint64_t begun = clock_us();

	(void)state;
	assert_int_equal(remote_open(&r, &loop, store.path), 0);
	remote_write(&r, json_make("do:s", "turn"));
	run_until(&troubles, 1);
	assert_in_range(clock_us() - begun, 300 * MS, 20 * SECOND);
	while (r.attempts < 5)
		assert_int_equal(loop_step(&loop, 1000), 0);
	assert_int_equal(troubles, 1);
	open_store();
	while (r.fd < 0)
		assert_int_equal(loop_step(&loop, 1000), 0);
	answer(receive(), "\"ok\":false,\"error\":\"disk full\""); /* there, but of no use */
	run_until_idle(&r);
	assert_int_equal(r.lost, 1);
	remote_write(&r, json_make("do:s", "turn"));
	answer(receive(), "\"ok\":true");
	run_until_idle(&r);
	assert_int_equal(troubles, 1);
	remote_write(&r, json_make("do:s", "turn"));
	answer(receive(), "\"ok\":false,\"error\":\"disk full\"");
	run_until(&troubles, 2); /* another one */
	assert_int_equal(remote_ask(&r, json_make("do:s", "context"), 10 * SECOND, on_answer, NULL), 0);
	answer(receive(), "\"ok\":true"); /* that it answers questions does not end it */
	run_until(&answers, 1);
	remote_write(&r, json_make("do:s", "turn"));
	answer(receive(), "\"ok\":false,\"error\":\"disk full\"");
	run_until_idle(&r);
	assert_int_equal(troubles, 2);
	remote_close(&r);
	close_store();
}

static void a_question_has_a_limit(void **state)
{
	struct remote r = { .on_trouble = on_trouble };
	long id;

	(void)state;
	assert_int_equal(remote_open(&r, &loop, store.path), 0);
	assert_int_equal(remote_ask(&r, json_make("do:s", "context"), 50 * MS, on_answer, NULL), 0);
	run_until(&silences, 1);
	assert_false(silence_was_sent);
	assert_true(remote_idle(&r));
	remote_close(&r);
	open_store();
	assert_int_equal(remote_open(&r, &loop, store.path), 0);
	assert_int_equal(remote_ask(&r, json_make("do:s", "context"), 50 * MS, on_answer, NULL), 0);
	id = receive();
	run_until(&silences, 2);
	assert_true(silence_was_sent);
	answer(id, "\"ok\":true"); /* too late */
	assert_int_equal(loop_step(&loop, 1000), 0);
	assert_int_equal(answers, 0);
	remote_close(&r);
	close_store();
}

static void the_queue_is_bounded(void **state)
{
	struct remote r = { .on_trouble = on_trouble };
	char *large = malloc(REMOTE_MESSAGE_MAX + 1);

	(void)state;
	assert_int_equal(remote_open(&r, &loop, store.path), 0);
	for (int i = 0; i < REMOTE_REQUESTS_MAX + 10; i++)
		remote_write(&r, json_make("do:s n:i", "turn", i));
	assert_int_equal(r.count, REMOTE_REQUESTS_MAX);
	assert_int_equal(r.lost, 10);
	memset(large, 'x', REMOTE_MESSAGE_MAX);
	large[REMOTE_MESSAGE_MAX] = 0;
	remote_write(&r, json_make("do:s text:s", "turn", large)); /* no message holds it */
	assert_int_equal(r.lost, 11);
	large[60000] = 0;
	for (int i = 0; i < 100; i++)
		remote_write(&r, json_make("do:s text:s", "turn", large));
	assert_true(r.bytes <= REMOTE_BYTES_MAX);
	open_store();
	while (r.fd < 0)
		assert_int_equal(loop_step(&loop, 1000), 0);
	for (size_t left = r.count; left; left--) { /* more than a socket takes at once */
		answer(receive(), "\"ok\":true");
		assert_int_equal(loop_step(&loop, 0), 0);
	}
	run_until_idle(&r);
	remote_close(&r);
	close_store();
	free(large);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(requests_are_answered_in_any_order, begin, end),
		cmocka_unit_test_setup_teardown(what_was_not_answered_is_sent_again, begin, end),
		cmocka_unit_test_setup_teardown(trouble_is_told_once, begin, end),
		cmocka_unit_test_setup_teardown(a_question_has_a_limit, begin, end),
		cmocka_unit_test_setup_teardown(the_queue_is_bounded, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
