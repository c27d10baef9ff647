#include "speech.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <espeak-ng/speak_lib.h>
#include <flite/flite.h>

#define WORDS_A_MINUTE 160u /* of espeak-ng at 100 per cent */

/* flite has no header for its voices */
cst_voice *register_cmu_us_awb(const char *folder);
cst_voice *register_cmu_us_kal(const char *folder);
cst_voice *register_cmu_us_kal16(const char *folder);
cst_voice *register_cmu_us_rms(const char *folder);
cst_voice *register_cmu_us_slt(const char *folder);

static struct {
	const char *name;
	cst_voice *(*open)(const char *folder);
	cst_voice *voice;
} flites[] = {
	{ "slt", register_cmu_us_slt, NULL },	  { "rms", register_cmu_us_rms, NULL },
	{ "awb", register_cmu_us_awb, NULL },	  { "kal", register_cmu_us_kal, NULL },
	{ "kal16", register_cmu_us_kal16, NULL },
};

static int keep(struct speech *s, const int16_t *samples, size_t n)
{
	int16_t *more = realloc(s->samples, (s->n + n) * sizeof *samples);

	if (!more)
		return -1;
	s->samples = more;
	memcpy(s->samples + s->n, samples, n * sizeof *samples);
	s->n += n;
	return 0;
}

static void by_flite(struct speech *s, cst_voice *voice, unsigned percent, const char *text)
{
	cst_wave *wave;

	flite_feat_set_float(voice->features, "duration_stretch", 100.0F / (float)percent);
	wave = flite_text_to_wave(text, voice);
	if (!wave)
		return;
	s->rate_hz = (unsigned)wave->sample_rate;
	if (wave->num_samples > 0)
		(void)keep(s, wave->samples, (size_t)wave->num_samples); /* without memory: no sound, which is said */
	delete_wave(wave);
}

static int on_espeak(short *samples, int n, espeak_EVENT *events)
{
	return samples && n > 0 && keep(events->user_data, samples, (size_t)n) < 0;
}

/* It may start threads, which are not to take the signals that the call waits for: Ctrl-C would end us unheard. */
static int open_espeak(void)
{
	static int rate_hz;
	sigset_t all, before;

	if (rate_hz)
		return rate_hz;
	sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	rate_hz = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, NULL, espeakINITIALIZE_DONT_EXIT);
	espeak_SetSynthCallback(on_espeak);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rate_hz;
}

/* A voice has a name ("en-us", "Andy"), or is the first of a language ("en-gb"). */
static int choose_espeak(const char *voice)
{
	espeak_VOICE language = { .languages = voice };

	return espeak_SetVoiceByName(voice) == EE_OK || espeak_SetVoiceByProperties(&language) == EE_OK ? 0 : -1;
}

static int by_espeak(struct speech *s, const char *voice, unsigned percent, const char *text, char *error, size_t size)
{
	int rate_hz = open_espeak();

	if (rate_hz <= 0)
		return snprintf(error, size, "cannot open espeak-ng: its data are missing (Debian: espeak-ng-data)"),
		       -1;
	if (choose_espeak(voice) < 0)
		return snprintf(error, size,
				"--voice %s: slt, rms, awb, kal, kal16 or a voice of espeak-ng (en-us, en-gb, de) "
				"expected",
				voice),
		       -1;
	s->rate_hz = (unsigned)rate_hz;
	espeak_SetParameter(espeakRATE, (int)(WORDS_A_MINUTE * percent / 100), 0);
	(void)espeak_Synth(text, strlen(text) + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, NULL, s);
	return 0;
}

int speech_make(struct speech *s, const char *voice, unsigned percent, const char *text, char *error, size_t size)
{
	size_t i = 0, n = sizeof flites / sizeof flites[0];

	*s = (struct speech){ .samples = NULL };
	while (i < n && strcmp(flites[i].name, voice) != 0)
		i++;
	if (i < n && !flites[i].voice) {
		flite_init();
		flites[i].voice = flites[i].open(NULL);
	}
	if (i < n && flites[i].voice)
		by_flite(s, flites[i].voice, percent, text);
	else if (by_espeak(s, voice, percent, text, error, size) < 0)
		return -1;
	if (s->n)
		return 0;
	snprintf(error, size, "cannot speak \"%.40s\": the voice %s makes no sound of it", text, voice);
	return -1;
}

void speech_drop(struct speech *s)
{
	free(s->samples);
	*s = (struct speech){ .samples = NULL };
}
