/* Much at once, and an output that nobody reads: a stage reads on all the same, or a ring would stand still. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "clock.h"
#include "rest.h"

#define BURST 10000
#define FLOOD_BYTES (20u << 20)
#define GROWTH_KB (16 * 1024L) /* twice what lib's queue of audio may hold, and some room */

static uint8_t silence[FRAME_AUDIO_MAX];

static void send_burst(struct subject *s)
{
	static const char pad[] =
		"----------------------------------------------------------------------------------------"
		"----------------------------------------------------------------------------------------";

	for (int i = 0; i < BURST && !s->failure[0]; i++)
		subject_event(s, "{\"type\":\"conform.burst\",\"n\":%d,\"x\":\"%.*s\"}", i, i * 7 % 170, pad);
}

static void burst(struct subject *s)
{
	subject_ring(s, "3", 0);
	subject_settle(s);
	send_burst(s);
	subject_settle(s);
	subject_end(s);
}

static void full_output(struct subject *s)
{
	subject_ring(s, "3", 0);
	subject_settle(s);
	s->deaf = true;
	send_burst(s);
	s->deaf = false;
	subject_settle(s);
	subject_end(s);
}

/* An event may not be shed, so somebody else has to go on. */
static void overflow(struct subject *s)
{
	static uint8_t text[FRAME_PAYLOAD_MAX];
	struct frame f = { .kind = FRAME_EVENT, .origin = 4, .length = sizeof text, .payload = text };
	size_t sent = 0;

	subject_ring(s, "3", 0);
	subject_settle(s);
	memset(text, 'x', sizeof text);
	memcpy(text, "{\"type\":\"conform\",\"x\":\"", 23);
	memcpy(text + sizeof text - 2, "\"}", 2);
	s->deaf = s->ending = true;
	s->log_size = 0;
	for (; s->pid && !s->failure[0] && sent < 16u << 20; sent += FRAME_MAX)
		subject_drop(s, f);
	if (sent < 4u << 20)
		subject_fail(s, "expected it to hold 4 MiB of events, got its end after %zu bytes", sent);
	subject_exits(s, 111, 2 * SECOND);
	if (!s->log_size)
		subject_fail(s, "expected a line on descriptor 2, got none");
}

static long memory_kb(const struct subject *s)
{
	char path[64], line[128];
	long kb = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)s->pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		(void)sscanf(line, "VmRSS: %ld", &kb);
	if (f)
		fclose(f);
	return kb;
}

/* Audio may be shed, so its memory stays bounded. Events between it may not. */
static void audio_flood(struct subject *s)
{
	struct frame f = { .codec = CODEC_MULAW, .rate_100hz = 80, .length = sizeof silence, .payload = silence };
	long before;

	memset(silence, 0xff, sizeof silence);
	subject_ring(s, "3", 0);
	subject_settle(s);
	rest_wait(s);
	s->up = s->down = AUDIO_ANY;
	before = memory_kb(s);
	s->deaf = true;
	for (unsigned i = 0; i < FLOOD_BYTES / sizeof silence && !s->failure[0]; i++) {
		f.kind = i % 2 ? FRAME_UP : FRAME_DOWN;
		f.item = i % 2 ? 0 : frame_item(2, 0, 1);
		f.origin = i % 2 ? 1 : 2;
		f.seq = f.birth_us = 0;
		subject_drop(s, f);
		if (i % 100 == 0)
			subject_event(s, "{\"type\":\"conform.between\",\"n\":%u}", i);
	}
	if (!s->failure[0] && memory_kb(s) > before + GROWTH_KB)
		subject_fail(s, "expected old audio to be shed, got %ld KiB more of memory for %u KiB of audio",
			     memory_kb(s) - before, FLOOD_BYTES / 1024);
	s->deaf = false;
	subject_settle(s);
	subject_end(s);
}

static void send_item(struct subject *s, uint32_t item, int n, bool stays)
{
	struct frame f = { .kind = FRAME_DOWN, .codec = CODEC_MULAW, .rate_100hz = 80, .length = 160, .item = item };

	f.origin = (uint8_t)(item >> 24);
	f.payload = silence;
	for (int i = 0; i < n; i++) {
		f.seq = f.birth_us = 0;
		if (stays)
			subject_pass(s, f);
		else
			subject_maybe(s, f);
	}
}

/* A link holds some of them, which nobody can call back; most are in the stage's own queue. */
static void clear(struct subject *s)
{
	uint64_t before;

	subject_ring(s, "3", 0);
	subject_settle(s);
	if (s->down != AUDIO_PASSES) {
		snprintf(s->note, sizeof s->note, "not seen: audio down does not pass here");
		subject_end(s);
		return;
	}
	s->deaf = true;
	send_item(s, frame_item(2, 0, 5), 1000, false);
	send_item(s, frame_item(4, 0, 1), 1000, false);
	send_item(s, frame_item(2, 0, 6), 100, true);
	subject_event(s, "{\"type\":\"call.clear\",\"why\":\"speech\",\"id\":\"c1\",\"item\":\"2.0.5\"}");
	send_item(s, frame_item(2, 0, 6), 100, true);
	subject_taken(s);
	before = s->got_count;
	s->deaf = false;
	subject_settle(s);
	if (s->got_count - before > 1200)
		subject_fail(s, "expected call.clear to drop what waits of 2000 frames, got %llu of them",
			     (unsigned long long)(s->got_count - before - 202));
	subject_end(s);
}

const struct check load_checks[] = {
	{ "burst", "10,000 events at once: all of them, in order, none doubled", burst },
	{ "full-output", "10,000 events while nobody reads its output: it reads on, then all of them come",
	  full_output },
	{ "overflow", "more than 4 MiB of events that nobody reads: exit status 111 and a line", overflow },
	{ "audio-flood", "20 MiB of audio that nobody reads: memory stays bounded, events between it all come",
	  audio_flood },
	{ "clear", "call.clear drops the audio down that waits in the stage, but not its sayer's newer items", clear },
	{ 0 },
};
