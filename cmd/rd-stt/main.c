/* rd-stt: hears the caller: voice activity, turns, words, interruptions. rd-stt(8)
 *   in   audio up in s16/16000 or s16/8000, which ends here; user.expect, user.key, assistant.state, assistant.text,
 *        assistant.done, call.heard, call.cleared
 *   out  user.speech.started, user.speech.stopped, user.text, call.pause, call.clear
 *   exit 0 end of input, 100 usage, configuration, or a model that is missing, 111 try again */
#include "ear.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio.h"
#include "clock.h"
#include "json.h"
#include "loading.h"
#include "log.h"
#include "model.h"
#include "sandbox.h"
#include "stage.h"
#include "upsample.h"

#define STALLED_MS 1000 /* no sound for so long in a turn, and as much silence is heard; rd-ingest fills sooner */
#define STALLED_SAMPLES (STALLED_MS * (VOICE_RATE / 1000))
#define EARLY_SAMPLES (10 * VOICE_RATE) /* of sound that comes before the recogniser is there */

static const char *engine, *model; /* NULL: the first; its own */

static const struct option_row options[] = {
	{ "engine", 0, OPTION_TEXT, &engine, .argument = "NAME", .help = "what recognises: pocketsphinx" },
	{ "model", 0, OPTION_TEXT, &model, .argument = "FOLDER", .help = "where its model lies" },
};

static struct hearing {
	struct ear ear;
	struct loading loading;
	struct timer stalled;
	uint64_t born_us; /* the latest sound */
	uint64_t dropped; /* frames of unknown formats since the last good one */
	struct upsample upsample;
	bool opened;
	char error[4096];		  /* what kept it from that */
	char grammar[KEPT_GRAMMAR_BYTES]; /* the last that was prepared */
	size_t early_count;
	int16_t early[EARLY_SAMPLES];
} hearing;

static const struct recogniser_back *back(void)
{
	const struct recogniser_back *b = engine ? recogniser_find(engine) : recogniser_first();

	if (!b)
		log_die(100, "--engine %s: pocketsphinx expected", engine);
	return b;
}

static void await_sound(struct stage *s)
{
	uint64_t now = clock_us();
	uint64_t ahead = hearing.born_us > now ? hearing.born_us - now : 0; /* what comes before its time is not late */

	if (!hearing.loading.under_way && ear_busy(&hearing.ear))
		timer_after(&s->loop, &hearing.stalled, STALLED_MS * MS + ahead);
	else
		timer_stop(&s->loop, &hearing.stalled);
}

static void on_stalled(void *ctx)
{
	static const int16_t silence[STALLED_SAMPLES];

	ear_hear(&hearing.ear, silence, STALLED_SAMPLES, clock_us());
	await_sound(ctx);
}

/* Says at the first and at the end of a row of frames that cannot be told, not at each. */
static void note_format(const struct frame *f, bool known)
{
	char format[24];

	if (!known && hearing.dropped++ == 0)
		log_warn("the caller's voice is dropped: %s, expected s16/16000 or s16/8000",
			 frame_format_name(f->codec, f->rate_100hz, format, sizeof format));
	if (!known || !hearing.dropped)
		return;
	log_info("the caller's voice is known again dropped=%llu", (unsigned long long)hearing.dropped);
	hearing.dropped = 0;
}

/* --- the recogniser: opened, and given grammars, beside the loop */

static void on_warm(const struct conf *conf)
{
	char error[4096];

	model_use(model);
	if (back()->warm(conf, error, sizeof error) < 0)
		log_die(100, "%s", error);
}

static void say_ready(const char *what, const char *name)
{
	log_info("the %s is ready name=%s early_ms=%zu", what, name, hearing.early_count / (VOICE_RATE / 1000));
}

static void hear_early(struct stage *s)
{
	size_t n = hearing.early_count;

	hearing.early_count = 0;
	ear_hear(&hearing.ear, hearing.early, n, clock_us());
	await_sound(s);
}

static void make_grammar(void *ctx)
{
	(void)ctx;
	back()->prepare(hearing.grammar);
}

static void on_grammar(void *ctx)
{
	say_ready("grammar", hearing.grammar);
	hear_early(ctx);
}

/* The grammar of the next turn, if there is time for that now. */
static void prepare(struct stage *s)
{
	const char *grammar = hearing.loading.under_way ? NULL : ear_wants(&hearing.ear);

	if (!grammar || strcmp(grammar, hearing.grammar) == 0) /* what cannot be made is tried once */
		return;
	(void)snprintf(hearing.grammar, sizeof hearing.grammar, "%s", grammar);
	hearing.loading = (struct loading){ .work = make_grammar, .on_done = on_grammar, .ctx = s };
	loading_begin(&hearing.loading, &s->loop);
}

static void open_back(void *ctx)
{
	const struct stage *s = ctx;

	model_use(model);
	hearing.opened = back()->open(s->conf, s->agent, hearing.error, sizeof hearing.error) == 0;
}

static void on_opened(void *ctx)
{
	struct stage *s = ctx;

	if (!hearing.opened) {
		log_lines(hearing.error);
		stage_end(s, 100);
		return;
	}
	ear_begin(&hearing.ear, s->dir);
	say_ready("recogniser", back()->name);
	hear_early(s);
}

static void load(struct stage *s)
{
	hearing.loading = (struct loading){ .work = open_back, .on_done = on_opened, .ctx = s };
	loading_begin(&hearing.loading, &s->loop);
}

/* What cannot be heard yet is kept. A file comes faster than a call, and so long that it has to wait. */
static void hear(const int16_t *samples, size_t n, uint64_t birth_us)
{
	while (n > EARLY_SAMPLES - hearing.early_count && hearing.loading.under_way)
		loading_finish(&hearing.loading);
	if (hearing.loading.under_way) {
		memcpy(hearing.early + hearing.early_count, samples, n * sizeof *samples);
		hearing.early_count += n;
	} else if (hearing.opened) {
		ear_hear(&hearing.ear, samples, n, birth_us);
	}
}

static enum stage_verdict on_voice(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	int16_t samples[FRAME_AUDIO_MAX / 2], twice[FRAME_AUDIO_MAX];
	size_t left = f->length / 2;
	const uint8_t *from = f->payload;
	bool known = f->codec == CODEC_S16 && (f->rate_100hz == 160 || f->rate_100hz == 80);

	(void)event;
	if (f->flags & FRAME_TAKEN)
		return STAGE_PASS;
	hearing.born_us = f->birth_us;
	note_format(f, known);
	prepare(s);
	while (known && left > 0) {
		size_t n = left < sizeof samples / 2 ? left : sizeof samples / 2;

		audio_decode(samples, f->codec, from, n);
		if (f->rate_100hz == 80)
			upsample(&hearing.upsample, samples, n, twice);
		hear(f->rate_100hz == 80 ? twice : samples, f->rate_100hz == 80 ? 2 * n : n, f->birth_us);
		from += 2 * n;
		left -= n;
	}
	await_sound(s);
	return STAGE_TAKE;
}

static enum stage_verdict on_expect(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *grammar = json_text(event, "grammar");

	(void)f;
	if (grammar)
		ear_expect(&hearing.ear, grammar);
	prepare(s);
	await_sound(s);
	return STAGE_PASS;
}

static enum stage_verdict on_key(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s, (void)f, (void)event;
	ear_key(&hearing.ear);
	return STAGE_PASS;
}

static enum stage_verdict on_state(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s, (void)f;
	playing_state(&hearing.ear.now.playing, json_text(event, "state"));
	return STAGE_PASS;
}

static enum stage_verdict on_assistant_text(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s, (void)f;
	playing_text(&hearing.ear.now.playing, frame_item_parse(json_text(event, "item")), hearing.ear.now.now_ms);
	return STAGE_PASS;
}

static enum stage_verdict on_done(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s, (void)f;
	playing_done(&hearing.ear.now.playing, frame_item_parse(json_text(event, "item")), json_text(event, "status"));
	return STAGE_PASS;
}

static enum stage_verdict on_heard(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s, (void)f;
	playing_heard(&hearing.ear.now.playing, json_array(event, "items"), hearing.ear.now.now_ms);
	return STAGE_PASS;
}

static enum stage_verdict on_cleared(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s, (void)f;
	playing_cleared(&hearing.ear.now.playing, json_array(event, "items"));
	return STAGE_PASS;
}

static const struct stage_row rows[] = {
	{ FRAME_UP, NULL, on_voice },			      /* the caller's voice ends here */
	{ FRAME_EVENT, "user.expect", on_expect },	      /* which sentences are open now */
	{ FRAME_EVENT, "user.key", on_key },		      /* a key's tone is no voice */
	{ FRAME_EVENT, "assistant.state", on_state },	      /* whether there is a sentence to interrupt */
	{ FRAME_EVENT, "assistant.text", on_assistant_text }, /* the same, item by item */
	{ FRAME_EVENT, "assistant.done", on_done },
	{ FRAME_EVENT, "call.heard", on_heard },
	{ FRAME_EVENT, "call.cleared", on_cleared },
};

static const char *const needs[] = { "user.expect", "assistant.state", NULL };

/* By hand what was said last is wanted still; in a ring the call is over. */
static void on_end(struct stage *s)
{
	static const int16_t silence[VOICE_RATE];

	if (!s->in_ring) {
		while (hearing.loading.under_way)
			loading_finish(&hearing.loading);
		if (hearing.opened)
			ear_hear(&hearing.ear, silence, VOICE_RATE, clock_us());
	}
	stage_end(s, 0);
}

static void on_check(struct stage *s)
{
	struct voice voice;

	open_back(s);
	if (!hearing.opened) {
		log_lines(hearing.error);
		exit(100);
	}
	voice_open(&voice);
	printf("# voice activity: %s\n", voice_kind(&voice));
	back()->print(stdout);
	voice_close(&voice);
	back()->close();
}

static const struct stage_program program = {
	.name = "rd-stt",
	.synopsis = "[--engine NAME] [--model FOLDER]",
	.purpose = "Hears the caller: turns, words, interruptions.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.needs = needs,
	.on_end = on_end,
	.on_warm = on_warm,
	.on_check = on_check,
};

int main(int argc, char **argv)
{
	struct stage stage;
	int status;

	stage_open(&stage, &program, &hearing, argc, argv);
	ear_open(&hearing.ear, &stage, back());
	hearing.stalled = (struct timer){ .name = "stalled", .on = on_stalled, .ctx = &stage };
	start_sandbox(SANDBOX_PLAIN);
	load(&stage);
	status = stage_run(&stage);
	log_info("heard turns=%llu not-understood=%llu no-speech=%llu pauses=%llu clears=%llu voice-activity=%s",
		 (unsigned long long)hearing.ear.count.turns, (unsigned long long)hearing.ear.count.unsure,
		 (unsigned long long)hearing.ear.count.nothing, (unsigned long long)hearing.ear.count.pauses,
		 (unsigned long long)hearing.ear.count.clears, voice_kind(&hearing.ear.voice));
	if (hearing.loading.under_way)
		_exit(status); /* the thread is still at it, and nobody waits for what it makes */
	ear_close(&hearing.ear);
	back()->close();
	stage_close(&stage);
	return status;
}
