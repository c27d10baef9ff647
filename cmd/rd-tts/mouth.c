#include "mouth.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "engine.h"
#include "hash.h"
#include "log.h"
#include "utf8.h"

#define BY_HAND_FRAMES 32
#define BY_HAND_US (10 * MS)
#define LEAST_WAIT_US (100 * MS) /* while nobody hears anything the clock stands still */

static void go_on(struct mouth *m);

static void pop(struct mouth *m)
{
	order_close(&m->orders[0]);
	memmove(&m->orders[0], &m->orders[1], --m->count * sizeof m->orders[0]);
	m->making = false;
}

/* The first order is over. */
static void finish(struct mouth *m, const char *status)
{
	order_done(&m->orders[0], m->stage, status);
	pop(m);
}

static void piece_over(struct mouth *m)
{
	m->making = false;
	order_piece(&m->orders[0], &m->piece, m->stage);
}

/* --- making */

/* Hands the work of a piece over; if that fails its order has. */
static void begin_work(struct mouth *m)
{
	m->piece.samples_before = m->orders[0].samples;
	m->piece.ends = 0;
	m->work.rate = m->orders[0].rate;
	m->work.first = m->orders[0].samples == 0;
	m->work.variant = m->piece.phrase ? m->variant++ : 0;
	snprintf(m->work.voice, sizeof m->work.voice, "%s", m->voice);
	snprintf(m->work.agent, sizeof m->work.agent, "%s", m->agent);
	m->making = maker_begin(&m->maker, &m->work) == 0;
	if (m->making)
		return;
	log_error("cannot hand over what is to be said: %s", strerror(errno));
	finish(m, "failed");
}

/* The next piece of the first order. false: there is none. */
static bool begin_piece(struct mouth *m)
{
	struct order *o = &m->orders[0];

	m->piece.phrase = *o->phrase != 0;
	*m->work.phrase = 0;
	if (m->piece.phrase) {
		snprintf(m->work.phrase, sizeof m->work.phrase, "%s", o->phrase);
		if (o->text) /* it was played */
			return false;
	} else if (!script_next(&o->script, &m->piece.sentence)) {
		return false;
	} else if (m->piece.sentence.spoken.words == 0) { /* nothing of it has a sound */
		m->piece.samples_before = o->samples;
		m->piece.ends = 0;
		piece_over(m);
		return true;
	}
	snprintf(m->work.text, sizeof m->work.text, "%s", m->piece.phrase ? "" : m->piece.sentence.spoken.text);
	begin_work(m);
	return true;
}

static void say_state(struct mouth *m)
{
	bool thinks = !m->speaking && m->thinker;

	(void)stage_say(m->stage, EVENT_ASSISTANT_STATE, "state:s on:s?",
			m->speaking ? "speaking"
			: thinks    ? "thinking"
				    : "listening",
			thinks && *m->thinks_on ? m->thinks_on : NULL);
}

static void set_speaking(struct mouth *m, bool speaking)
{
	if (m->speaking == speaking)
		return;
	m->speaking = speaking;
	say_state(m);
}

/* How long to wait before more is made, in microseconds. */
static uint64_t ahead_us(const struct mouth *m)
{
	long too_much_ms = lead_ms(&m->lead, clock_us()) - MOUTH_AHEAD_MS;

	if (!m->stage->in_ring)
		return m->stage->out.queue.depth > BY_HAND_FRAMES ? BY_HAND_US : 0;
	return too_much_ms <= 0				    ? 0
	       : (uint64_t)too_much_ms * MS > LEAST_WAIT_US ? (uint64_t)too_much_ms * MS
							    : LEAST_WAIT_US;
}

static void go_on(struct mouth *m)
{
	uint64_t wait_us;

	timer_stop(&m->stage->loop, &m->later);
	while (m->count && !m->making && !m->stage->ending) {
		wait_us = ahead_us(m);
		if (wait_us) {
			timer_after(&m->stage->loop, &m->later, wait_us);
			return;
		}
		if (!begin_piece(m))
			finish(m, "complete");
	}
	if (m->count)
		return;
	set_speaking(m, false);
	if (m->ending)
		stage_end(m->stage, 0);
}

static void on_later(void *ctx)
{
	go_on(ctx);
}

static void take_audio(struct mouth *m, const struct maker_made *made)
{
	struct order *o = &m->orders[0];
	struct frame f = { .kind = FRAME_DOWN, .codec = made->codec, .rate_100hz = made->rate_100hz };

	if (!order_item(o, m->stage))
		return;
	f.item = o->item;
	o->codec = made->codec;
	o->rate_100hz = made->rate_100hz;
	(void)stage_audio(m->stage, &f, made->bytes, made->n);
	o->samples += made->n / frame_sample_bytes(made->codec);
	m->newest = o->item;
	lead_sent(&m->lead, o->item, order_sent_ms(o), clock_us());
	set_speaking(m, true);
}

static void take_end(struct mouth *m, enum maker_kind kind)
{
	struct order *o = &m->orders[0];

	if (kind == MAKER_FAILED && !m->piece.phrase && strcmp(m->work.voice, m->sure) != 0) {
		log_warn("cannot say anything with voice \"%s\", \"%s\" goes on", m->work.voice, m->sure);
		memcpy(m->voice, m->sure, sizeof m->voice);
		begin_work(m);
	} else if (kind == MAKER_FAILED || (m->piece.phrase && !o->text)) {
		log_error("cannot say %s with voice \"%s\"", m->piece.phrase ? o->phrase : "a sentence", m->work.voice);
		order_cut(o, &m->piece);
		finish(m, "failed");
	} else if (kind == MAKER_NOTHING) {
		*o->phrase = 0; /* it is spoken like any text */
		m->making = false;
	} else {
		if (!m->piece.phrase)
			memcpy(m->sure, m->work.voice, sizeof m->sure);
		piece_over(m);
	}
	go_on(m);
}

static void on_made(void *ctx, const struct maker_made *made)
{
	struct mouth *m = ctx;

	if (!m->making)
		return;
	if (made->kind == MAKER_AUDIO)
		take_audio(m, made);
	else if (made->kind == MAKER_WORD)
		piece_word(&m->piece, made->word, (long)made->end_ms);
	else if (made->kind == MAKER_TEXT)
		order_set_text(&m->orders[0], (const char *)made->bytes, made->n, m->language);
	else
		take_end(m, made->kind);
}

/* --- orders */

static bool is_known(struct mouth *m, const char *id)
{
	uint64_t hash = hash_bytes(HASH_BEGIN, id, strlen(id));

	for (int i = 0; i < MOUTH_KNOWN; i++)
		if (m->known[i] == hash)
			return true;
	m->known[m->known_next++ % MOUTH_KNOWN] = hash;
	return false;
}

static void interrupt(struct mouth *m)
{
	char id[48], item[16];

	snprintf(id, sizeof id, "tts.%u.%u.%u", m->stage->origin, m->stage->life, ++m->clears);
	(void)stage_say(m->stage, EVENT_CALL_CLEAR, "why:s id:s item:s?", "stop", id,
			m->newest ? frame_item_name(m->newest, item) : NULL);
	mouth_clear(m, 0);
}

void mouth_say(struct mouth *m, const struct mouth_wish *w)
{
	struct order o = { .rate = w->rate < 0.5 ? 0.5 : w->rate > 2 ? 2 : w->rate };

	if (w->id && *w->id && is_known(m, w->id))
		return; /* said again by one who did not know that we live */
	if (w->interrupt)
		interrupt(m);
	snprintf(o.id, sizeof o.id, "%s", w->id ? w->id : "");
	if (m->count == MOUTH_ORDERS) {
		log_warn("too much is to be said: an order is dropped");
		order_done(&o, m->stage, "failed"); /* who waits for it is told */
		return;
	}
	if (w->phrase)
		snprintf(o.phrase, sizeof o.phrase, "%s", w->phrase);
	else
		order_set_text(&o, w->text, utf8_clip(w->text, MOUTH_TEXT_BYTES), m->language);
	m->orders[m->count++] = o;
	go_on(m);
}

void mouth_clear(struct mouth *m, uint32_t newest)
{
	lead_clear(&m->lead, newest);
	if (!m->count || (m->orders[0].item && frame_item_newer(m->orders[0].item, newest)))
		return;
	maker_give_up(&m->maker);
	if (m->making)
		order_cut(&m->orders[0], &m->piece);
	if (m->orders[0].item)
		finish(m, "cancelled");
	while (m->count)
		pop(m);
	go_on(m);
}

void mouth_heard(struct mouth *m, const struct event_heard *h)
{
	lead_heard(&m->lead, h, clock_us());
	if (m->later.set)
		go_on(m);
}

void mouth_hold(struct mouth *m, bool held)
{
	lead_hold(&m->lead, held, clock_us());
}

void mouth_think(struct mouth *m, uint8_t origin, const char *on)
{
	if (on) {
		m->thinker = origin;
		snprintf(m->thinks_on, sizeof m->thinks_on, "%s", on);
	} else if (m->thinker == origin) {
		m->thinker = 0;
	}
}

void mouth_say_state(struct mouth *m)
{
	if (m->speaking || !m->thinker) /* who thinks says so himself */
		say_state(m);
}

void mouth_end(struct mouth *m)
{
	m->ending = true;
	go_on(m);
}

/* --- voices */

static void set_language(struct mouth *m, const char *language)
{
	if (!*language) /* flite speaks English, espeak-ng's voices begin with their language */
		language = engine_of(m->voice) == &engine_flite ? "en" : m->voice;
	snprintf(m->language, sizeof m->language, "%.*s", (int)strcspn(language, "+"), language);
}

void mouth_switch(struct mouth *m, const char *agent, const char *voice, const char *language)
{
	const struct conf *conf = m->stage->conf;

	if (*agent && conf_has(conf, "agent", agent)) {
		snprintf(m->agent, sizeof m->agent, "%s", agent);
		voice = *voice ? voice : phrase_voice(conf, agent);
		language = *language ? language : conf_text(conf, "agent", agent, "language");
	}
	if (!*voice && *language)
		voice = strncmp(language, "en", 2) == 0 ? "slt" : language;
	if (*voice) /* whether there is such a voice shows when it speaks: the engines are the thread's */
		snprintf(m->voice, sizeof m->voice, "%s", voice);
	set_language(m, language);
}

int mouth_open(struct mouth *m, struct stage *s, char *error, size_t size)
{
	const char *voice = phrase_voice(s->conf, s->agent);
	char why[160];

	*m = (struct mouth){ .stage = s };
	m->later = (struct timer){ .name = "later", .on = on_later, .ctx = m };
	snprintf(m->voice, sizeof m->voice, "%s", voice);
	snprintf(m->agent, sizeof m->agent, "%s", s->agent);
	set_language(m, conf_text(s->conf, "agent", s->agent, "language"));
	memcpy(m->sure, m->voice, sizeof m->sure);
	engine_begin();
	if (engine_of(m->voice)->open(m->voice, why, sizeof why) == 0)
		return 0;
	snprintf(error, size, "voice \"%s\": %s", m->voice, why);
	return -1;
}

int mouth_start(struct mouth *m)
{
	m->maker.on_made = on_made;
	m->maker.ctx = m;
	return maker_open(&m->maker, &m->stage->loop, m->stage->conf);
}

void mouth_close(struct mouth *m)
{
	maker_close(&m->maker);
	while (m->count)
		pop(m);
}
