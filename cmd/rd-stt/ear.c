#include "ear.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "stage.h"
#include "tone.h"

#define SURE 0.5	  /* confidence from which words are believed */
#define PARTIAL_MS 200	  /* between two partial texts, and between two looks at what is understood */
#define SOON_MS 40	  /* between two looks where it is urgent */
#define ASK_MS 240	  /* less, and not understood, was perhaps a cough: nothing to be said about it */
#define KEY_DEAF_MS 200	  /* around a key nothing is a voice */
#define NOISY_DB (-55.0f) /* of a line on which words are understood better without its noise */
#define ECHO_ABOVE_DB 6.0f
#define ECHO_LEAST_DB (-26.0f) /* softer is no interruption: lines return the assistant at -20 dB and less */
#define CALLER_SOFT_DB 6.0f    /* below their loudest */
#define ECHO_MOST_DB (-38.0f)  /* louder than this no echo is */
#define ECHO_FADES_DB 0.004f   /* each step: 12 dB a minute */

/* --- what outlives us */

static void keep(struct ear *e, bool sound)
{
	if (sound) {
		kept_sound(&e->kept, e->now.samples, e->step, VOICE_STEP);
		e->now.samples += VOICE_STEP;
	}
	e->now.floor = e->voice.floor;
	kept_say(&e->kept, &e->now);
}

static void hear_again(struct ear *e)
{
	int16_t step[VOICE_STEP];
	struct voice_heard line;

	e->back->begin(e->now.grammar);
	for (uint32_t at = 0; at < e->now.samples; at += VOICE_STEP) {
		if (kept_read(&e->kept, at, step, VOICE_STEP) != VOICE_STEP)
			break;
		voice_hear(&e->voice, step, &line); /* else it would learn the caller's voice as the line's noise */
		e->back->feed(step, VOICE_STEP);
	}
	e->voice.floor = e->now.floor;
	e->back->look(&e->heard);
	log_info("heard again what was being said ms=%u", e->now.samples / (VOICE_RATE / 1000));
}

void ear_open(struct ear *e, struct stage *stage, const struct recogniser_back *back)
{
	*e = (struct ear){ .stage = stage, .back = back, .grammar = "main", .kept.fd = -1, .heard.likeness = -100 };
	e->now = (struct kept_state){ .bytes = sizeof e->now, .echo_db = -96 };
	voice_open(&e->voice);
}

void ear_begin(struct ear *e, const char *dir)
{
	struct kept_state found;
	int known = kept_open(&e->kept, dir, &found);

	e->begun = true;
	if (known == 0 && errno)
		log_warn("cannot keep what is being said: %s", strerror(errno));
	if (!known)
		return;
	found.playing.speaking = e->now.playing.speaking; /* that is said again */
	e->now = found;
	if (!e->stage->life) { /* another ring of the same call: what was being said then is long over */
		e->now.turn = (struct turn){ 0 };
		e->now.barge = (struct barge){ 0 };
	}
	e->voice.floor = found.floor;
	if (e->now.turn.state != TURN_QUIET)
		hear_again(e);
}

void ear_close(struct ear *e)
{
	voice_close(&e->voice);
	kept_close(&e->kept);
}

static bool is_sure(const struct ear *e)
{
	return e->heard.confidence >= SURE && !e->heard.murmur && e->heard.reach >= REACH_BEGUN;
}

static bool is_sentence(const struct ear *e)
{
	return is_sure(e) && e->heard.reach >= REACH_WHOLE;
}

/* --- what is said */

static void say_started(struct ear *e)
{
	if (!e->now.started)
		(void)stage_say(e->stage, EVENT_USER_SPEECH_STARTED, "");
	e->now.started = true;
}

static void say_text(struct ear *e, const char *text, bool final)
{
	(void)stage_say(e->stage, EVENT_USER_TEXT, "utterance:s text:s final:b confidence:f language:s since_us:n",
			e->now.name, text, final, e->heard.confidence, e->back->language(), (long long)e->now.since_us);
}

static void say_partial(struct ear *e)
{
	if (!e->now.started || !is_sure(e) || strcmp(e->partial, e->heard.text) == 0)
		return;
	(void)snprintf(e->partial, sizeof e->partial, "%s", e->heard.text);
	say_text(e, e->heard.text, false);
}

static void say_pause(struct ear *e, bool on)
{
	e->now.pauses += on;
	e->count.pauses += on;
	if (on)
		(void)snprintf(e->now.pause, sizeof e->now.pause, "stt-pause-%u.%u.%u", e->stage->origin,
			       e->stage->life, e->now.pauses);
	(void)stage_say(e->stage, EVENT_CALL_PAUSE, "id:s on:b", e->now.pause, on);
}

static void say_clear(struct ear *e)
{
	char id[48];

	e->count.clears++;
	(void)snprintf(id, sizeof id, "stt-clear-%s", e->now.name);
	(void)stage_say(e->stage, EVENT_CALL_CLEAR, "why:s id:s", "speech", id);
	say_started(e);
}

static void obey(struct ear *e, enum barge_order order)
{
	if (order == BARGE_PAUSE)
		say_pause(e, true);
	else if (order == BARGE_RESUME)
		say_pause(e, false);
	else if (order == BARGE_CLEAR)
		say_clear(e);
}

/* --- a turn */

static void begin(struct ear *e, uint64_t birth_us)
{
	e->now.utterances++;
	(void)snprintf(e->now.name, sizeof e->now.name, "%u.%u.%u", e->stage->origin, e->stage->life,
		       e->now.utterances);
	(void)snprintf(e->now.grammar, sizeof e->now.grammar, "%s", e->grammar);
	e->now.samples = 0;
	e->count.turns++;
	e->now.started = false;
	e->partial[0] = 0;
	e->now.turn_db = -96;
	e->now.pitched_ms = e->now.held_ms = 0;
	e->now.since_us = birth_us;
	e->heard = (struct recogniser_heard){ .likeness = -100 };
	e->back->begin(e->grammar);
	for (int i = 0; i < EAR_BEFORE; i++) {
		const int16_t *step = e->before[(e->before_at + i) % EAR_BEFORE];

		e->back->feed(step, VOICE_STEP);
		kept_sound(&e->kept, e->now.samples, step, VOICE_STEP);
		e->now.samples += VOICE_STEP;
	}
}

static struct barge_heard all_heard(const struct ear *e)
{
	return (struct barge_heard){
		.turn = e->now.turn, .heard = e->heard, .pitched_ms = e->now.pitched_ms, .held_ms = e->now.held_ms
	};
}

/* What the assistant's sentence was not ended for was perhaps its own echo. */
static void learn_echo(struct ear *e)
{
	float db = e->now.turn_db < ECHO_MOST_DB ? e->now.turn_db : ECHO_MOST_DB;

	if (db > e->now.echo_db)
		e->now.echo_db = db;
}

static void end(struct ear *e, bool over)
{
	bool against = e->now.barge.state == BARGE_PAUSED || e->now.barge.state == BARGE_DOUBTED;
	struct barge_heard heard;

	e->back->end(&e->heard);
	heard = all_heard(e);
	obey(e, barge_end(&e->now.barge, &heard));
	if (against && !e->now.started)
		learn_echo(e);
	else if (is_sentence(e))
		e->now.caller_db = e->now.turn_db;
	if (!e->now.started)
		e->count.nothing++;
	if (!e->now.started)
		return;
	(void)stage_say(e->stage, EVENT_USER_SPEECH_STOPPED, "speech_ms:n",
			(long long)(e->now.turn.age_ms - e->now.turn.quiet_ms));
	if (is_sentence(e))
		say_text(e, e->heard.text, true);
	else if (over && !barge_is_murmur(&heard) && e->now.turn.voice_ms >= ASK_MS)
		say_text(e, "", true);
	e->count.unsure += !is_sentence(e);
	trace(TRACE_TURN, "turn confidence=%.2f likeness=%.1f voice_ms=%d reach=%d murmur=%d", e->heard.confidence,
	      e->heard.likeness, e->now.turn.voice_ms, e->heard.reach, e->heard.murmur);
}

static bool time_to_look(const struct ear *e)
{
	int every = PARTIAL_MS;

	if (e->now.turn.quiet_ms >= 80 || e->now.barge.state == BARGE_PAUSED || e->now.barge.state == BARGE_DOUBTED)
		every = SOON_MS;
	return e->now.turn.age_ms % every < VOICE_STEP_MS;
}

static void obey_turn(struct ear *e, enum turn_order order, bool unheard, uint64_t birth_us)
{
	switch (order) {
	case TURN_BEGIN: begin(e, birth_us); break;
	case TURN_SPEAKS:
		if (!unheard)
			say_started(e);
		break;
	case TURN_NOTHING: end(e, false); break;
	case TURN_END:
	case TURN_LIMIT: end(e, true); break;
	case TURN_GO_ON: break;
	}
}

/* --- a step */

/* Louder than what may be the assistant's own voice, coming back; a caller who is always soft may be softer. */
static bool is_loud(const struct ear *e, float db)
{
	float least = e->now.caller_db - CALLER_SOFT_DB;

	return db > (least < ECHO_LEAST_DB ? least : ECHO_LEAST_DB) && db > e->now.echo_db + ECHO_ABOVE_DB;
}

static bool is_voice(struct ear *e, const struct voice_heard *line)
{
	if (tone_is_key(e->step, VOICE_STEP))
		e->deaf_ms = KEY_DEAF_MS;
	else if (e->deaf_ms > 0)
		e->deaf_ms -= VOICE_STEP_MS;
	return (e->now.turn.state == TURN_QUIET ? line->voice : line->faint) && e->deaf_ms == 0;
}

static void listen(struct ear *e)
{
	e->back->feed(e->step, VOICE_STEP);
	if (!time_to_look(e))
		return;
	e->back->look(&e->heard);
	say_partial(e);
}

/* Of a voice in a turn, which it may have begun. */
static void note_voice(struct ear *e, float level_db, const struct timbre_heard *timbre)
{
	e->now.turn_db = level_db > e->now.turn_db ? level_db : e->now.turn_db;
	e->now.pitched_ms += timbre->pitched ? VOICE_STEP_MS : 0;
	e->now.held_ms += timbre->held ? VOICE_STEP_MS : 0;
}

static void step(struct ear *e, uint64_t birth_us)
{
	bool unheard = playing_unheard(&e->now.playing, e->now.now_ms), voice;
	struct voice_heard line;
	struct timbre_heard timbre;
	struct barge_heard heard;
	enum turn_order order;
	bool busy = e->now.turn.state != TURN_QUIET;

	voice_hear(&e->voice, e->step, &line);
	voice = is_voice(e, &line);
	if (line.floor_db > NOISY_DB)
		memcpy(e->step, line.clean, sizeof e->step);
	timbre_hear(&e->timbre, e->step, &timbre);
	memcpy(e->before[e->before_at], e->step, sizeof e->step);
	e->before_at = (e->before_at + 1) % EAR_BEFORE;
	e->now.now_ms += VOICE_STEP_MS;
	e->now.echo_db -= ECHO_FADES_DB;
	if (busy)
		listen(e);
	if (voice && line.level_db > e->now.turn_db)
		e->now.turn_db = line.level_db;
	order = turn_step(&e->now.turn, VOICE_STEP_MS, voice, e->heard.reach, is_sure(e));
	obey_turn(e, order, unheard, birth_us);
	if (voice)
		note_voice(e, line.level_db, &timbre);
	heard = all_heard(e);
	heard.unheard = unheard;
	heard.loud = voice && is_loud(e, line.level_db);
	obey(e, barge_step(&e->now.barge, VOICE_STEP_MS, &heard));
	if (busy || e->now.turn.state != TURN_QUIET)
		keep(e, busy && e->now.turn.state != TURN_QUIET);
}

void ear_hear(struct ear *e, const int16_t *samples, size_t n, uint64_t birth_us)
{
	while (n > 0) {
		size_t room = (size_t)(VOICE_STEP - e->filled), piece = n < room ? n : room;

		memcpy(e->step + e->filled, samples, piece * sizeof *samples);
		e->filled += (int)piece;
		samples += piece;
		n -= piece;
		if (e->filled < VOICE_STEP)
			return;
		e->filled = 0;
		step(e, birth_us);
	}
}

bool ear_busy(const struct ear *e)
{
	return e->now.turn.state != TURN_QUIET || e->now.barge.state != BARGE_NONE;
}

void ear_key(struct ear *e)
{
	e->deaf_ms = KEY_DEAF_MS;
}

void ear_expect(struct ear *e, const char *grammar)
{
	(void)snprintf(e->grammar, sizeof e->grammar, "%s", grammar);
}

const char *ear_wants(const struct ear *e)
{
	bool due = e->begun && e->now.turn.state == TURN_QUIET && !e->back->is_prepared(e->grammar);

	return due ? e->grammar : NULL;
}
