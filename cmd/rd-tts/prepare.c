#include "prepare.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "conf.h"
#include "engine.h"
#include "g711.h"
#include "log.h"
#include "mouth.h"
#include "paths.h"
#include "phrase.h"
#include "rate.h"
#include "script.h"

#define NICENESS 10
#define SILENCE 100
#define KEPT (PHRASE_RATE_HZ / 100) /* samples of the silence before it */
#define SOUND_MAX (60u * PHRASE_RATE_HZ)

/* --- one phrase */

struct sound { /* mu-law, as it grows */
	struct rate rate;
	bool begun;
	size_t n;
	uint8_t bytes[SOUND_MAX];
};

/* From shortly before the first sound on: what is prepared is to be there at once. */
static int add(void *ctx, const int16_t *samples, size_t n)
{
	struct sound *sound = ctx;

	for (size_t i = 0; i < n && sound->n < SOUND_MAX; i++) {
		sound->begun = sound->begun || samples[i] > SILENCE || samples[i] < -SILENCE;
		if (!sound->begun && sound->n == KEPT)
			memmove(sound->bytes, sound->bytes + 1, --sound->n);
		sound->bytes[sound->n++] = g711_to_mulaw(samples[i]);
	}
	return sound->n < SOUND_MAX ? 0 : -1;
}

static int on_audio(void *ctx, const int16_t *samples, size_t n)
{
	struct sound *sound = ctx;

	return rate_flow(&sound->rate, samples, n, add, sound);
}

static void on_word(void *ctx, size_t word, long end_ms)
{
	(void)ctx;
	(void)word;
	(void)end_ms;
}

static int speak(struct sound *sound, const char *voice, const char *language, const char *text)
{
	const struct engine *engine = engine_of(voice);
	const struct engine_sink sink = { on_audio, on_word, sound };
	struct script script;
	struct script_sentence sentence;
	int failed = 0;

	if (rate_begin(&sound->rate, engine->rate_hz(voice), PHRASE_RATE_HZ) < 0)
		return -1;
	script_open(&script, text, strlen(text), language);
	while (!failed && script_next(&script, &sentence))
		failed = engine->speak(voice, sentence.spoken.text, 1, &sink);
	rate_end(&sound->rate, add, sound);
	return failed;
}

/* --- all of an agent */

struct preparing {
	const struct conf *conf;
	const char *folder, *own, *own_language; /* the agent's voice, "" if no engine has it */
	unsigned made, there, failed;
};

static int write_sound(const char *path, const struct sound *sound)
{
	char folder[PATHS_MAX_BYTES];

	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
	return paths_mkdir(folder) < 0 || paths_write_atomically(path, sound->bytes, sound->n) < 0 ? -1 : 0;
}

/* English texts that stand in for those of another language need an English voice. */
static const char *voice_for(const struct preparing *p, const struct phrase *phrase)
{
	return *p->own && strncmp(p->own_language, phrase->language, 2) == 0 ? p->own
									     : phrase_voice_of(phrase->language);
}

/* 0, or -1 with error. */
static int make(const char *voice, const struct phrase *phrase, const char *path, char *error, size_t size)
{
	struct sound *sound = calloc(1, sizeof *sound);
	int failed = -1;

	if (!sound)
		snprintf(error, size, "%s", strerror(errno));
	else if (engine_of(voice)->open(voice, error, size) < 0) /* error tells */
		;
	else if (speak(sound, voice, phrase->language, phrase->text) < 0)
		snprintf(error, size, "the engine fails");
	else if ((failed = write_sound(path, sound)) < 0)
		snprintf(error, size, "cannot write %s: %s", path, strerror(errno));
	free(sound);
	return failed;
}

static void on_phrase(void *ctx, const char *name, const struct phrase *phrase)
{
	struct preparing *p = ctx;
	const char *voice = voice_for(p, phrase);
	char path[PATHS_MAX_BYTES], error[PATHS_MAX_BYTES + 128];

	if (!*phrase->text || phrase_path(p->conf, p->folder, voice, name, phrase->text, path, sizeof path) < 0)
		return;
	if (access(path, R_OK) == 0 || (!p->folder && phrase->audio)) { /* shipped is as good */
		p->there++;
		return;
	}
	if (make(voice, phrase, path, error, sizeof error) == 0) {
		p->made++;
		return;
	}
	log_warn("cannot prepare phrase %s with voice \"%s\": %s", name, voice, error);
	p->failed++;
}

static void on_mistake(void *ctx, const char *line)
{
	(void)ctx;
	log_warn("%s", line);
}

static void prepare(struct preparing *p, const char *agent)
{
	const char *voice = phrase_voice(p->conf, agent);
	char error[160];

	p->own = engine_of(voice)->open(voice, error, sizeof error) == 0 ? voice : "";
	p->own_language = phrase_language(p->conf, agent);
	if (phrase_each(p->conf, agent, on_phrase, p) < 0)
		p->failed++;
}

int prepare_phrases(const struct conf *conf, const char *agent, const char *folder)
{
	struct preparing p = { .conf = conf, .folder = folder };
	int mistakes = phrase_check(conf, agent, on_mistake, NULL);

	if (mistakes < 0)
		log_die(100, "cannot read the phrases of %s/phrases: %s", conf_text(conf, "general", NULL, "data-dir"),
			strerror(errno));
	engine_begin();
	prepare(&p, agent);
	log_info("phrases prepared agent=%s made=%u there=%u failed=%u", agent, p.made, p.there, p.failed);
	return mistakes ? 100 : p.failed ? 111 : 0;
}

/* --- in a template */

static bool speaks_for(const struct conf *conf, const char *agent)
{
	const char *pipeline = conf_text(conf, "agent", agent, "pipeline");

	return strstr(conf_text(conf, "pipeline", pipeline, "stages"), "rd-tts") != NULL;
}

static int on_nothing(void *ctx, const int16_t *samples, size_t n)
{
	(void)ctx;
	(void)samples;
	(void)n;
	return 0;
}

/* What it makes for its first words it keeps: so the forks have it. Not espeak-ng, which starts a thread, and which a
 * fork loads in a few milliseconds. */
static void try_voice(const char *voice)
{
	const struct engine_sink sink = { on_nothing, on_word, NULL };
	char error[160];

	if (engine_of(voice) == &engine_flite && engine_of(voice)->open(voice, error, sizeof error) == 0)
		(void)engine_of(voice)->speak(voice, "Hello, it is ten past four.", 1, &sink);
}

/* A child that ends with the template and leaves no zombie: the template waits for nobody. */
static void prepare_beside(const struct conf *conf)
{
	struct sigaction quiet = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };
	struct preparing p = { .conf = conf };
	pid_t template = getpid();

	(void)sigaction(SIGCHLD, &quiet, NULL);
	if (fork() != 0) /* if it fails, phrases are spoken as any text is */
		return;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)close_range(3, ~0u, 0); /* the supervisor's line is the template's */
	if (getppid() != template || nice(NICENESS) < 0)
		_exit(0);
	for (size_t i = 0; i < conf_count(conf, "agent"); i++)
		prepare(&p, conf_title(conf, "agent", i));
	if (p.made || p.failed)
		log_info("phrases prepared made=%u there=%u failed=%u", p.made, p.there, p.failed);
	_exit(0);
}

void prepare_warm(const struct conf *conf)
{
	bool any = false;

	engine_begin(); /* for the child that prepares */
	for (size_t i = 0; i < conf_count(conf, "agent"); i++) {
		const char *agent = conf_title(conf, "agent", i);

		if (!speaks_for(conf, agent))
			continue;
		try_voice(phrase_voice(conf, agent));
		any = true;
	}
	if (any)
		prepare_beside(conf);
}

/* --- by hand */

void prepare_check(struct stage *s)
{
	const char *voice = phrase_voice(s->conf, s->agent);
	char error[160];
	int mistakes;

	if (engine_of(voice)->open(voice, error, sizeof error) < 0)
		log_die(100, "voice \"%s\": %s", voice, error);
	printf("# rd-tts speaks with voice %s of %s\n", voice, engine_of(voice)->name);
	mistakes = phrase_check(s->conf, s->agent, on_mistake, NULL);
	if (mistakes > 0)
		log_die(100, "phrases have mistakes");
	if (mistakes < 0)
		printf("# rd-tts has no phrases: %s/phrases: %s\n", conf_text(s->conf, "general", NULL, "data-dir"),
		       strerror(errno));
}

void prepare_say(struct mouth *m, const char *text)
{
	static char input[MOUTH_TEXT_BYTES + 1];
	struct mouth_wish w = { .text = text, .rate = 1 };
	size_t used = 0;
	ssize_t n = 1;

	if (strcmp(text, "-") == 0) {
		while (used < MOUTH_TEXT_BYTES && (n = read(0, input + used, MOUTH_TEXT_BYTES - used)) > 0)
			used += (size_t)n;
		w.text = input;
	}
	mouth_say(m, &w);
}
