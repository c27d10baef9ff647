#include "badline.h"

#include "wordlist.h"

int badline_read(struct badline *b, const char *words, char *error, size_t size)
{
	const struct wordlist_row rows[] = {
		{ "loss", .separator = '/',
		  .number = { { &b->loss_percent, "%", 0, 100 }, { &b->burst, "", 1, 500 } } },
		{ "jitter", .number = { { &b->jitter_ms, "ms", 0, 5000 } } },
		{ "late-marks", .separator = '-',
		  .number = { { &b->marks_ms, "ms", 0, 60000 }, { &b->marks_max_ms, "ms", 0, 60000 } } },
		{ "vad", .given = &b->vad },
		{ "echo", .given = &b->echo, .bare = true, .separator = '/',
		  .number = { { &b->echo_db, "dB", -80, 0 }, { &b->echo_ms, "ms", 0, 1000 } } },
		{ "noise", .given = &b->noise, .bare = true, .number = { { &b->noise_db, "dB", -90, 0 } } },
		{ "stall", .separator = '/',
		  .number = { { &b->stall_ms, "ms", 0, 60000 }, { &b->stall_every_ms, "ms", 100, 600000 } } },
		{ "drift", .number = { { &b->drift_ppm, "ppm", -50000, 50000 } } },
	};

	return wordlist_read(rows, sizeof rows / sizeof rows[0], "--line", words, error, size);
}
