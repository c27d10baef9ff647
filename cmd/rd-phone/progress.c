#include "progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"

#define DRAW_US (100 * MS)
#define WIDE 10

void progress_open(struct progress *p, bool verbose)
{
	*p = (struct progress){ .begun_us = clock_us() };
	p->bar = isatty(2);
	p->lines = p->bar || verbose;
}

static double seconds(const struct progress *p)
{
	return (double)(clock_us() - p->begun_us) / SECOND;
}

static void wipe(struct progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
	p->drawn = false;
}

void progress_line(struct progress *p, const char *who, const char *format, ...)
{
	va_list args;

	if (!p->lines)
		return;
	wipe(p);
	fprintf(stderr, "%7.2f  %-10s", seconds(p), who);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void progress_bar(struct progress *p, unsigned caller, unsigned assistant, uint64_t now_us)
{
	static const char full[WIDE + 1] = "##########";

	if (!p->bar || now_us < p->drawn_us + DRAW_US)
		return;
	p->drawn_us = now_us;
	p->drawn = true;
	fprintf(stderr, "\r%7.2f  caller %-*.*s  assistant %-*.*s", seconds(p), WIDE, (int)caller, full, WIDE,
		(int)assistant, full);
}

void progress_close(struct progress *p)
{
	wipe(p);
	p->lines = p->bar = false;
}
