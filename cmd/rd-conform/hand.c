/* By hand: a byte stream in a pipeline, without a place in a ring; lines of text; options. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "clock.h"

static void begin(struct subject *s)
{
	subject_pipes(s, NULL);
	subject_settle(s);
}

static void pipeline(struct subject *s)
{
	static uint8_t noise[6000];
	struct tape_frame f;
	char type[48];
	size_t at = 0;

	begin(s);
	for (uint32_t i = 0; i < 300; i++) {
		subject_event(s, "{\"type\":\"conform.new\",\"n\":%u}", i);
		subject_pass(s, (struct frame){ .kind = 9, .origin = 4, .length = i * 20, .payload = noise });
	}
	subject_settle(s);
	while (tape_walk(&s->own, &at, &f))
		if (strcmp(subject_type(&f, type), "stage.hello") == 0)
			subject_fail(s, "expected no stage.hello where there is no ring, got one");
	subject_end(s);
}

/* Each byte is read by itself before the next one comes. */
static void dribble(struct subject *s)
{
	static const char *const texts[] = { "{\"type\":\"conform.one\"}", "{\"type\":\"conform.two\",\"x\":\"\xf5R\"}",
					     "" };
	uint8_t bytes[FRAME_HEADER + 64];

	begin(s);
	for (uint32_t i = 0; i < 3 && !s->failure[0]; i++) {
		struct frame f = { .kind = i < 2 ? FRAME_EVENT : 9, .origin = 4, .seq = 9000 + i, .birth_us = 1 };

		f.length = (uint32_t)strlen(texts[i]);
		f.hops = 1;
		frame_pack(&f, bytes);
		memcpy(bytes + FRAME_HEADER, texts[i], f.length);
		tape_add(&s->expected, bytes, FRAME_HEADER + f.length, false);
		bytes[10] = 0;
		for (size_t k = 0; k < FRAME_HEADER + f.length; k++) {
			subject_bytes(s, bytes + k, 1);
			subject_taken(s);
		}
	}
	subject_settle(s);
	subject_end(s);
}

/* A stream that cannot be read on: exit status 100, and where that was. */
static void break_off(struct subject *s, const void *bytes, size_t n, bool eof)
{
	char where[48];
	uint64_t offset = 0;

	subject_pipes(s, NULL);
	subject_settle(s);
	offset = s->sent_bytes;
	s->ending = true;
	subject_bytes(s, bytes, n);
	if (eof)
		subject_eof(s);
	subject_exits(s, 100, 2 * SECOND);
	snprintf(where, sizeof where, "expected at byte %llu", (unsigned long long)offset);
	if (!subject_logged(s, where) && !subject_logged(s, where + 9))
		subject_fail(s, "expected \"frame %s\" on descriptor 2, got \"%.200s\"", where, s->log_text);
}

static void half_frame(struct subject *s)
{
	uint8_t bytes[FRAME_HEADER + 100] = { 0 };

	frame_pack(&(struct frame){ .kind = FRAME_EVENT, .origin = 4, .length = 100, .seq = 1 }, bytes);
	break_off(s, bytes, 70, true);
}

static void garbage(struct subject *s)
{
	break_off(s, "this is no frame, and 32 bytes and more", 39, false);
}

static void stream_version(struct subject *s)
{
	uint8_t bytes[FRAME_HEADER];

	frame_pack(&(struct frame){ .kind = FRAME_EVENT, .origin = 4, .seq = 1 }, bytes);
	bytes[2] = FRAME_VERSION + 1;
	break_off(s, bytes, sizeof bytes, false);
}

/* In a pipeline it may read no further, but nothing is lost and nothing is torn. */
static void slow_reader(struct subject *s)
{
	begin(s);
	for (int i = 0; i < 10000; i++) {
		if (i % 2000 == 0)
			subject_settle(s);
		s->deaf = i % 2000 < 400; /* what two pipes hold of these does not make it wait for us */
		subject_event(s, "{\"type\":\"conform.slow\",\"n\":%d,\"x\":\"--------------------------------\"}", i);
	}
	s->deaf = false;
	subject_settle(s);
	subject_end(s);
}

static void sigterm_by_hand(struct subject *s)
{
	begin(s);
	s->ending = true;
	subject_signal(s, SIGTERM);
	subject_exits(s, 0, 2 * SECOND + SECOND / 2);
}

/* What it says itself, by a place above 127, is left out. */
static void leave_out_own(char *text)
{
	char *to = text;

	for (char *line = text, *next; *line; line = next) {
		int place = 0;

		next = strchr(line, '\n');
		next = next ? next + 1 : line + strlen(line);
		if (sscanf(line, "%*s %d.", &place) == 1 && place >= 128)
			continue;
		memmove(to, line, (size_t)(next - line));
		to += next - line;
	}
	*to = 0;
}

static void text(struct subject *s)
{
	static const char in[] = "{\"type\":\"conform.typed\"}\n"
				 "event 4.1 9 - - - {\"type\":\"conform.new\",\"a\":[1, 2]}\n"
				 "event 4.1 10 - AGAIN - {\"type\":\"conform.new\"}\n"
				 "kind9 4.0 11 2.0.7 END codec9/44100 //79/v7/\n"
				 "kind9 4.0 12 - - - -\n";
	static const char out[] = "event 0.0 0 - - - {\"type\":\"conform.typed\"}\n";
	const char *rest = strchr(in, '\n') + 1;

	subject_pipes(s, "--text");
	s->lines = s->ending = true;
	subject_bytes(s, in, sizeof in - 1);
	subject_end(s);
	if (s->failure[0])
		return;
	s->stream[s->stream_size] = 0;
	leave_out_own((char *)s->stream);
	if (strncmp((char *)s->stream, out, sizeof out - 1) != 0 ||
	    strcmp((char *)s->stream + sizeof out - 1, rest) != 0)
		subject_fail(s, "expected the lines it was given, got %.600s", (char *)s->stream);
}

static void try_option(struct subject *s, const char *option, int status, bool prints)
{
	subject_reset(s);
	subject_pipes(s, option);
	s->lines = s->ending = true;
	subject_exits(s, status, 2 * SECOND);
	if (prints && !s->failure[0] && s->stream_size == 0)
		subject_fail(s, "expected %s to print something, got nothing", option);
	if (!prints && !s->failure[0] && !s->log_size)
		subject_fail(s, "expected a line on descriptor 2 about %s, got none", option);
}

static void options(struct subject *s)
{
	try_option(s, "--help", 0, true);
	try_option(s, "--version", 0, true);
	try_option(s, "--check", 0, true);
	try_option(s, "--no-such-option", 100, false);
}

const struct check hand_checks[] = {
	{ "pipeline", "by hand, on pipes: all passes, no hello is said", pipeline },
	{ "dribble", "a stream that comes byte by byte: frames come out whole", dribble },
	{ "half-frame", "a stream that ends within a frame: exit status 100, \"frame expected at byte N\"",
	  half_frame },
	{ "garbage", "a stream that is none: the same", garbage },
	{ "stream-version", "another version of the frame in a stream: the same", stream_version },
	{ "slow-reader", "a pipe that is read now and then: nothing is lost", slow_reader },
	{ "sigterm-by-hand", "SIGTERM in a pipeline: exit status 0 within 2 s", sigterm_by_hand },
	{ "text", "--text: lines in, the same lines out", text },
	{ "options", "-h, -V and -t print something and end with 0, an unknown option with 100", options },
	{ 0 },
};
