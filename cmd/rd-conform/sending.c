/* What is sent to the program under test, and with that what is expected of it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "wire.h"

/* What by its role may be something else at its output. */
static bool is_waited_for(const struct subject *s, const struct frame *f)
{
	return !(f->kind == FRAME_UP && s->up != AUDIO_PASSES) && !(f->kind == FRAME_DOWN && s->down != AUDIO_PASSES);
}

static void send_frame(struct subject *s, struct frame *f, bool comes, bool optional)
{
	static uint8_t bytes[FRAME_MAX];

	if (s->failure[0])
		return;
	f->seq = f->seq ? f->seq : ++s->seq;
	f->birth_us = f->birth_us ? f->birth_us : clock_us();
	frame_pack(f, bytes);
	if (f->length)
		memcpy(bytes + FRAME_HEADER, f->payload, f->length);
	if (comes && is_waited_for(s, f)) {
		bytes[10]++;
		tape_add(&s->expected, bytes, FRAME_HEADER + f->length, optional);
		bytes[10]--;
	}
	if (s->plan->verbose)
		fprintf(stderr, "  -> %s\n", subject_show(bytes, FRAME_HEADER + f->length));
	subject_bytes(s, bytes, FRAME_HEADER + f->length);
	s->sent_count++;
}

void subject_pass(struct subject *s, struct frame f)
{
	send_frame(s, &f, true, false);
}

void subject_maybe(struct subject *s, struct frame f)
{
	send_frame(s, &f, true, true);
}

void subject_drop(struct subject *s, struct frame f)
{
	send_frame(s, &f, false, false);
}

void subject_back(struct subject *s, struct frame f)
{
	static uint8_t bytes[FRAME_MAX];

	frame_pack(&f, bytes);
	if (f.length)
		memcpy(bytes + FRAME_HEADER, f.payload, f.length);
	while (!s->failure[0] && s->pid &&
	       send(s->out, bytes, FRAME_HEADER + f.length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		if (errno != EAGAIN || clock_us() >= s->limit_us)
			subject_fail(s, "expected it to read the way back, got no reading: %s", strerror(errno));
		(void)wire_step(s, clock_us() + MS, false);
	}
}

void subject_event(struct subject *s, const char *format, ...)
{
	char text[2048];
	struct frame f = { .kind = FRAME_EVENT, .origin = 4, .payload = (const uint8_t *)text };
	va_list args;

	va_start(args, format);
	f.length = (uint32_t)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	subject_pass(s, f);
}

void subject_bytes(struct subject *s, const void *bytes, size_t n)
{
	const char *p = bytes;

	s->sent_bytes += n;
	while (!s->failure[0] && s->in >= 0) {
		ssize_t k = s->pipes ? write(s->in, p, n) : send(s->in, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (k < 0 && errno == EAGAIN && (s->pid || !s->ending)) {
			if (s->pid && wire_step(s, s->limit_us, true))
				continue;
			subject_fail(s,
				     "expected it to read on%s, got no reading of its input after %llu frames sent, "
				     "%llu come out",
				     s->deaf ? " while nobody reads its output" : "", (unsigned long long)s->sent_count,
				     (unsigned long long)s->got_count);
		} else if (k < 0 || (n -= (size_t)k) == 0) {
			return; /* whether it should have gone, the wait for what it does next will tell */
		} else {
			p += k;
		}
	}
}
