#include "../../cmd/rd-replay/voice.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio.h"

static char folder[] = "/tmp/t_voice.XXXXXX", path[64];

static int set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/v.wav", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

/* Samples 0, 1, 2 … on the first channel, 9999 on any other. */
static void make_file(unsigned rate_hz, unsigned channels, size_t n)
{
	int16_t *samples = calloc(n * channels + 1, sizeof *samples);
	struct wav w;
	char error[256];

	for (size_t i = 0; i < n * channels; i++)
		samples[i] = i % channels ? 9999 : (int16_t)(i / channels);
	assert_int_equal(wav_create(&w, path, rate_hz, channels, error, sizeof error), 0);
	assert_int_equal(wav_write(&w, samples, n), n);
	wav_close(&w);
	free(samples);
}

/* A file of floats, as sound editors write them; what is too loud is cut. */
static void floats_are_heard(void **state)
{
	static const float in[] = { 0, 0.5f, -0.5f, 1, -1, 2, -2 };
	static const int16_t want[] = { 0, 16384, -16384, 32767, -32768, 32767, -32768 };
	static const unsigned char head[] = "RIFF\x40\0\0\0WAVEfmt \x10\0\0\0\3\0\1\0\x40\x1f\0\0\0\x7d\0\0\4\0\x20\0"
					    "data\x1c\0\0";
	int16_t got[8];
	char error[256];
	struct wav w;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	(void)state;
	assert_int_equal(write(fd, head, sizeof head), sizeof head);
	assert_int_equal(write(fd, in, sizeof in), sizeof in);
	close(fd);
	assert_int_equal(wav_open(&w, path, error, sizeof error), 0);
	assert_int_equal(wav_read(&w, got, 8), 7);
	assert_memory_equal(got, want, sizeof want);
	wav_close(&w);
}

static const struct {
	unsigned rate_hz, channels;
	size_t samples, frames; /* with the END */
} files[] = {
	{ 8000, 1, 8000, 51 }, { 16000, 2, 16000, 51 }, { 24000, 1, 481, 3 }, { 48000, 6, 960, 2 }, { 8000, 1, 0, 1 },
};

static void a_file_becomes_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		static struct voice v;
		struct frame f;
		size_t frames = 0, samples = 0;
		char error[256];
		int fd;

		make_file(files[i].rate_hz, files[i].channels, files[i].samples);
		fd = open(path, O_RDONLY);
		assert_true(voice_is_wav(fd));
		close(fd);
		assert_int_equal(voice_open(&v, path, error, sizeof error), 0);
		while (voice_next(&v, &f) > 0) {
			int16_t got[960];
			size_t n = f.length / 2;

			assert_int_equal(f.kind, FRAME_UP);
			assert_int_equal(f.codec, CODEC_S16);
			assert_int_equal(f.rate_100hz * 100, files[i].rate_hz);
			assert_int_equal(f.birth_us, 1 + 20000 * frames);
			assert_int_equal(f.seq, ++frames);
			assert_int_equal(f.flags, frames == files[i].frames ? FRAME_END : 0);
			audio_decode(got, CODEC_S16, f.payload, n);
			for (size_t k = 0; k < n; k++)
				assert_int_equal(got[k], samples + k);
			samples += n;
		}
		assert_int_equal(samples, files[i].samples);
		assert_int_equal(frames, files[i].frames);
		voice_close(&v);
	}
}

static void what_cannot_be_played_is_named(void **state)
{
	static struct voice v;
	char error[256], want[256];

	(void)state;
	make_file(44100, 1, 100);
	snprintf(want, sizeof want, "cannot play %s: 44100 Hz; 8000, 16000, 24000 or 48000 expected", path);
	assert_int_equal(voice_open(&v, path, error, sizeof error), -1);
	assert_string_equal(error, want);
	assert_int_equal(voice_open(&v, "/nowhere/x.wav", error, sizeof error), -1);
	assert_string_equal(error, "cannot read /nowhere/x.wav: No such file or directory");
	voice_close(&v);
	assert_false(voice_is_wav(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_file_becomes_frames), cmocka_unit_test(floats_are_heard),
					    cmocka_unit_test(what_cannot_be_played_is_named) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
