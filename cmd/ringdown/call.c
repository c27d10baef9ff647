#include "call.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "clock.h"
#include "conf.h"
#include "control.h"
#include "folder.h"
#include "generation.h"
#include "json.h"
#include "log.h"
#include "super.h"

#define GONE_US (60 * SECOND) /* an ended call's folder waits so long for its last question */
#define END_US (20 * SECOND)  /* the farewell's 15 s and some */

static void on_line(void *owner, struct ring_stage *from, const struct cJSON *message, const char *bytes, size_t n,
		    int fd);
static void on_swapped(void *owner, struct ring_stage *stage, const char *why);
static void on_started(void *owner, struct ring_stage *stage);
static void on_failed(void *owner, struct ring_stage *stage, int code);
static void on_closed(void *owner);
static void on_gone(void *ctx);
static void on_end_over(void *ctx);
static void on_start(void *ctx);

struct call *call_find(struct super *s, const char *id)
{
	struct call *c = s->calls;

	while (c && strcmp(c->id, id) != 0)
		c = c->next;
	return c;
}

struct child *call_find_child(struct super *s, pid_t pid)
{
	for (struct call *c = s->calls; c; c = c->next) {
		struct ring_stage *stage = c->has_ring ? ring_find_pid(&c->ring, pid) : NULL;

		if (stage)
			return &stage->child;
	}
	return NULL;
}

size_t calls_with_ring(const struct super *s)
{
	size_t n = 0;

	for (const struct call *c = s->calls; c; c = c->next)
		n += c->has_ring;
	return n;
}

static struct call *make(struct super *s, const char *id)
{
	struct call *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->super = s;
	snprintf(c->id, sizeof c->id, "%s", id);
	snprintf(c->state, sizeof c->state, "ringing");
	clock_date(c->since, sizeof c->since);
	c->gone_timer = (struct timer){ .name = "gone", .on = on_gone, .ctx = c };
	c->start_timer = (struct timer){ .name = "start", .on = on_start, .ctx = c };
	c->end_timer = (struct timer){ .name = "call end", .on = on_end_over, .ctx = c };
	stream_open(&c->stream, &s->loop);
	if (paths_call(s->runtime, id, c->dir, sizeof c->dir) < 0) {
		free(c);
		return NULL;
	}
	c->next = s->calls;
	s->calls = c;
	return c;
}

/* Frees a call that is in the list no more. */
static void release(struct call *c)
{
	timer_stop(&c->super->loop, &c->gone_timer);
	timer_stop(&c->super->loop, &c->end_timer);
	timer_stop(&c->super->loop, &c->start_timer);
	stream_close(&c->stream);
	ring_free(&c->ring);
	free(c);
}

static void forget(struct call *c)
{
	struct call **p = &c->super->calls;

	while (*p && *p != c)
		p = &(*p)->next;
	if (*p)
		*p = c->next;
	release(c);
}

static void on_gone(void *ctx)
{
	struct call *c = ctx;

	folder_remove(c);
	forget(c);
}

/* The links and stages that the folder and its configuration ask for. -1: error says what is wrong. */
static int lay_ring(struct call *c, char *error, size_t size)
{
	const struct conf *conf;

	if (folder_read(c) < 0) {
		snprintf(error, size, "cannot use its call.json: %s", strerror(errno));
		return -1;
	}
	conf = c->ring.generation->conf;
	if (!conf_has(conf, "agent", c->agent)) {
		snprintf(error, size, "agent \"%s\": no such section", c->agent);
		return -1;
	}
	c->ring.first_life = folder_next_life(c);
	agent_open(c);
	return agent_lay(c, error, size);
}

static int open_ring(struct call *c)
{
	struct ring *r = &c->ring;
	char error[512];

	r->super = c->super;
	r->call = c->id;
	r->dir = c->dir;
	r->agent = c->agent;
	r->owner = c;
	r->on_line = on_line;
	r->on_swapped = on_swapped;
	r->on_started = on_started;
	r->on_failed = on_failed;
	r->on_closed = on_closed;
	if (lay_ring(c, error, sizeof error) < 0) {
		log_error("cannot open the ring of call %s: %s", c->id, error);
		return -1;
	}
	generation_use(r->generation);
	c->has_ring = true;
	timer_stop(&c->super->loop, &c->gone_timer);
	timer_after(&c->super->loop, &c->start_timer, 0);
	log_info("call opened call=%s agent=%s from=…%s stages=%zu", c->id, c->agent, c->from_tail, r->count);
	control_call_opened(c->super->control, c);
	super_step(c->super);
	return 0;
}

static size_t count_rings(const struct super *s, bool extra)
{
	size_t n = 0;

	for (const struct call *c = s->calls; c; c = c->next)
		n += c->has_ring && c->extra == extra;
	return n;
}

/* A caller too many may leave a message, in a ring of their own; of those there are as many again at most. */
static bool has_room(struct super *s, bool *extra)
{
	const struct conf *conf = s->generation->conf;
	size_t most = (size_t)conf_number(conf, "limits", NULL, "calls");

	*extra = count_rings(s, false) >= most;
	return !*extra || (strcmp(conf_text(conf, "limits", NULL, "when-busy"), "voicemail") == 0 &&
			   count_rings(s, true) < most && agent_usable(s, conf, AGENT_LAST_RESORT));
}

int call_prepare(struct super *s, const char *id, const char **why)
{
	struct call *c = call_find(s, id);
	bool extra;

	*why = "failed";
	if (c && c->has_ring)
		return c->ring.state == RING_OPEN ? 0 : -1;
	if (c && strcmp(c->state, "ended") == 0)
		return -1;
	if (s->draining || s->stopping)
		return *why = "draining", -1;
	if (!has_room(s, &extra))
		return *why = "busy", -1;
	if (!c)
		c = make(s, id);
	if (!c)
		return -1;
	c->extra = extra;
	if (extra && folder_agent(c, AGENT_LAST_RESORT) < 0)
		log_warn("cannot write %s/call.json: %s", c->dir, strerror(errno));
	if (open_ring(c) == 0)
		return 0;
	timer_after(&s->loop, &c->gone_timer, GONE_US);
	return -1;
}

int call_stream(struct super *s, const char *id, long step, const char *bytes, size_t n, int fd)
{
	struct call *c = call_find(s, id);
	char json[128];
	const char *why;

	if (!c || (!c->has_ring && call_prepare(s, id, &why) < 0) || c->ring.state != RING_OPEN)
		return errno = ENOENT, -1;
	snprintf(json, sizeof json, "{\"do\":\"stream\",\"call\":\"%s\",\"step\":%ld}", id, step);
	return stream_pass(&c->stream, &c->ring.stages[0]->child, json, bytes, n, fd);
}

static void on_swapped(void *owner, struct ring_stage *stage, const char *why)
{
	struct call *c = owner;

	control_swapped(c->super->control, c, stage->place, why);
}

static void on_started(void *owner, struct ring_stage *stage)
{
	struct call *c = owner;

	if (stage == c->ring.stages[0])
		stream_started(&c->stream, &stage->child);
	agent_started(c, stage);
}

static void take_stats(struct call *c, const struct cJSON *message)
{
	struct ring_stage *stage;
	char place[12];

	snprintf(place, sizeof place, "%ld", json_whole(message, "origin", 0, 0, RING_PLACES));
	stage = ring_find_stage(&c->ring, place);
	if (!stage)
		return;
	stage->depth = json_whole(message, "depth", 0, 0, INT_MAX);
	stage->high = json_whole(message, "high", 0, 0, INT_MAX);
	stage->shed = json_whole(message, "shed", 0, 0, INT_MAX);
}

static void on_line(void *owner, struct ring_stage *from, const struct cJSON *message, const char *bytes, size_t n,
		    int fd)
{
	struct call *c = owner;
	const char *what = json_text(message, "do"), *state = json_text(message, "state"),
		   *reason = json_text(message, "reason");

	(void)bytes;
	(void)n;
	if (fd >= 0)
		close(fd);
	if (what && strcmp(what, "state") == 0 && state && from == c->ring.stages[0]) {
		snprintf(c->state, sizeof c->state, "%s", state);
		if (reason)
			snprintf(c->reason, sizeof c->reason, "%s", reason);
	} else if (what && strcmp(what, "stats") == 0) {
		take_stats(c, message);
	} else if (what && strcmp(what, "end") == 0) {
		call_end(c, reason ? reason : "operator", NULL);
	} else if (what && strcmp(what, "agent") == 0) {
		agent_asked(c, from, message);
	} else if (what && strcmp(what, "failed") == 0) {
		agent_brain_failed(c, message);
	}
}

static void on_start(void *ctx)
{
	struct call *c = ctx;

	ring_start(&c->ring);
}

static void on_end_over(void *ctx)
{
	struct call *c = ctx;
	char shown[16];

	log_warn("the carrier stage does not end the call, closing its ring call=%s", log_short_call(c->id, shown));
	ring_close(&c->ring);
}

void call_end(struct call *c, const char *reason, const char *say)
{
	char *json;

	if (!c->has_ring || c->ring.state != RING_OPEN)
		return;
	snprintf(c->state, sizeof c->state, "ending");
	snprintf(c->reason, sizeof c->reason, "%s", reason);
	json = json_print(json_make("do:s reason:s say:s?", "end", reason, say));
	if (!json || child_send(&c->ring.stages[0]->child, json, NULL, 0, -1) < 0)
		ring_close(&c->ring);
	else if (!c->end_timer.set)
		timer_after(&c->super->loop, &c->end_timer, END_US);
	free(json);
}

/* A stage will not come back. Without the carrier stage there is nobody to be told. */
static void on_failed(void *owner, struct ring_stage *stage, int code)
{
	struct call *c = owner;
	char shown[16];

	if (stage != c->ring.stages[0]) {
		agent_failed(c, stage->child.name, code);
		return;
	}
	log_error("%s will not run, ending the call call=%s code=%d", stage->child.name, log_short_call(c->id, shown),
		  code);
	snprintf(c->reason, sizeof c->reason, "failed");
	ring_close(&c->ring);
}

static void on_closed(void *owner)
{
	struct call *c = owner;
	bool at_once = c->answered || strcmp(c->reason, "caller") == 0;

	c->has_ring = false;
	timer_stop(&c->super->loop, &c->start_timer);
	stream_close(&c->stream);
	agent_close(c);
	timer_stop(&c->super->loop, &c->end_timer);
	generation_release(c->super, c->ring.generation);
	control_call_closed(c->super->control, c);
	log_info("call closed call=%s reason=%s", c->id, c->reason[0] ? c->reason : "caller");
	folder_end(c);
	snprintf(c->state, sizeof c->state, "ended");
	timer_after(&c->super->loop, &c->gone_timer, at_once ? 0 : GONE_US);
	super_step(c->super);
}

void call_over(struct super *s, const char *id, const char *status)
{
	struct call *c = call_find(s, id);

	if (!c)
		return;
	c->answered = true;
	if (!c->has_ring)
		timer_after(&s->loop, &c->gone_timer, 0);
	else if (strcmp(c->state, "ending") != 0)
		call_end(c, strcmp(status, "transfer") == 0 ? "transfer" : "caller", NULL);
}

/* A folder that outlived its supervisor: kept for its next step unless it was ended. */
static void adopt_folder(struct super *s, const char *id)
{
	struct call *c = make(s, id);

	if (!c)
		return;
	snprintf(c->state, sizeof c->state, "waiting");
	if (folder_ended(c))
		on_gone(c);
	else
		timer_after(&s->loop, &c->gone_timer, GONE_US);
}

void calls_scan(struct super *s)
{
	char path[PATHS_MAX_BYTES + 16];
	struct dirent *entry;
	DIR *dir;

	if (paths_format(path, sizeof path, "%s/calls", s->runtime) < 0 || paths_mkdir(path) < 0)
		log_die(100, "cannot make %s: %s", path, strerror(errno));
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (paths_call_id(entry->d_name))
			adopt_folder(s, entry->d_name);
	if (dir)
		closedir(dir);
	if (paths_format(path, sizeof path, "%s/tokens", s->runtime) < 0 || paths_mkdir(path) < 0)
		log_die(100, "cannot make %s: %s", path, strerror(errno));
}

void calls_end_all(struct super *s, const char *reason)
{
	for (struct call *c = s->calls; c; c = c->next)
		call_end(c, reason, NULL);
}

void calls_kill_all(struct super *s)
{
	struct call *next;

	for (struct call *c = s->calls; c; c = next) {
		next = c->next;
		if (c->has_ring)
			ring_close(&c->ring);
	}
}

void calls_tell(struct super *s, const char *json)
{
	for (struct call *c = s->calls; c; c = c->next)
		for (size_t i = 0; c->has_ring && i < c->ring.count; i++)
			(void)child_send(&c->ring.stages[i]->child, json, NULL, 0,
					 -1); /* one that is down reads it in its configuration */
}

void calls_close(struct super *s)
{
	while (s->calls) {
		struct call *c = s->calls;

		s->calls = c->next;
		if (strcmp(c->state, "ended") == 0)
			folder_remove(c);
		release(c);
	}
}
