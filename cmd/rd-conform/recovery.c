/* How a ring recovers: hello, kept events until they come home, state for a hello, a successor on the same links. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "check.h"
#include "clock.h"
#include "event.h"
#include "json.h"

#define GATHERING (150 * MS) /* 20 ms are allowed; what must not come is waited for a little longer */

static void say_hello(struct subject *s, const char *needs)
{
	subject_event(s, "{\"type\":\"stage.hello\",\"program\":\"rd-conform\",\"version\":\"%s\",\"needs\":[%s]}",
		      RD_VERSION, needs);
}

static void hello(struct subject *s)
{
	struct tape_frame f;

	subject_links(s);
	subject_event(s, "{\"type\":\"conform.waiting\"}"); /* finds it in its link */
	subject_ring(s, "3", 0);
	(void)subject_says(s, "stage.hello", 0, 0, &f);
	subject_settle(s);
	if (!s->hello_first)
		subject_fail(s, "expected stage.hello before all else, got something before it");
	subject_end(s);
}

static bool is_kept(const struct tape_frame *f)
{
	char type[48];
	const struct event_info *info = event_info(event_find(subject_type(f, type)));

	return info && info->again == AGAIN_K;
}

/* All that it has said goes round the ring. How far the tape was then. */
static size_t bring_home(struct subject *s)
{
	struct tape_frame f;
	static uint8_t bytes[FRAME_MAX];
	size_t at = 0;

	while (!s->failure[0] && tape_walk(&s->own, &at, &f)) {
		memcpy(bytes, f.bytes, f.size);
		bytes[10] = 5;
		subject_bytes(s, bytes, f.size);
	}
	return at;
}

static void expect_none_again(struct subject *s, size_t at)
{
	struct tape_frame f;

	while (tape_walk(&s->own, &at, &f))
		if (is_kept(&f) && f.bytes[4] & FRAME_AGAIN)
			subject_fail(s, "expected nothing again of what was home, got %s",
				     subject_show(f.bytes, f.size));
}

static void again(struct subject *s)
{
	struct tape_frame first, second;
	size_t at;

	subject_ring(s, "3", 0);
	subject_settle(s);
	say_hello(s, "");
	if (!subject_says(s, "stage.hello", FRAME_AGAIN, 0, &second) || !subject_says(s, "stage.hello", 0, 0, &first))
		return;
	if (first.size != second.size || memcmp(first.bytes + 5, second.bytes + 5, first.size - 5) != 0)
		subject_fail(s, "expected %s again with AGAIN, the same seq and birth, got %s",
			     subject_show(first.bytes, first.size), subject_show(second.bytes, second.size));
	at = bring_home(s);
	subject_settle(s);
	say_hello(s, "");
	subject_settle(s);
	subject_watch(s, GATHERING);
	expect_none_again(s, at);
	subject_end(s);
}

/* Whether it was handled already is for the handler; the ring gets it once more. */
static void pass_again(struct subject *s)
{
	static const char text[] = "{\"type\":\"stage.fault\",\"what\":\"decode\",\"text\":\"of a test\"}";
	struct frame f = {
		.kind = FRAME_EVENT, .origin = 4, .length = sizeof text - 1, .payload = (const uint8_t *)text
	};

	subject_ring(s, "3", 0);
	subject_settle(s);
	for (uint32_t i = 0; i < 200; i++) {
		f.seq = 5000 + i % 100; /* the second time round they are known */
		f.flags = i < 100 ? 0 : FRAME_AGAIN;
		f.birth_us = 1000000 + f.seq;
		subject_pass(s, f);
	}
	subject_settle(s);
	subject_end(s);
}

static int count_alike(const struct subject *s, size_t from, const struct tape_frame *like)
{
	struct tape_frame f;
	size_t at = from;
	int n = 0;

	while (tape_walk(&s->own, &at, &f))
		n += f.size == like->size &&
		     memcmp(f.bytes + FRAME_HEADER, like->bytes + FRAME_HEADER, f.size - FRAME_HEADER) == 0;
	return n;
}

/* Two are allowed: a machine under load may stretch ten helloes over more than 20 ms. */
static void gather(struct subject *s)
{
	struct tape_frame f;
	char type[48];
	size_t from, at;

	subject_ring(s, "3", 0);
	subject_settle(s);
	(void)bring_home(s);
	subject_settle(s);
	from = at = s->own.size;
	for (int i = 0; i < 10; i++)
		say_hello(
			s,
			"\"call.setup\",\"call.start\",\"call.lost\",\"call.mute\",\"assistant.state\",\"tools.list\","
			"\"context\",\"cost\",\"record.state\",\"hold.state\",\"conform.state\"");
	subject_settle(s);
	subject_watch(s, GATHERING);
	while (tape_walk(&s->own, &at, &f)) {
		const struct event_info *info = event_info(event_find(subject_type(&f, type)));

		if (!info || info->again != AGAIN_S)
			continue;
		if (count_alike(s, from, &f) > 2)
			subject_fail(s, "expected ten helloes at once to be answered once, got %d times %s",
				     count_alike(s, from, &f), subject_show(f.bytes, f.size));
		if (!strstr(s->note, type))
			snprintf(s->note + strlen(s->note), sizeof s->note - strlen(s->note), "%s %s",
				 *s->note ? "," : "it holds", type);
	}
	subject_end(s);
}

static void succeed(struct subject *s)
{
	struct frame own = { .kind = FRAME_EVENT, .origin = SUBJECT_PLACE, .life = 0, .hops = 5, .length = 18 };
	struct frame lost = { .kind = FRAME_EVENT, .origin = 4, .length = 18 };
	struct tape_frame f;
	size_t at;

	own.payload = lost.payload = (const uint8_t *)"{\"type\":\"conform\"}";
	subject_ring(s, "3", 0);
	subject_settle(s);
	for (int i = 0; i < 60; i++)
		subject_maybe(s, lost); /* those that it had in hand die with it */
	subject_kill(s);
	at = s->own.size;
	for (int i = 0; i < 40; i++) {
		subject_event(s, "{\"type\":\"conform.new\",\"n\":%d}", i);
		subject_drop(s, own);
	}
	subject_ring(s, "3", 1);
	(void)subject_says(s, "stage.hello", 0, at, &f);
	subject_settle(s);
	subject_end(s);
}

const struct check recovery_checks[] = {
	{ "hello", "stage.hello is its first word in a ring", hello },
	{ "again", "what is kept and not home is said again when another's hello passes, not when it is home", again },
	{ "again-passes", "what others say again passes", pass_again },
	{ "gather", "state is said once for many helloes", gather },
	{ "successor", "killed and started on the same links: what waited there passes, its predecessor's is taken out",
	  succeed },
	{ 0 },
};
