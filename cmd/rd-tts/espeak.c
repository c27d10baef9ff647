#include "engine.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <espeak-ng/speak_lib.h>

#define LIBRARY "libespeak-ng.so.1"
#define BLOCK_MS 40
#define WORDS_A_MINUTE 165

/* Loaded when it is wanted: it brings thirty libraries of sound servers that a call has no use for. */
static struct {
	__typeof__(espeak_Initialize) *initialize;
	__typeof__(espeak_SetSynthCallback) *set_callback;
	__typeof__(espeak_SetVoiceByName) *set_voice;
	__typeof__(espeak_SetParameter) *set_parameter;
	__typeof__(espeak_Synth) *synth;
	int rate_hz; /* 0: not loaded */
	char voice[64];
} espeak;

static struct speech {
	const struct engine_sink *sink;
	const char *text;
	bool stopped;
} speech;

static const char *load(void)
{
	const struct {
		const char *name;
		void **into;
	} symbols[] = {
		{ "espeak_Initialize", (void **)&espeak.initialize },
		{ "espeak_SetSynthCallback", (void **)&espeak.set_callback },
		{ "espeak_SetVoiceByName", (void **)&espeak.set_voice },
		{ "espeak_SetParameter", (void **)&espeak.set_parameter },
		{ "espeak_Synth", (void **)&espeak.synth },
	};
	void *library = dlopen(LIBRARY, RTLD_NOW);

	if (!library)
		return "cannot load " LIBRARY " (package libespeak-ng1)";
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
		*symbols[i].into = dlsym(library, symbols[i].name);
		if (!*symbols[i].into)
			return LIBRARY " is not espeak-ng as it should be (package libespeak-ng1)";
	}
	espeak.rate_hz = espeak.initialize(AUDIO_OUTPUT_SYNCHRONOUS, BLOCK_MS, NULL, espeakINITIALIZE_DONT_EXIT);
	if (espeak.rate_hz <= 0) {
		espeak.rate_hz = 0;
		return "espeak-ng has no data (package espeak-ng-data)";
	}
	return NULL;
}

static int open_voice(const char *name, char *error, size_t size)
{
	const char *why = espeak.rate_hz ? NULL : load();

	if (!why && strcmp(espeak.voice, name) == 0)
		return 0;
	if (!why && strlen(name) < sizeof espeak.voice && espeak.set_voice(name) == EE_OK) {
		snprintf(espeak.voice, sizeof espeak.voice, "%s", name);
		return 0;
	}
	espeak.voice[0] = 0; /* whatever it has set now */
	snprintf(error, size, "%s",
		 why ? why : "neither flite nor espeak-ng has such a voice (packages libflite1, espeak-ng-data)");
	return -1;
}

static unsigned rate_of(const char *name)
{
	(void)name;
	return (unsigned)espeak.rate_hz;
}

/* Which word the character of that number, from 1, belongs to. */
static size_t word_at(const char *text, int position)
{
	size_t word = 0;

	for (int at = 1; *text; text++) {
		if (((unsigned char)*text & 0xc0) == 0x80)
			continue;
		if (at++ >= position)
			break;
		word += *text == ' ';
	}
	return word;
}

static int on_block(short *samples, int n, espeak_EVENT *events)
{
	const struct engine_sink *sink = speech.sink;

	for (; events && events->type != espeakEVENT_LIST_TERMINATED; events++) {
		size_t word = word_at(speech.text, events->text_position);

		if (events->type == espeakEVENT_WORD && word > 0) /* it begins: those before it are over */
			sink->on_word(sink->ctx, word - 1, events->audio_position);
		else if (events->type == espeakEVENT_END)
			sink->on_word(sink->ctx, word, events->audio_position);
	}
	speech.stopped = speech.stopped || (samples && n > 0 && sink->on_audio(sink->ctx, samples, (size_t)n));
	return speech.stopped;
}

static int speak(const char *name, const char *text, double rate, const struct engine_sink *sink)
{
	char error[128];
	int failed;

	if (open_voice(name, error, sizeof error) < 0)
		return -1;
	speech = (struct speech){ .sink = sink, .text = text };
	espeak.set_callback(on_block);
	(void)espeak.set_parameter(espeakRATE, (int)(WORDS_A_MINUTE * rate), 0);
	failed = espeak.synth(text, strlen(text) + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8 | espeakENDPAUSE, NULL,
			      NULL);
	return failed && !speech.stopped ? -1 : 0;
}

const struct engine engine_espeak = { "espeak-ng", open_voice, rate_of, speak };
