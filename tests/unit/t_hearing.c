/* What is a voice, what is a key, what the caller has not heard yet, and what outlives kill -9. */
#include <cjson/cJSON.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../cmd/rd-stt/kept.h"
#include "../../cmd/rd-stt/playing.h"
#include "../../cmd/rd-stt/tone.h"
#include "../../cmd/rd-stt/voice.h"
#include "frame.h"
#include "json.h"

#define N VOICE_STEP

static void add_tone(int16_t *samples, float hertz, float level)
{
	for (int i = 0; i < N; i++)
		samples[i] = (int16_t)((float)samples[i] + level * sinf(6.2831853f * hertz * (float)i / VOICE_RATE));
}

static void test_keys(void **state)
{
	static const struct {
		float low, high, low_level, high_level;
		bool key;
	} cases[] = {
		{ 697, 1209, 4000, 4000, true }, { 941, 1633, 1000, 1000, true }, { 770, 1477, 4000, 2500, true },
		{ 770, 0, 4000, 0, false },	 { 0, 1336, 0, 4000, false },	  { 440, 880, 4000, 4000, false },
		{ 697, 1209, 20, 20, false },	 { 0, 0, 0, 0, false },		  { 350, 440, 4000, 4000, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int16_t samples[N] = { 0 };

		add_tone(samples, cases[i].low, cases[i].low_level);
		add_tone(samples, cases[i].high, cases[i].high_level);
		if (tone_is_key(samples, N) != cases[i].key)
			fail_msg("%g and %g Hz", (double)cases[i].low, (double)cases[i].high);
	}
}

/* A buzz with harmonics, as a vowel has; with noise of `noise`. */
static void make_vowel(int16_t *samples, float level, int noise, unsigned *random)
{
	memset(samples, 0, N * sizeof *samples);
	for (int k = 1; level > 0 && k <= 12; k++)
		add_tone(samples, 150.0f * (float)k, level / (float)k);
	for (int i = 0; noise && i < N; i++) {
		*random = *random * 1103515245u + 12345u;
		samples[i] = (int16_t)(samples[i] + (int)(*random >> 16) % (2 * noise) - noise);
	}
}

static int voices(struct voice *v, float level, int noise, int steps)
{
	int16_t samples[N];
	struct voice_heard heard;
	unsigned random = 1;
	int n = 0;

	for (int i = 0; i < steps; i++) {
		make_vowel(samples, level, noise, &random);
		voice_hear(v, samples, &heard);
		n += heard.voice;
	}
	return n;
}

static void check_voice(struct voice *v)
{
	assert_int_equal(voices(v, 0, 0, 50), 0);
	assert_int_equal(voices(v, 0, 100, 100), 0); /* the line's own noise */
	assert_in_range(voices(v, 4000, 100, 20), 15, 20);
	assert_int_equal(voices(v, 0, 0, 50) > 10, false);
}

static void test_voice(void **state)
{
	struct voice v;

	(void)state;
	voice_open(&v);
	check_voice(&v);
	voice_close(&v);
	voice_open(&v);
	voice_close(&v); /* what is left goes by energy alone */
	assert_string_equal(voice_kind(&v), "energy");
	check_voice(&v);
	voice_close(&v);
}

static struct cJSON *items(const char *text)
{
	return cJSON_Parse(text);
}

static void test_unheard(void **state)
{
	struct playing p = { 0 };
	uint32_t item = frame_item(5, 0, 1);
	struct cJSON *part = items("[{\"item\":\"5.0.1\",\"heard_ms\":100,\"sent_ms\":900,\"end\":false}]");
	struct cJSON *whole = items("[{\"item\":\"5.0.1\",\"heard_ms\":900,\"sent_ms\":900,\"end\":true}]");

	(void)state;
	assert_false(playing_unheard(&p, 0));
	playing_state(&p, "speaking");
	assert_true(playing_unheard(&p, 0));
	playing_text(&p, item, 0);
	playing_state(&p, "listening");
	assert_true(playing_unheard(&p, 100));
	playing_heard(&p, part, 200);
	assert_true(playing_unheard(&p, 3100));
	assert_false(playing_unheard(&p, 3200)); /* nobody speaks of it any more */
	playing_heard(&p, part, 3300);
	playing_heard(&p, whole, 3400);
	assert_false(playing_unheard(&p, 3400));
	playing_text(&p, item, 4000);
	playing_cleared(&p, part);
	assert_false(playing_unheard(&p, 4000));
	playing_text(&p, item, 5000);
	playing_done(&p, item, "complete");
	assert_true(playing_unheard(&p, 5000));
	playing_done(&p, item, "cancelled");
	assert_false(playing_unheard(&p, 5000));
	for (uint16_t n = 1; n < 100; n++)
		playing_text(&p, frame_item(5, 0, n), n);
	cJSON_Delete(part);
	cJSON_Delete(whole);
}

static void test_kept(void **state)
{
	char dir[] = "/tmp/t_hearing.XXXXXX", path[64];
	struct kept k;
	struct kept_state said = { .bytes = sizeof said,
				   .turn = { TURN_SPEECH, 400, 300, 20 },
				   .utterances = 7,
				   .name = "3.0.7" },
			  found;
	int16_t sound[N], again[N];

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(kept_open(&k, dir, &found), 0);
	for (int i = 0; i < N; i++)
		sound[i] = (int16_t)(i * 7);
	kept_sound(&k, 0, sound, N);
	kept_sound(&k, N, sound, N);
	said.samples = 2 * N;
	kept_say(&k, &said);
	kept_close(&k);
	assert_int_equal(kept_open(&k, dir, &found), 1);
	assert_memory_equal(&found, &said, sizeof said);
	assert_int_equal(kept_read(&k, N, again, N), N);
	assert_memory_equal(again, sound, sizeof sound);
	kept_sound(&k, UINT32_MAX - 100, sound, N); /* beyond any turn: not kept */
	said.turn.state = 77;
	kept_say(&k, &said);
	kept_close(&k);
	assert_int_equal(kept_open(&k, dir, &found), 0); /* damaged */
	kept_close(&k);
	assert_int_equal(kept_open(&k, "/nonexistent", &found), 0);
	kept_sound(&k, 0, sound, N);
	assert_int_equal(kept_read(&k, 0, again, N), 0);
	snprintf(path, sizeof path, "%s/hearing", dir);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_voice),
		cmocka_unit_test(test_unheard),
		cmocka_unit_test(test_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
