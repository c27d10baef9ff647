#include "stage_rules.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "clock.h"
#include "heap.h"
#include "json.h"
#include "log.h"
#include "stage_back.h"

#define STALE_UP_US (400 * MS)
#define GATHER_US (20 * MS)
#define STATS_US (5 * SECOND)
#define EVENT_TYPE_MAX 48

static void watch_output(struct stage *s);

void stage_rules_send(struct stage *s, const struct frame *f)
{
	if (s->ended)
		return;
	if (trace_words & TRACE_FRAME)
		trace_line("FRAME", "out kind=%u origin=%u.%u seq=%u item=%u length=%u", f->kind, f->origin, f->life,
			   f->seq, f->item, f->length);
	if (writer_send(&s->out, f) < 0)
		stage_rules_lost(s);
	else
		watch_output(s);
}

void stage_rules_lost(struct stage *s)
{
	if (errno == EPIPE || errno == ECONNRESET) {
		stage_end(s, 0);
	} else {
		log_error("cannot write a frame: %s queued_bytes=%zu", strerror(errno), s->out.queue.event_bytes);
		stage_end(s, 111);
	}
	s->ended = true;
	loop_stop(&s->loop);
}

/* While frames wait: wake up when the reader takes more; by hand, where no ring can stand still, read no further
 * either. */
static void watch_output(struct stage *s)
{
	bool waiting = writer_waiting(&s->out);

	if (waiting && !s->out_watch.watched)
		(void)loop_watch(&s->loop, &s->out_watch, s->out.fd, EPOLLOUT);
	if (!s->in_ring && waiting && s->out.queue.depth > 64) {
		s->paused = true;
		loop_unwatch(&s->loop, &s->in_watch);
	}
}

static int say_again(void *ctx, const struct frame *f)
{
	stage_rules_send(ctx, f);
	return 0;
}

/* Until it comes home. Where nothing does, somebody in the ring swallows events: not for ever. */
static int keep_event(struct stage *s, const struct frame *f)
{
	if (receipts_keep(&s->rules->receipts, f) < 0)
		return -1;
	if (s->rules->receipts.kept_bytes > QUEUE_EVENTS_MAX && !s->ending) {
		log_error("events do not come home kept_bytes=%zu", s->rules->receipts.kept_bytes);
		stage_end(s, 111);
	}
	return 0;
}

static bool is_newer(void *ctx, uint32_t item)
{
	return frame_item_newer(item, *(const uint32_t *)ctx);
}

static void on_clear(struct stage *s, const struct cJSON *clear)
{
	uint32_t newest = frame_item_parse(json_text(clear, "item"));

	queue_clear(&s->out.queue, is_newer, &newest);
}

/* One's own: what waits before it is worthless, and the caller hears us as long as this takes. It goes round as well,
 * and the carrier stage acts on the first that comes. */
static void hurry_clear(struct stage *s, uint32_t newest, const struct frame *f)
{
	queue_clear(&s->out.queue, is_newer, &newest);
	stage_back_clear(s, is_newer, &newest);
	(void)stage_back_send(s, f);
}

int stage_say_object(struct stage *s, struct cJSON *event)
{
	enum event_type type = event_find(json_text(event, "type"));
	const struct event_info *info = event_info(type);
	bool keep = s->in_ring && info && info->again == AGAIN_K;
	uint32_t newest = type == EVENT_CALL_CLEAR ? frame_item_parse(json_text(event, "item")) : 0;
	char *text;
	struct frame f;
	int ok = 0;

	if (s->in_ring && !s->rules->said_hello)
		stage_rules_hello(s);
	if (type == EVENT_USER_TEXT && !json_flag(event, "final", true))
		keep = false;
	text = json_print(event);
	if (!text)
		return errno = ENOMEM, -1;
	if (strlen(text) > FRAME_PAYLOAD_MAX) {
		log_error("cannot say %s: %zu bytes are more than a frame holds", info ? info->type : "an event",
			  strlen(text));
		s->rules->unsaid++;
		free(text);
		return errno = EMSGSIZE, -1;
	}
	f = (struct frame){ .kind = FRAME_EVENT,
			    .origin = s->origin,
			    .life = s->life,
			    .seq = ++s->seq,
			    .length = (uint32_t)strlen(text),
			    .birth_us = clock_us(),
			    .payload = (const uint8_t *)text };
	if (keep)
		ok = keep_event(s, &f);
	if (ok == 0 && type == EVENT_CALL_CLEAR)
		hurry_clear(s, newest, &f);
	if (ok == 0)
		stage_rules_send(s, &f);
	free(text);
	return ok;
}

int stage_say(struct stage *s, enum event_type type, const char *format, ...)
{
	struct cJSON *event = json_make("type:s", event_info(type)->type);
	va_list args;

	va_start(args, format);
	if (event && json_add_v(event, format, args) < 0) {
		cJSON_Delete(event);
		event = NULL;
	}
	va_end(args);
	if (!event)
		return errno = ENOMEM, -1;
	return stage_say_object(s, event);
}

int stage_audio(struct stage *s, const struct frame *like, const uint8_t *bytes, size_t n)
{
	unsigned sample = frame_sample_bytes(like->codec);
	struct frame f = *like;
	size_t most = FRAME_AUDIO_MAX - (sample ? FRAME_AUDIO_MAX % sample : 0);

	f.origin = s->origin;
	f.life = s->life;
	f.hops = 0;
	if (!f.birth_us)
		f.birth_us = clock_us();
	do {
		f.length = (uint32_t)(n < most ? n : most);
		f.payload = bytes;
		f.seq = ++s->seq;
		f.flags = n > most ? (uint8_t)(like->flags & ~FRAME_END) : like->flags;
		if (f.kind != FRAME_DOWN || f.flags & FRAME_TAKEN || !stage_back_send(s, &f))
			stage_rules_send(s, &f);
		bytes += f.length;
		n -= f.length;
	} while (n);
	return 0;
}

int stage_pass(struct stage *s, const struct frame *f)
{
	struct frame passed = *f;

	if (f->hops >= FRAME_HOPS_MAX - 1) {
		s->rules->strays++;
		return -1;
	}
	passed.hops++;
	stage_rules_send(s, &passed);
	return 0;
}

uint32_t stage_item(struct stage *s)
{
	return s->items == UINT16_MAX ? 0 : frame_item(s->origin, s->life, ++s->items);
}

void stage_rules_hello(struct stage *s)
{
	struct cJSON *needs;

	if (s->rules->said_hello)
		return;
	s->rules->said_hello = true;
	needs = cJSON_CreateArray();
	for (const char *const *n = s->program->needs; needs && n && *n; n++)
		cJSON_AddItemToArray(needs, cJSON_CreateString(*n));
	(void)stage_say(s, EVENT_STAGE_HELLO, "program:s version:s needs:j", s->program->name, RD_VERSION, needs);
}

/* Somebody has started: what is still out may have died with its predecessor, and it may need what we hold. */
static void on_hello(struct stage *s, const struct cJSON *hello)
{
	const struct cJSON *need;

	cJSON_ArrayForEach(need, json_array(hello, "needs"))
		for (size_t i = 0; i < s->program->state_count; i++)
			if (cJSON_IsString(need) && strcmp(need->valuestring, s->program->states[i].type) == 0)
				s->rules->pending |= 1ul << i;
	if (!s->hello_timer.set)
		timer_after(&s->loop, &s->hello_timer, GATHER_US);
}

void stage_rules_gathered(void *stage)
{
	struct stage *s = stage;
	unsigned long pending = s->rules->pending;

	s->rules->pending = 0;
	(void)receipts_again(&s->rules->receipts, say_again, s);
	for (size_t i = 0; i < s->program->state_count; i++)
		if (pending & 1ul << i)
			s->program->states[i].say(s);
}

static bool is_own(const struct stage *s, const struct frame *f)
{
	for (size_t i = 0; i < s->rules->taken_count; i++)
		if (f->origin && f->origin == s->rules->taken_out[i])
			return true;
	return false;
}

static enum stage_verdict run_rows(struct stage *s, const struct frame *f, const char *type, struct cJSON **event)
{
	enum stage_verdict verdict = STAGE_PASS;

	for (size_t i = 0; i < s->program->row_count; i++) {
		const struct stage_row *row = &s->program->rows[i];

		if (row->kind != f->kind || (row->type && (!type || strcmp(row->type, type) != 0)))
			continue;
		if (row->type && !*event && !(*event = json_parse(f->payload, f->length))) {
			s->rules->foreign++;
			continue;
		}
		if (row->on(s, f, row->type ? *event : NULL) == STAGE_TAKE)
			verdict = STAGE_TAKE;
	}
	return verdict;
}

/* Looks at an event and lets the rows act on it. Said again, what was handled already only passes. */
static enum stage_verdict handle_event(struct stage *s, const struct frame *f)
{
	char type[EVENT_TYPE_MAX];
	enum stage_verdict verdict;
	struct cJSON *event = NULL;
	enum event_type known;

	if (event_peek(f->payload, f->length, type, sizeof type) < 0) {
		s->rules->foreign++;
		return STAGE_PASS;
	}
	known = event_find(type);
	/* of a type that only others know it cannot be told whether it will be said again */
	if ((!event_info(known) || event_info(known)->again == AGAIN_K) &&
	    receipts_seen_before(&s->rules->receipts, f->origin, f->life, f->seq))
		return STAGE_PASS;
	if (known == EVENT_STAGE_HELLO || known == EVENT_CALL_CLEAR) {
		event = json_parse(f->payload, f->length);
		if (event && known == EVENT_STAGE_HELLO)
			on_hello(s, event);
		else if (event)
			on_clear(s, event);
	}
	verdict = run_rows(s, f, type, &event);
	cJSON_Delete(event);
	return verdict;
}

static enum stage_verdict handle(struct stage *s, const struct frame *f)
{
	struct cJSON *none = NULL;

	return f->kind == FRAME_EVENT ? handle_event(s, f) : run_rows(s, f, NULL, &none);
}

static void note_frame(struct stage *s, const struct frame *f)
{
	s->rules->frames++;
	if (trace_words & TRACE_FRAME)
		trace_line("FRAME", "in kind=%u origin=%u.%u seq=%u item=%u length=%u", f->kind, f->origin, f->life,
			   f->seq, f->item, f->length);
}

void stage_rules_frame(struct stage *s, struct frame *f)
{
	note_frame(s, f);
	if (is_own(s, f)) {
		if (f->kind != FRAME_EVENT || f->origin != s->origin || f->life != s->life)
			return;
		if (receipts_home(&s->rules->receipts, f->seq) && s->program->on_home)
			s->program->on_home(s, f);
		return;
	}
	if (!f->birth_us)
		f->birth_us = clock_us(); /* typed by hand */
	if (f->kind == FRAME_UP && s->in_ring && f->birth_us + STALE_UP_US < clock_us()) {
		s->out.queue.shed_stale++;
		return;
	}
	if (handle(s, f) == STAGE_PASS)
		(void)stage_pass(s, f);
}

/* It ends here: what is for others as well goes round the ring, too. */
void stage_rules_back(struct stage *s, const struct frame *f)
{
	note_frame(s, f);
	(void)handle(s, f);
}

static long cpu_ms(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
}

/* The figures of what waits for either reader: of the ring, of the way back. */
static struct queue count_waiting(const struct stage *s)
{
	const struct queue *ring = &s->out.queue, *back = &s->back.out.queue;

	return (struct queue){ .depth = ring->depth + back->depth,
			       .high = ring->high > back->high ? ring->high : back->high,
			       .shed_full = ring->shed_full + back->shed_full,
			       .shed_cleared = ring->shed_cleared + back->shed_cleared,
			       .shed_stale = ring->shed_stale };
}

void stage_rules_stats(void *stage)
{
	struct stage *s = stage;
	struct queue q = count_waiting(s);
	long long shed = (long long)(q.shed_full + q.shed_cleared + q.shed_stale);
	struct cJSON *why = json_make("full:n cleared:n stale:n", (long long)q.shed_full, (long long)q.shed_cleared,
				      (long long)q.shed_stale);
	struct cJSON *queue =
		json_make("depth:n high:n shed:n why:j?", (long long)q.depth, (long long)q.high, shed, why);

	(void)stage_say(s, EVENT_STAGE_STATS, "queue:j cpu_ms:n", queue, (long long)cpu_ms());
	timer_after(&s->loop, &s->stats_timer, STATS_US);
	heap_trim();
}

void stage_rules_log(struct stage *s)
{
	struct queue q = count_waiting(s);

	log_info("counters frames=%llu depth=%u high=%u shed_full=%llu shed_cleared=%llu shed_stale=%llu bad=%llu "
		 "foreign=%llu strays=%llu unsaid=%llu kept_bytes=%zu cpu_ms=%ld",
		 (unsigned long long)s->rules->frames, q.depth, q.high, (unsigned long long)q.shed_full,
		 (unsigned long long)q.shed_cleared, (unsigned long long)q.shed_stale,
		 (unsigned long long)(s->in.bad + s->back.in.bad), (unsigned long long)s->rules->foreign,
		 (unsigned long long)s->rules->strays, (unsigned long long)s->rules->unsaid,
		 s->rules->receipts.kept_bytes, cpu_ms());
}
