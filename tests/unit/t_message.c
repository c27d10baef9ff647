#include "../../cmd/rd-voicemail/message.h"

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wav.h"

#define CALL "CA00000000000000000000000000000001"

static char folder[200], path[300];

static int begin(void **state)
{
	const char *tmp = getenv("TMP");

	(void)state;
	snprintf(folder, sizeof folder, "%.150s/t_message.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return -1;
	strcat(folder, "/messages");
	snprintf(path, sizeof path, "%s/" CALL ".wav", folder);
	return 0;
}

/* A ramp that begins anywhere, so that a gap would be seen. */
static int add(struct message *m, int from, int n)
{
	int16_t samples[160];
	int failed = 0;

	for (int at = 0; !failed && at < n; at += 160) {
		for (int i = 0; i < 160; i++)
			samples[i] = (int16_t)(from + at + i);
		failed = message_add(m, samples, 160);
	}
	return failed;
}

static void expect(unsigned rate_hz, size_t n)
{
	static int16_t samples[100000];
	char error[400];
	struct wav w;

	if (wav_open(&w, path, error, sizeof error) < 0)
		fail_msg("%s", error);
	assert_int_equal(w.rate_hz, rate_hz);
	assert_int_equal(w.channels, 1);
	assert_int_equal(wav_read(&w, samples, 100000), n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(samples[i], (int16_t)i);
	wav_close(&w);
}

static void what_was_said_is_in_the_file(void **state)
{
	struct message m;
	struct stat st;

	(void)state;
	assert_int_equal(message_open(&m, folder, CALL, 8000), 0);
	expect(8000, 0);
	assert_int_equal(add(&m, 0, 8000), 0);
	assert_int_equal(message_ms(&m), 1000);
	expect(8000, 8000); /* whole, while it goes on */
	assert_int_equal(add(&m, 8000, 160), 0);
	assert_int_equal(message_finish(&m), 0);
	expect(8000, 8160);
	message_close(&m);
	message_close(&m);
	assert_int_equal(message_finish(&m), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* Killed between samples and header, or in the middle of a sample: what is there is gone on with. */
static void a_successor_goes_on(void **state)
{
	struct message m;
	FILE *f;

	(void)state;
	assert_int_equal(message_open(&m, folder, CALL, 16000), 0);
	assert_int_equal(add(&m, 0, 3200), 0);
	close(m.fd);
	f = fopen(path, "a");
	fwrite("\200\014\201", 1, 3, f); /* 3200, and half of 3201 */
	fclose(f);
	expect(16000, 3200);
	assert_int_equal(message_open(&m, folder, CALL, 8000), 0);
	assert_int_equal(m.rate_hz, 16000);
	assert_int_equal(add(&m, 3201, 1600), 0);
	message_close(&m);
	expect(16000, 4801);
}

/* Who only asks what is there makes nothing, and an empty beginning keeps its rate. */
static void what_is_not_there_is_not_made(void **state)
{
	struct message m;

	(void)state;
	assert_int_equal(message_open(&m, folder, CALL, MESSAGE_RATE_FOUND), -1);
	assert_int_equal(errno, ENOENT);
	assert_string_equal(m.path, "");
	assert_int_equal(access(path, F_OK), -1);
	fclose(fopen(path, "w"));
	assert_int_equal(message_open(&m, folder, CALL, MESSAGE_RATE_FOUND), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(message_open(&m, folder, CALL, 16000), 0);
	message_close(&m);
	assert_int_equal(message_open(&m, folder, CALL, MESSAGE_RATE_FOUND), 0);
	assert_int_equal(m.rate_hz, 16000);
	assert_int_equal(add(&m, 0, 1600), 0);
	message_close(&m);
	expect(16000, 1600);
}

static void what_is_no_message_is_written_over(void **state)
{
	static const char *const contents[] = { "", "RIFF", "no WAV at all, however long it may be: forty-four bytes" };
	struct message m;
	FILE *f;

	(void)state;
	assert_int_equal(mkdir(folder, 0700), 0);
	for (size_t i = 0; i < 3; i++) {
		f = fopen(path, "w");
		fputs(contents[i], f);
		fclose(f);
		assert_int_equal(message_open(&m, folder, CALL, 8000), 0);
		assert_int_equal(add(&m, 0, 160), 0);
		message_close(&m);
		expect(8000, 160);
	}
}

static void failures_are_told(void **state)
{
	struct rlimit before, small = { .rlim_cur = 10000 };
	struct message m;

	(void)state;
	assert_int_equal(message_open(&m, folder, "../../x", 8000), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(message_open(&m, "/proc/none", CALL, 8000), -1);
	message_drop(&m);
	assert_int_equal(message_open(&m, folder, CALL, 8000), 0);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	assert_int_equal(add(&m, 0, 8000), -1);
	assert_int_equal(errno, EFBIG);
	setrlimit(RLIMIT_FSIZE, &before);
	m.waiting = 0; /* nobody writes what did not fit */
	message_close(&m);
	expect(8000, m.bytes / 2);
	assert_int_equal(message_open(&m, folder, CALL, 8000), 0);
	message_drop(&m);
	message_drop(&m);
	assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_was_said_is_in_the_file, begin),
		cmocka_unit_test_setup(a_successor_goes_on, begin),
		cmocka_unit_test_setup(what_is_not_there_is_not_made, begin),
		cmocka_unit_test_setup(what_is_no_message_is_written_over, begin),
		cmocka_unit_test_setup(failures_are_told, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
