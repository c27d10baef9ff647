#include "machine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "clock.h"
#include "conf.h"
#include "frame.h"
#include "json.h"
#include "log.h"
#include "progress.h"

#define EXPLAIN_US (150 * MS)	  /* for a word on why we have the call: it comes with the start of the ring */
#define TONE_LATE_US (3 * SECOND) /* behind the length of what was said: then the clock has failed us */
#define SKIP_MS 300u		  /* of speech into the greeting */
#define SILENCE_MS 4000u
#define NOTHING_MS 8000u /* without a word */
#define MESSAGE_MS_MAX (180u * 1000u)
#define MESSAGE_MS_MIN 300u /* of speech; less is none */
#define ROOM_BYTES (8ull << 20)
#define ORDERS_MAX 3u

static const char *const whys[MACHINE_WHYS] = { "key", "quota", "refused", "unreachable", "silent", "failed" };

/* --- open and close */

/* Counts what will not be heard: a line for each would be said in each call. */
static void find(struct machine *m, struct phrase *p, const char *name)
{
	if (phrase_find(p, m->stage.conf, m->stage.agent, name, 0) == 0 && p->audio)
		return;
	if (m->missing++ == 0)
		snprintf(m->first_missing, sizeof m->first_missing, "%s", name);
}

/* The agent's own words where it has some, and they are prepared; else everybody's. */
static void find_greeting(struct machine *m)
{
	if (*conf_text(m->stage.conf, "agent", m->stage.agent, "greeting") &&
	    phrase_find(&m->speeches[SPEECH_OWN], m->stage.conf, m->stage.agent, "greeting", 0) == 0 &&
	    m->speeches[SPEECH_OWN].audio)
		return;
	find(m, &m->speeches[SPEECH_GREETING], "voicemail.greeting");
}

static void find_phrases(struct machine *m)
{
	char name[PHRASE_NAME_BYTES];

	find_greeting(m);
	find(m, &m->speeches[SPEECH_THANKS], "voicemail.thanks");
	find(m, &m->speeches[SPEECH_FULL], "voicemail.full");
	find(m, &m->speeches[SPEECH_GOODBYE], "goodbye");
	find(m, &m->speeches[SPEECH_TONE], "beep");
	for (int i = 0; i < MACHINE_WHYS; i++) {
		snprintf(name, sizeof name, "voicemail.%s", whys[i]);
		find(m, &m->honest[i], name);
	}
	if (m->missing)
		log_warn("phrases are not prepared and will not be heard, the tone is; rd-tts --prepare makes them "
			 "missing=%u first=%s",
			 m->missing, m->first_missing);
}

static void find_room(struct machine *m)
{
	char state[PATHS_MAX_BYTES];
	struct statvfs s;

	if (paths_state(m->stage.conf, state, sizeof state) < 0 ||
	    paths_format(m->folder, sizeof m->folder, "%s/messages", state) < 0 || paths_mkdir(m->folder) < 0)
		log_error("no message can be taken: cannot make %s: %s", *m->folder ? m->folder : "their folder",
			  strerror(errno));
	else if (statvfs(m->folder, &s) == 0 && (uint64_t)s.f_bavail * s.f_frsize < ROOM_BYTES)
		log_error("no message can be taken: no room in %s", m->folder);
	else
		m->room = true;
}

void machine_open(struct machine *m)
{
	find_phrases(m);
	find_room(m);
}

void machine_close(struct machine *m)
{
	for (int i = 0; i < SPEECHES; i++)
		phrase_close(&m->speeches[i]);
	for (int i = 0; i < MACHINE_WHYS; i++)
		phrase_close(&m->honest[i]);
	message_close(&m->message);
}

/* --- speaking */

void machine_say_state(struct machine *m)
{
	(void)stage_say(&m->stage, EVENT_ASSISTANT_STATE, "state:s", m->speaking ? "speaking" : "listening");
}

static void speaking(struct machine *m, bool on)
{
	m->speaking = on;
	machine_say_state(m);
}

/* All of it at once, for the carrier stage has the clock. The item, or 0: there is no sound for it. */
static uint32_t play(struct machine *m, const struct phrase *p)
{
	struct frame like = { .kind = FRAME_DOWN,
			      .flags = FRAME_END,
			      .codec = CODEC_MULAW,
			      .rate_100hz = PHRASE_RATE_HZ / 100,
			      .item = p->audio ? stage_item(&m->stage) : 0 };
	unsigned ms = (unsigned)(p->bytes * 1000 / PHRASE_RATE_HZ);
	char name[16];

	if (!like.item)
		return 0;
	(void)stage_audio(&m->stage, &like, p->audio, p->bytes);
	m->spoken_ms += ms;
	if (!*p->text)
		return like.item;
	frame_item_name(like.item, name);
	(void)stage_say(&m->stage, EVENT_ASSISTANT_TEXT, "item:s n:i text:s sent_ms:i", name, 1, p->text, (int)ms);
	(void)stage_say(&m->stage, EVENT_ASSISTANT_DONE, "item:s text:s sent_ms:i status:s", name, p->text, (int)ms,
			"complete");
	return like.item;
}

static void note_progress(struct machine *m)
{
	if (progress_write(m->stage.dir, m) < 0)
		log_warn("cannot note how far the call is: %s", strerror(errno));
}

/* --- the end */

static void hang_up(struct machine *m)
{
	char id[24];

	snprintf(id, sizeof id, "voicemail-%u", ++m->orders);
	(void)stage_say(&m->stage, EVENT_CALL_NEXT, "id:s verb:s", id, "hangup");
}

void machine_insist(struct machine *m, const char *id)
{
	char last[24];

	snprintf(last, sizeof last, "voicemail-%u", m->orders);
	if (m->phase == PHASE_PARTING && m->orders < ORDERS_MAX && strcmp(id, last) == 0)
		hang_up(m);
}

static void tell(struct machine *m)
{
	char path[PATHS_MAX_BYTES];

	if (paths_format(path, sizeof path, "%s/%s.wav", m->folder, m->call) < 0)
		return;
	(void)stage_say(&m->stage, EVENT_MESSAGE_LEFT, "file:s seconds:i from:s?", path,
			(int)((message_ms(&m->message) + 500) / 1000), *m->from ? m->from : NULL);
}

/* Whether there is a message. Without a word it is none. */
static bool keep(struct machine *m)
{
	if (m->phase != PHASE_RECORDING)
		return m->left;
	timer_stop(&m->stage.loop, &m->timer);
	m->phase = PHASE_PARTING;
	if (message_finish(&m->message) < 0)
		log_error("cannot write %s: %s", m->message.path, strerror(errno));
	m->left = m->message.path[0] && m->message.bytes > 0 && m->ear.spoken_ms >= MESSAGE_MS_MIN;
	if (m->left)
		tell(m);
	else
		message_drop(&m->message);
	log_info("message %s ms=%u spoken_ms=%u", m->left ? "left" : "not left", message_ms(&m->message),
		 m->ear.spoken_ms);
	return m->left;
}

static void part(struct machine *m, const struct phrase *words)
{
	m->phase = PHASE_PARTING;
	speaking(m, true);
	(void)play(m, words);
	note_progress(m);
	hang_up(m);
	speaking(m, false);
}

static void stop_recording(struct machine *m)
{
	part(m, &m->speeches[keep(m) ? SPEECH_THANKS : SPEECH_GOODBYE]);
}

void machine_end(struct machine *m)
{
	timer_stop(&m->stage.loop, &m->timer);
	(void)keep(m);
	m->phase = PHASE_PARTING;
}

/* --- recording */

static void no_room(struct machine *m, int why)
{
	log_error("cannot write %s/%s.wav: %s", m->folder, m->call, strerror(why));
	m->message.waiting = 0; /* what did not fit */
	(void)keep(m);
	part(m, &m->speeches[SPEECH_FULL]);
}

static void record(struct machine *m)
{
	if (m->phase != PHASE_GREETING)
		return;
	timer_stop(&m->stage.loop, &m->timer);
	m->phase = PHASE_RECORDING;
	m->ear = (struct ear){ .noise = m->ear.noise };
	note_progress(m);
}

static bool is_over(const struct machine *m)
{
	return m->ear.silent_ms >= (m->ear.spoken_ms >= MESSAGE_MS_MIN ? SILENCE_MS : NOTHING_MS) ||
	       message_ms(&m->message) >= MESSAGE_MS_MAX;
}

/* The file is made with its first sound, whose rate is its own. */
static int write_down(struct machine *m, const int16_t *samples, size_t n, unsigned rate_hz)
{
	if (!m->message.path[0] && message_open(&m->message, m->folder, m->call, rate_hz) < 0)
		return -1;
	return m->message.rate_hz == rate_hz ? message_add(&m->message, samples, n) : 0;
}

/* --- the greeting */

/* One wait at a time: what was waited for before is not waited for any more. */
static void wait_for(struct machine *m, const char *name, void (*on)(void *ctx), uint64_t us)
{
	timer_stop(&m->stage.loop, &m->timer);
	m->timer = (struct timer){ .name = name, .on = on, .ctx = m };
	timer_after(&m->stage.loop, &m->timer, us);
}

static void skip(struct machine *m)
{
	char name[16];

	if (!m->last_words)
		return;
	log_info("the greeting is skipped");
	(void)stage_say(&m->stage, EVENT_CALL_CLEAR, "why:s id:s item:s", "speech", "voicemail-skip",
			frame_item_name(m->last_words, name));
	m->last_words = 0;
}

void machine_hear(struct machine *m, const int16_t *samples, size_t n, unsigned rate_hz)
{
	if (m->phase != PHASE_GREETING && m->phase != PHASE_RECORDING)
		return;
	ear_hear(&m->ear, samples, n, rate_hz);
	if (m->phase == PHASE_GREETING) {
		if (m->ear.loud_ms >= SKIP_MS)
			skip(m);
		return;
	}
	if (write_down(m, samples, n, rate_hz) < 0)
		no_room(m, errno);
	else if (is_over(m))
		stop_recording(m);
}

void machine_key(struct machine *m, char digit)
{
	if (m->phase == PHASE_GREETING)
		skip(m);
	else if (m->phase == PHASE_RECORDING && digit == '#')
		stop_recording(m);
}

void machine_heard(struct machine *m, uint32_t item, bool all)
{
	if (item && item == m->tone && all)
		record(m);
}

static void on_tone_late(void *ctx)
{
	log_warn("nobody says that the tone was heard: recording all the same");
	record(ctx);
}

static void wait_for_tone(struct machine *m)
{
	if (m->phase == PHASE_GREETING && m->started)
		wait_for(m, "tone", on_tone_late, m->spoken_ms * MS + TONE_LATE_US);
}

static void sound_tone(struct machine *m)
{
	m->tone = play(m, &m->speeches[SPEECH_TONE]);
	wait_for_tone(m);
}

void machine_start(struct machine *m, bool started)
{
	m->started = started;
	if (started)
		wait_for_tone(m);
	else if (m->phase == PHASE_GREETING)
		timer_stop(&m->stage.loop, &m->timer);
}

/* Somebody else has emptied the line: without a tone nobody knows when to speak. */
void machine_cut(struct machine *m, uint32_t item)
{
	if (m->phase == PHASE_GREETING && item && item == m->tone)
		sound_tone(m);
}

static void on_patience_over(void *ctx)
{
	struct machine *m = ctx;
	uint32_t item;

	m->phase = PHASE_GREETING;
	speaking(m, true);
	m->last_words = m->why ? play(m, m->why) : 0;
	if (!m->room) {
		part(m, &m->speeches[SPEECH_FULL]);
		return;
	}
	item = play(m, &m->speeches[m->speeches[SPEECH_OWN].audio ? SPEECH_OWN : SPEECH_GREETING]);
	if (item)
		m->last_words = item;
	sound_tone(m);
	speaking(m, false);
	note_progress(m);
}

void machine_explain(struct machine *m, const char *why)
{
	for (int i = 0; m->phase == PHASE_WAITING && i < MACHINE_WHYS; i++)
		if (strcmp(whys[i], why) == 0)
			m->why = &m->honest[i];
}

void machine_answer(struct machine *m, const char *call, const char *from)
{
	bool known = *m->call;

	snprintf(m->call, sizeof m->call, "%s", call);
	snprintf(m->from, sizeof m->from, "%s", from);
	if (known || m->phase != PHASE_WAITING)
		return;
	wait_for(m, "explain", on_patience_over, EXPLAIN_US);
}

/* --- after a crash */

/* What was recorded is gone on with, its words are taken to be some; what was said was perhaps not told. */
static void go_on(struct machine *m)
{
	if (message_open(&m->message, m->folder, m->call, MESSAGE_RATE_FOUND) < 0 && errno != ENOENT)
		log_error("cannot go on with %s/%s.wav: %s", m->folder, m->call, strerror(errno));
	m->ear.spoken_ms = message_ms(&m->message);
	log_info("goes on with a message ms=%u", message_ms(&m->message));
}

void machine_resume(struct machine *m)
{
	if (progress_read(m->stage.dir, m) < 0)
		return;
	snprintf(m->call, sizeof m->call, "%s", m->stage.call);
	if (m->phase == PHASE_RECORDING) {
		go_on(m);
	} else if (m->phase == PHASE_PARTING) {
		if (m->left && message_open(&m->message, m->folder, m->call, MESSAGE_RATE_FOUND) == 0)
			tell(m);
		hang_up(m);
	}
}
