#include "progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

#define DRAW_US (100 * MS)
#define WIDE 10
#define TYPED_WIDE 70 /* the end of a longer one is shown */

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

static void draw_typed(struct progress *p)
{
	const char *text = p->typed;
	size_t n = text ? strlen(text) : 0;

	if (!text)
		return;
	if (n > TYPED_WIDE)
		text += n - TYPED_WIDE;
	while (((unsigned char)*text & 0xc0) == 0x80) /* not in the middle of a letter */
		text++;
	fprintf(stderr, "\r\033[K> %s", text);
	p->drawn = true;
}

void progress_show(struct progress *p, const char *line)
{
	wipe(p);
	fprintf(stderr, "%s\n", line);
	draw_typed(p);
}

void progress_typed(struct progress *p, const char *text)
{
	p->typed = text;
	draw_typed(p);
}

void progress_line(struct progress *p, const char *who, const char *format, ...)
{
	va_list args;

	if (!p->lines || (p->shown && strcmp(who, "caller") != 0 && strcmp(who, "warning") != 0))
		return;
	wipe(p);
	fprintf(stderr, "%7.2f  %-9s  ", seconds(p), who);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	draw_typed(p);
}

void progress_bar(struct progress *p, unsigned caller, unsigned assistant, uint64_t now_us)
{
	static const char full[WIDE + 1] = "##########";

	if (!p->bar || p->typed || now_us < p->drawn_us + DRAW_US)
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
	p->typed = NULL;
}
