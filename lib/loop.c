#include "loop.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"

#define SLOW_US (5 * MS)

static void on_timerfd(void *ctx, uint32_t events);
static void on_signalfd(void *ctx, uint32_t events);
static void on_always(void *ctx, uint32_t events);

int loop_open(struct loop *l)
{
	sigset_t none;

	*l = (struct loop){ .epoll = -1, .timerfd = -1, .signalfd = -1, .eventfd = -1 };
	sigemptyset(&none);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->timerfd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	l->signalfd = signalfd(-1, &none, SFD_CLOEXEC | SFD_NONBLOCK);
	l->eventfd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	l->timer_watch = (struct watch){ .name = "timers", .on = on_timerfd, .ctx = l };
	l->signal_watch = (struct watch){ .name = "signals", .on = on_signalfd, .ctx = l };
	l->event_watch = (struct watch){ .name = "files", .on = on_always, .ctx = l };
	if (l->epoll < 0 || l->timerfd < 0 || l->signalfd < 0 || l->eventfd < 0 ||
	    loop_watch(l, &l->timer_watch, l->timerfd, EPOLLIN) < 0 ||
	    loop_watch(l, &l->signal_watch, l->signalfd, EPOLLIN) < 0) {
		int saved = errno;

		loop_close(l);
		return errno = saved, -1;
	}
	return 0;
}

void loop_close(struct loop *l)
{
	int *fds[] = { &l->epoll, &l->timerfd, &l->signalfd, &l->eventfd };

	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
		if (*fds[i] > 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
	l->timers = NULL;
	l->always = NULL;
}

static int watch_always(struct loop *l, struct watch *w)
{
	w->always = true;
	w->next = l->always;
	l->always = w;
	return l->event_watch.watched ? 0 : loop_watch(l, &l->event_watch, l->eventfd, EPOLLIN);
}

int loop_watch(struct loop *l, struct watch *w, int fd, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = w };

	if (w->watched && w->always)
		return 0;
	w->fd = fd;
	if (epoll_ctl(l->epoll, w->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &e) < 0) {
		if (errno != EPERM || w->watched)
			return -1;
		if (watch_always(l, w) < 0)
			return -1;
	}
	w->watched = true;
	return 0;
}

void loop_unwatch(struct loop *l, struct watch *w)
{
	if (!w->watched)
		return;
	w->watched = false;
	for (int i = 0; i < LOOP_BATCH; i++)
		if (l->batch[i] == w)
			l->batch[i] = NULL;
	if (!w->always) {
		(void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, w->fd,
				NULL); /* fails only if the descriptor is gone already */
		return;
	}
	w->always = false;
	for (struct watch **p = &l->always; *p; p = &(*p)->next)
		if (*p == w) {
			*p = w->next;
			break;
		}
	if (!l->always)
		loop_unwatch(l, &l->event_watch);
}

/* Runs a handler, and says which one held everybody up. */
static void call_watch(struct watch *w, uint32_t events)
{
	uint64_t begun = clock_us();
	const char *name = w->name;
	uint64_t took;

	w->on(w->ctx, events);
	took = clock_us() - begun;
	if (took > SLOW_US)
		log_debug("slow handler name=%s ms=%llu", name ? name : "?", (unsigned long long)(took / MS));
}

static void on_always(void *ctx, uint32_t events)
{
	struct loop *l = ctx;
	struct watch *w = l->always, **last = &l->always;

	if (!w)
		return;
	/* one at a time, since a handler may take any of them out; then it is the others' turn */
	while (*last)
		last = &(*last)->next;
	l->always = w->next ? w->next : w;
	if (w->next) {
		w->next = NULL;
		*last = w;
	}
	call_watch(w, events);
}

static void arm(struct loop *l)
{
	struct itimerspec at = { { 0, 0 }, { 0, 0 } };

	if (l->timers) {
		uint64_t us = l->timers->at_us ? l->timers->at_us : 1; /* zero would disarm */

		at.it_value.tv_sec = (time_t)(us / SECOND);
		at.it_value.tv_nsec = (long)(us % SECOND) * 1000;
	}
	(void)timerfd_settime(l->timerfd, TFD_TIMER_ABSTIME, &at, NULL); /* cannot fail with a valid time */
}

void timer_stop(struct loop *l, struct timer *t)
{
	struct timer **p = &l->timers;
	bool first = l->timers == t;

	if (!t->set)
		return;
	while (*p && *p != t)
		p = &(*p)->next;
	if (*p)
		*p = t->next;
	t->set = false;
	if (first)
		arm(l);
}

void timer_set(struct loop *l, struct timer *t, uint64_t at_us)
{
	struct timer **p = &l->timers;

	timer_stop(l, t);
	t->at_us = at_us;
	while (*p && (*p)->at_us <= at_us)
		p = &(*p)->next;
	t->next = *p;
	t->set = true;
	*p = t;
	if (l->timers == t)
		arm(l);
}

void timer_after(struct loop *l, struct timer *t, uint64_t us)
{
	timer_set(l, t, clock_us() + us);
}

static void on_timerfd(void *ctx, uint32_t events)
{
	struct loop *l = ctx;
	uint64_t expirations, now = clock_us();

	(void)events;
	(void)!read(l->timerfd, &expirations, sizeof expirations); /* only to make it quiet */
	while (l->timers && l->timers->at_us <= now) {
		struct timer *t = l->timers;

		l->timers = t->next;
		t->set = false;
		trace(TRACE_TIMER, "%s late_us=%llu", t->name ? t->name : "?", (unsigned long long)(now - t->at_us));
		t->on(t->ctx);
	}
	arm(l);
}

int loop_signal(struct loop *l, int signo, void (*on)(void *ctx, int signo), void *ctx)
{
	sigset_t set;
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (!on)
		return sigaction(signo, &ignore, NULL);
	l->signals[signo].on = on;
	l->signals[signo].ctx = ctx;
	sigemptyset(&set);
	for (int i = 1; i < 65; i++)
		if (l->signals[i].on)
			sigaddset(&set, i);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(l->signalfd, &set, 0) < 0 ? -1 : 0;
}

static void on_signalfd(void *ctx, uint32_t events)
{
	struct loop *l = ctx;
	struct signalfd_siginfo info;

	(void)events;
	while (read(l->signalfd, &info, sizeof info) == (ssize_t)sizeof info)
		if (info.ssi_signo < 65 && l->signals[info.ssi_signo].on)
			l->signals[info.ssi_signo].on(l->signals[info.ssi_signo].ctx, (int)info.ssi_signo);
}

int loop_step(struct loop *l, int timeout_ms)
{
	struct epoll_event events[LOOP_BATCH];
	bool due = false;
	int n = epoll_wait(l->epoll, events, LOOP_BATCH, timeout_ms);

	if (n < 0)
		return errno == EINTR ? 0 : -1;
	for (int i = 0; i < n; i++)
		l->batch[i] = events[i].data.ptr;
	for (int i = 0; i < n && !l->stopped; i++)
		if (l->batch[i] == &l->timer_watch)
			due = true;
		else if (l->batch[i])
			call_watch(l->batch[i], events[i].events);
	/* last: who was held up reads what came meanwhile before a timer says that nothing came */
	if (due && !l->stopped)
		call_watch(&l->timer_watch, EPOLLIN);
	memset(l->batch, 0, sizeof l->batch);
	return 0;
}

int loop_run(struct loop *l)
{
	if (l->outer)
		return l->outer(l);
	while (!l->stopped)
		if (loop_step(l, -1) < 0)
			return -1;
	return 0;
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
}
