#include "manners.h"

#include "wordlist.h"

int manners_read(struct manners *m, const char *words, char *error, size_t size)
{
	const struct wordlist_row rows[] = {
		{ "duplicate-webhook", .given = &m->duplicate_webhook },
		{ "late-duplicate", .number = { { &m->late_duplicate_ms, "ms", 1, 60000 } } },
		{ "webhook-retry", .number = { { &m->webhook_retry_ms, "ms", 1, 15000 } } },
		{ "status-first", .given = &m->status_first },
		{ "status-twice", .given = &m->status_twice },
		{ "status-odd", .given = &m->status_odd },
		{ "status-early", .given = &m->status_early },
		{ "late-stream", .number = { { &m->late_stream_ms, "ms", 1, 120000 } } },
		{ "slow-upgrade", .number = { { &m->slow_upgrade_ms, "ms", 1, 30000 } } },
		{ "second-stream", .given = &m->second_stream },
		{ "disorder", .given = &m->disorder },
		{ "start-twice", .given = &m->start_twice },
		{ "unknown", .given = &m->unknown },
		{ "numbers", .given = &m->numbers },
		{ "odd-chunks", .given = &m->odd_chunks },
		{ "break", .separator = '/',
		  .number = { { &m->break_ms, "ms", 1, 600000 }, { &m->break_times, "", 1, 100 } } },
		{ "reset", .separator = '/',
		  .number = { { &m->reset_ms, "ms", 1, 600000 }, { &m->reset_times, "", 1, 100 } } },
		{ "half-open", .separator = '/',
		  .number = { { &m->half_open_ms, "ms", 1, 600000 }, { &m->half_open_wait_ms, "ms", 0, 120000 } } },
		{ "no-stop", .given = &m->no_stop },
	};

	return wordlist_read(rows, sizeof rows / sizeof rows[0], "--manners", words, error, size);
}
