#include "caller.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define KEY_US (250 * MS)
#define SILENCE 0xff

void act_drop(struct act *a)
{
	voice_close(&a->clip);
	free(a->typed);
	a->typed = NULL;
}

/* The acts that are over make room. */
static void drop_done(struct caller *c)
{
	size_t done = c->now ? c->next - 1 : c->next;

	for (size_t i = 0; i < done; i++)
		act_drop(&c->acts[i]);
	c->count -= done;
	c->next -= done;
	memmove(c->acts, c->acts + done, c->count * sizeof *c->acts);
	if (c->now)
		c->now = c->acts;
}

int caller_add(struct caller *c, const struct act *a)
{
	if (c->count == CALLER_ACTS)
		drop_done(c);
	if (c->count == CALLER_ACTS)
		return -1;
	c->acts[c->count++] = *a;
	return 0;
}

void caller_close(struct caller *c)
{
	for (size_t i = 0; i < c->count; i++)
		act_drop(&c->acts[i]);
	c->count = c->next = 0;
	c->now = NULL;
}

bool caller_are_keys(const char *text)
{
	return *text && strspn(text, "0123456789*#ABCD") == strlen(text);
}

void caller_line(struct caller *c, bool open, uint64_t now_us)
{
	c->open_us = open ? now_us : 0;
}

static uint64_t latest(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* How long neither side has made a sound. */
static uint64_t silent_us(const struct caller *c, const struct ear *heard, uint64_t now_us)
{
	uint64_t last = latest(latest(c->ended_us, c->open_us), heard->sound_us);

	return heard->speaking || now_us < last ? 0 : now_us - last;
}

/* The assistant has begun something since our last act, so it is an answer (or the greeting). */
static bool answered(const struct caller *c, const struct ear *heard)
{
	return heard->utterances && heard->begun_us >= c->begun_us;
}

static bool is_time(const struct caller *c, const struct act *a, const struct ear *heard, bool quiet, uint64_t now_us)
{
	if (a->at_once)
		return true;
	if (a->interrupt_ms >= 0 && heard->speaking && answered(c, heard))
		return now_us >= heard->begun_us + (uint64_t)a->interrupt_ms * MS;
	if (answered(c, heard) && !heard->speaking && quiet)
		return true;
	return quiet && silent_us(c, heard, now_us) >= c->patience_us;
}

static void end_act(struct caller *c, uint64_t now_us)
{
	c->now = NULL;
	c->ended_us = now_us;
}

static void begin_act(struct caller *c, uint64_t now_us)
{
	c->now = &c->acts[c->next++];
	c->done = 0;
	c->begun_us = c->key_us = now_us;
	c->calls->on_act(c->ctx, c->now);
}

static void press(struct caller *c, uint64_t now_us)
{
	if (now_us < c->key_us)
		return;
	c->key_us += KEY_US;
	if (c->now->name[c->done])
		c->calls->on_key(c->ctx, c->now->name[c->done++]);
	else
		end_act(c, now_us);
}

static void speak(struct caller *c, uint8_t out[CALLER_FRAME], uint64_t now_us)
{
	size_t left = c->now->clip.n - c->done, n = left < CALLER_FRAME ? left : CALLER_FRAME;

	if (n)
		memcpy(out, c->now->clip.mulaw + c->done, n);
	c->done += n;
	if (c->done == c->now->clip.n)
		end_act(c, now_us);
}

void caller_frame(struct caller *c, uint8_t out[CALLER_FRAME], const struct ear *heard, bool quiet, uint64_t now_us)
{
	memset(out, SILENCE, CALLER_FRAME);
	if (!c->now && c->open_us && c->next < c->count && is_time(c, &c->acts[c->next], heard, quiet, now_us))
		begin_act(c, now_us);
	if (c->now && c->now->keys)
		press(c, now_us);
	else if (c->now)
		speak(c, out, now_us);
	else if (c->open_us && c->next == c->count && !c->gone && quiet &&
		 silent_us(c, heard, now_us) >= c->hangup_us) {
		c->gone = true;
		c->calls->on_hang_up(c->ctx);
	}
}
