/* Frames that come out of the program under test: its own, those that pass, those that should not be there. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "event.h"
#include "json.h"
#include "wire.h"

#define SHOWN 140

const char *subject_show(const uint8_t *bytes, size_t n)
{
	static char line[FRAME_LINE_MAX], shown[4][SHOWN + 40];
	static unsigned turn;
	char *out = shown[turn++ % 4];
	struct frame f;
	long length;

	if (n < FRAME_HEADER || frame_unpack(&f, bytes) < 0 || f.length != n - FRAME_HEADER) {
		snprintf(out, sizeof shown[0], "no frame, %zu bytes", n);
		return out;
	}
	f.payload = bytes + FRAME_HEADER;
	length = frame_to_line(&f, line, sizeof line);
	if (length > 0)
		line[length - 1] = 0;
	for (char *p = line; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	snprintf(out, sizeof shown[0], "%.*s%s (%zu bytes, hops %u)", SHOWN - 4, line, length > SHOWN - 4 ? "..." : "",
		 n, f.hops);
	return out;
}

const char *subject_type(const struct tape_frame *f, char type[48])
{
	if (f->bytes[3] != FRAME_EVENT || event_peek(f->bytes + FRAME_HEADER, f->size - FRAME_HEADER, type, 48) < 0)
		type[0] = 0;
	return type;
}

static bool is_own(const struct subject *s, const struct frame *f)
{
	return f->hops == 0 && (s->pipes ? f->origin >= 128 : f->origin == SUBJECT_PLACE);
}

static void check_own_event(struct subject *s, const uint8_t *bytes, size_t n)
{
	struct cJSON *event = json_parse(bytes + FRAME_HEADER, n - FRAME_HEADER);
	char why[256] = "a JSON object expected";

	if (!event || event_check(event, why, sizeof why) < 0)
		subject_fail(s, "expected its own events to be as in rd-events(7), got %s: %s", subject_show(bytes, n),
			     why);
	cJSON_Delete(event);
}

static void take_own(struct subject *s, const struct frame *f, const uint8_t *bytes, size_t n)
{
	tape_add(&s->own, bytes, n, false);
	if (f->kind == FRAME_EVENT)
		check_own_event(s, bytes, n);
	if (!s->pipes && f->life != s->life)
		subject_fail(s, "expected its own frames to be of life %u, got %s", s->life, subject_show(bytes, n));
	if (f->birth_us == 0 || f->birth_us > clock_us())
		subject_fail(s, "expected a birth in CLOCK_MONOTONIC's past, got %llu us in %s",
			     (unsigned long long)f->birth_us, subject_show(bytes, n));
	if (f->flags & FRAME_AGAIN)
		return;
	if (f->seq != s->own_seq + 1)
		subject_fail(s, "expected its own frames to be counted, %u next, got %s", s->own_seq + 1,
			     subject_show(bytes, n));
	s->own_seq = f->seq;
}

/* Audio that by its role does not pass as it is. */
static bool takes_part(struct subject *s, const struct frame *f, const uint8_t *bytes, size_t n)
{
	enum subject_audio what = f->kind == FRAME_UP ? s->up : f->kind == FRAME_DOWN ? s->down : AUDIO_PASSES;

	if (what == AUDIO_PASSES)
		return false;
	if (what == AUDIO_ENDS && !(f->flags & FRAME_TAKEN))
		subject_fail(s, "expected audio %s to end here or to have TAKEN, got %s",
			     f->kind == FRAME_UP ? "up" : "down", subject_show(bytes, n));
	return true;
}

static void compare(struct subject *s, const uint8_t *bytes, size_t n)
{
	struct tape_frame e;
	size_t i = 0;

	while (tape_first(&s->expected, &e) && e.optional && (e.size != n || memcmp(e.bytes, bytes, n) != 0))
		tape_drop(&s->expected);
	if (!tape_first(&s->expected, &e)) {
		subject_fail(s, "expected nothing here, got %s", subject_show(bytes, n));
		return;
	}
	if (e.size == n && memcmp(e.bytes, bytes, n) == 0) {
		tape_drop(&s->expected);
		return;
	}
	while (i < n && i < e.size && e.bytes[i] == bytes[i])
		i++;
	subject_fail(s, "expected %s, got %s, other from byte %zu on", subject_show(e.bytes, e.size),
		     subject_show(bytes, n), i);
}

void wire_frame(struct subject *s, const uint8_t *bytes, size_t n)
{
	struct frame f;
	char type[48];

	if (s->plan->verbose)
		fprintf(stderr, "  <- %s\n", subject_show(bytes, n));
	if (n < FRAME_HEADER || frame_unpack(&f, bytes) < 0 || f.length != n - FRAME_HEADER) {
		subject_fail(s, "expected a frame, one whole message, on its output, got %zu bytes that are none", n);
		return;
	}
	f.payload = bytes + FRAME_HEADER;
	if (s->life_count++ == 0)
		s->hello_first = is_own(s, &f) && strcmp(subject_type(&(struct tape_frame){ bytes, n, false }, type),
							 "stage.hello") == 0;
	if (is_own(s, &f)) {
		take_own(s, &f, bytes, n);
		return;
	}
	s->got_count++;
	if (!takes_part(s, &f, bytes, n))
		compare(s, bytes, n);
}
