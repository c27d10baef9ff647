/* The one place that asks the system for the time. Durations are monotonic; only files and log lines know the date. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define MS ((uint64_t)1000)
#define SECOND ((uint64_t)1000000)

/* Microseconds of CLOCK_MONOTONIC: the birth time of frames, every timer. */
uint64_t clock_us(void);

/* Milliseconds of CLOCK_BOOTTIME: the expiry of tokens, which must hold across processes and suspend. */
uint64_t clock_boot_ms(void);

/* Seconds since 1970: what the date is, and when others say that something expires. Never for a duration of ours. */
int64_t clock_unix_s(void);

/* RFC 3339 UTC with milliseconds, e.g. 2026-11-21T04:47:00.123Z; returns out. size >= 25. */
char *clock_date(char *out, size_t size);

#endif
