/* The one loop of every program: descriptors, timers and signals in one epoll set. Handlers do not block, do not sleep
 * and do not run the loop again. Where a program links libwebsockets, ws_open() hangs this epoll set into its loop
 * (loop->outer). */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOOP_BATCH 32

struct watch {					/* embedded in its owner; zeroed is unwatched */
	const char *name;			/* for the line about a slow handler */
	void (*on)(void *ctx, uint32_t events); /* EPOLLIN, EPOLLOUT, EPOLLHUP… of <sys/epoll.h> */
	void *ctx;
	int fd;
	bool watched, always; /* always: a regular file, which epoll refuses and which never blocks */
	struct watch *next;
};

struct timer { /* embedded in its owner; zeroed is not set */
	const char *name;
	void (*on)(void *ctx);
	void *ctx;
	uint64_t at_us;
	bool set;
	struct timer *next;
};

struct loop {
	int epoll, timerfd, signalfd, eventfd;
	bool stopped;
	int (*outer)(struct loop *loop); /* runs until stopped instead of epoll_wait */
	void *outer_ctx;
	struct timer *timers; /* sorted by time */
	struct watch *always;
	struct watch timer_watch, signal_watch, event_watch;
	struct {
		void (*on)(void *ctx, int signo);
		void *ctx;
	} signals[65];
	void *batch[LOOP_BATCH]; /* watches of the batch at work; a watch that goes takes itself out */
};

int loop_open(struct loop *l);
void loop_close(struct loop *l);

/* 0, or -1 with errno. The descriptor stays the caller's; unwatch before closing it. loop_watch again changes `events`.
 */
int loop_watch(struct loop *l, struct watch *w, int fd, uint32_t events);
void loop_unwatch(struct loop *l, struct watch *w);

/* Sets or moves a timer; it fires once. Accuracy: microseconds. */
void timer_set(struct loop *l, struct timer *t, uint64_t at_us);
void timer_after(struct loop *l, struct timer *t, uint64_t us);
void timer_stop(struct loop *l, struct timer *t);

/* The signal is blocked and comes as an event from now on. NULL: it is ignored. */
int loop_signal(struct loop *l, int signo, void (*on)(void *ctx, int signo), void *ctx);

/* One batch of events, waiting at most timeout_ms (-1: for ever). 0, or -1 with errno. */
int loop_step(struct loop *l, int timeout_ms);

/* Runs until loop_stop. */
int loop_run(struct loop *l);
void loop_stop(struct loop *l);

#endif
