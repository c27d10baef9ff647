/* rd-replay: plays recorded frames, or a WAV file as a caller's voice, at their pace. rd-replay(1)
 *   exit 0 everything was played, 100 usage or a file that holds no frames, 111 the input or output failed */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "options.h"
#include "pace.h"
#include "reader.h"
#include "voice.h"
#include "writer.h"

static struct {
	bool text, exact, help, version;
	const char *path;
	struct pace pace;
} given = { .pace = { .speed = 1 } };

static int set_speed(const char *value, char *error, size_t size)
{
	char *end;
	double speed = strtod(value, &end);

	if (strcmp(value, "max") == 0) {
		given.pace.speed = 0;
		return 0;
	}
	given.pace.speed = speed;
	if (end > value && !*end && speed >= 0.01 && speed <= 1000)
		return 0;
	snprintf(error, size, "--speed %s: a number from 0.01 to 1000, or max, expected", value);
	return -1;
}

static const struct option_row options[] = {
	{ "speed", 's', OPTION_CALL, .argument = "N|max", .call = set_speed,
	  .help = "how fast, 1 as it was; max: all at once" },
	{ "exact", 'e', OPTION_FLAG, &given.exact, .help = "byte for byte as recorded: births, hops and origins, too" },
	{ "text", 0, OPTION_FLAG, &given.text, .help = "write frames as lines" },
	{ "help", 'h', OPTION_FLAG, &given.help, .help = "this text" },
	{ "version", 'V', OPTION_FLAG, &given.version, .help = "the version" },
};
#define OPTIONS (sizeof options / sizeof options[0])

static void read_options(int argc, char **argv)
{
	char error[512];
	int first = options_read(options, OPTIONS, argc, argv, error, sizeof error);

	if (first < 0)
		log_die(100, "%s", error);
	if (given.help) {
		options_help(options, OPTIONS, "rd-replay", "[--speed N|max] [--exact] [--text] [FILE]",
			     "Plays recorded frames, or a WAV file as a caller's voice, at their pace.", stdout);
		exit(0);
	}
	if (given.version) {
		printf("rd-replay %s\n", RD_VERSION);
		exit(0);
	}
	if (argc - first > 1)
		log_die(100, "%s: one file expected", argv[first + 1]);
	given.path = first < argc ? argv[first] : NULL;
}

static struct voice voice;
static struct reader reader;

static int next_recorded(struct frame *f)
{
	int got;

	while ((got = reader_next(&reader, f)) == 0) {
		struct pollfd p = { .fd = reader.fd, .events = POLLIN };

		(void)poll(&p, 1, -1);
	}
	return got;
}

static void open_input(void)
{
	int fd = given.path ? open(given.path, O_RDONLY | O_CLOEXEC) : 0;
	char error[512];

	if (fd < 0)
		log_die(100, "cannot read %s: %s", given.path, strerror(errno));
	if (voice_is_wav(fd)) {
		if (voice_open(&voice, given.path ? given.path : "/dev/stdin", error, sizeof error) < 0)
			log_die(100, "%s", error);
	} else if (reader_open(&reader, fd) < 0) {
		log_die(111, "cannot read frames: %s", strerror(errno));
	}
}

static int next(struct frame *f)
{
	return voice.samples ? voice_next(&voice, f) : next_recorded(f);
}

static void wait_until(uint64_t due_us)
{
	struct timespec at = { (time_t)(due_us / SECOND), (long)(due_us % SECOND) * 1000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

/* All of it, waiting for who reads: nothing is shed here. */
static int send_frame(struct writer *w, const struct frame *f)
{
	int ok = writer_send(w, f);

	while (ok == 0 && writer_waiting(w)) {
		struct pollfd p = { .fd = w->fd, .events = POLLOUT };

		(void)poll(&p, 1, -1);
		ok = writer_flush(w);
	}
	return ok;
}

/* It is said now. An origin above 127 was given by hand to a process that is gone; another may have it now and would
 * take the frame out. */
static void renew(struct frame *f)
{
	f->birth_us = clock_us();
	f->hops = 0;
	if (f->origin > 127)
		f->origin = 0;
}

static void play(struct writer *w)
{
	struct frame f;

	while (next(&f) > 0) {
		wait_until(pace_due_us(&given.pace, &f, clock_us()));
		if (!given.exact)
			renew(&f);
		if (send_frame(w, &f) == 0)
			continue;
		if (errno == EPIPE || errno == ECONNRESET)
			exit(0);
		log_die(111, "cannot write a frame: %s", strerror(errno));
	}
}

int main(int argc, char **argv)
{
	struct writer writer;

	log_open("rd-replay", NULL);
	read_options(argc, argv);
	open_input();
	(void)signal(SIGPIPE, SIG_IGN);
	if (writer_open(&writer, 1, given.text) < 0)
		log_die(111, "cannot open the output: %s", strerror(errno));
	errno = 0;
	play(&writer);
	if (errno == EBADMSG)
		log_die(100, "%s at %s %llu", reader.why, reader.form == READER_LINES ? "line" : "byte",
			(unsigned long long)reader.offset);
	if (!voice.samples && errno)
		log_die(111, "cannot read a frame: %s", strerror(errno));
	writer_close(&writer);
	reader_close(&reader);
	voice_close(&voice);
	return 0;
}
