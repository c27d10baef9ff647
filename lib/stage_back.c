#include "stage_back.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "line.h"
#include "log.h"
#include "stage_rules.h"

/* A descriptor of its own for the other direction: epoll watches each but once. */
static int reverse_of(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, LINE_FD + 1);
}

/* What waits there is lost, and counted with what the ring's reader does not take. */
static void give_up(struct stage *s)
{
	struct stage_back *b = &s->back;

	s->out.queue.shed_full += b->out.queue.shed_full + b->out.queue.depth;
	s->out.queue.shed_cleared += b->out.queue.shed_cleared;
	loop_unwatch(&s->loop, &b->watch);
	writer_close(&b->out);
	reader_close(&b->in);
	if (b->fd > 0)
		close(b->fd);
	b->fd = 0;
	b->taken = b->offered = false;
}

/* --- the brain's end */

static void watch_output(struct stage *s)
{
	struct stage_back *b = &s->back;

	if (writer_waiting(&b->out) && !b->watch.watched)
		(void)loop_watch(&s->loop, &b->watch, b->fd, EPOLLOUT);
}

static void on_output(void *ctx, uint32_t events)
{
	struct stage *s = ctx;

	(void)events;
	if (writer_flush(&s->back.out) < 0) {
		log_warn("the way back is lost, the ring carries the audio: %s", strerror(errno));
		give_up(s);
	} else if (!writer_waiting(&s->back.out)) {
		loop_unwatch(&s->loop, &s->back.watch);
	}
	if (s->ending && !stage_back_waiting(s) && !writer_waiting(&s->out))
		loop_stop(&s->loop);
}

bool stage_back_take(struct stage *s, bool wanted)
{
	struct stage_back *b = &s->back;

	if (wanted == b->taken)
		return b->taken;
	if (!wanted) {
		give_up(s);
		return false;
	}
	if (!s->in_ring || s->in.form != READER_PACKETS || (b->fd = reverse_of(0)) < 0)
		return false;
	if (writer_open(&b->out, b->fd, false) < 0) {
		give_up(s);
		return false;
	}
	b->watch = (struct watch){ .name = "way back", .on = on_output, .ctx = s };
	return b->taken = true;
}

bool stage_back_send(struct stage *s, const struct frame *f)
{
	struct stage_back *b = &s->back;

	if (!b->taken)
		return false;
	if (writer_send(&b->out, f) < 0) {
		log_warn("the way back is lost, the ring carries the audio: %s", strerror(errno));
		give_up(s);
		return false;
	}
	watch_output(s);
	return true;
}

void stage_back_clear(struct stage *s, bool (*keep)(void *ctx, uint32_t item), void *ctx)
{
	queue_clear(&s->back.out.queue, keep, ctx);
}

bool stage_back_waiting(const struct stage *s)
{
	return s->back.taken && writer_waiting(&s->back.out);
}

/* --- the carrier's end */

static void on_input(void *ctx, uint32_t events)
{
	struct stage *s = ctx;
	struct frame f;
	int got = 1;

	(void)events;
	for (int n = 0; n < STAGE_INPUT_MOST && !s->ended && (got = reader_next(&s->back.in, &f)) > 0; n++)
		stage_rules_back(s, &f);
	if (got >= 0)
		return;
	loop_unwatch(&s->loop, &s->back.watch); /* an end is the output's end as well, which says what it means */
	if (errno == EBADMSG)
		log_warn("nothing is read from the way back any more: %s", s->back.in.why);
}

bool stage_back_offer(struct stage *s)
{
	struct stage_back *b = &s->back;

	if (!s->in_ring || !s->out.packets || (b->fd = reverse_of(1)) < 0)
		return false;
	b->watch = (struct watch){ .name = "way back", .on = on_input, .ctx = s };
	if (reader_open(&b->in, b->fd) < 0 || loop_watch(&s->loop, &b->watch, b->fd, EPOLLIN) < 0) {
		give_up(s);
		return false;
	}
	return b->offered = true;
}

void stage_back_close(struct stage *s)
{
	give_up(s);
}
