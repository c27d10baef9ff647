#include "engine.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <flite/flite.h>

/* Each voice is a library of some megabytes: only those that speak are loaded. */
static struct voice {
	const char *name, *library, *symbol;
	unsigned rate_hz;
	cst_voice *voice;
} voices[] = {
	{ "slt", "libflite_cmu_us_slt.so.1", "register_cmu_us_slt", 16000, NULL },
	{ "rms", "libflite_cmu_us_rms.so.1", "register_cmu_us_rms", 16000, NULL },
	{ "awb", "libflite_cmu_us_awb.so.1", "register_cmu_us_awb", 16000, NULL },
	{ "kal", "libflite_cmu_us_kal.so.1", "register_cmu_us_kal", 8000, NULL },
	{ "kal16", "libflite_cmu_us_kal16.so.1", "register_cmu_us_kal16", 16000, NULL },
};

struct speech {
	const struct engine_sink *sink;
	bool begun;
};

static struct voice *find(const char *name)
{
	for (size_t i = 0; i < sizeof voices / sizeof *voices; i++)
		if (strcmp(voices[i].name, name) == 0)
			return &voices[i];
	return NULL;
}

static int open_voice(const char *name, char *error, size_t size)
{
	static bool begun;
	struct voice *v = find(name);
	cst_voice *(*enroll)(const char *folder);
	void *library;

	if (v && v->voice)
		return 0;
	if (!begun)
		(void)flite_init(); /* always 0, and makes its tables anew each time */
	begun = true;
	library = v ? dlopen(v->library, RTLD_NOW) : NULL;
	*(void **)&enroll = library ? dlsym(library, v->symbol) : NULL;
	if (enroll)
		v->voice = enroll(NULL);
	if (v && v->voice)
		return 0;
	snprintf(error, size, "flite has no such voice here (package libflite1)");
	return -1;
}

static unsigned rate_of(const char *name)
{
	const struct voice *v = find(name);

	return v ? v->rate_hz : 0;
}

/* All is timed before the first sample is made. */
static void tell_words(const cst_utterance *utterance, const struct engine_sink *sink)
{
	const cst_item *token = relation_head(utt_relation(utterance, "Token"));

	for (size_t n = 0; token; token = item_next(token), n++) {
		const cst_item *last = item_last_daughter(token);
		float end = last ? flite_ffeature_float(last, "R:SylStructure.daughtern.daughtern.R:Segment.end") : 0;

		if (end > 0)
			sink->on_word(sink->ctx, n, (long)(end * 1000));
	}
}

static int on_stream(const cst_wave *wave, int start, int size, int last, cst_audio_streaming_info *info)
{
	struct speech *speech = info->userdata;

	(void)last;
	if (!speech->begun) {
		speech->begun = true;
		tell_words(info->utt, speech->sink);
	}
	if (size > 0 && speech->sink->on_audio(speech->sink->ctx, wave->samples + start, (size_t)size))
		return CST_AUDIO_STREAM_STOP;
	return CST_AUDIO_STREAM_CONT;
}

static int speak(const char *name, const char *text, double rate, const struct engine_sink *sink)
{
	struct speech speech = { .sink = sink };
	const struct voice *v = find(name);
	cst_voice *voice = v ? v->voice : NULL;
	cst_audio_streaming_info *info = voice ? new_audio_streaming_info() : NULL;
	cst_utterance *utterance;

	if (!info)
		return -1;
	info->asc = on_stream;
	info->userdata = &speech;
	feat_set(voice->features, "streaming_info", audio_streaming_info_val(info)); /* whose it is from now on */
	feat_set_float(voice->features, "duration_stretch", (float)(1 / rate));
	utterance = flite_synth_text(text, voice);
	if (!utterance)
		return -1;
	delete_utterance(utterance);
	return 0;
}

const struct engine engine_flite = { "flite", open_voice, rate_of, speak };
