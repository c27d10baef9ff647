#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

unsigned trace_words;

static struct {
	const char *program;
	char call[16];
	enum log_level limit;
	bool priority;
} state = { .program = "ringdown", .limit = LOG_LEVEL_INFO };

static const char *const level_names[] = { "error", "warn", "info", "debug" };
static const int level_priority[] = { 3, 4, 6, 7 }; /* syslog's */
static const struct {
	const char *name;
	unsigned word;
} trace_names[] = {
	{ "frame", TRACE_FRAME }, { "json", TRACE_JSON }, { "timer", TRACE_TIMER }, { "turn", TRACE_TURN }
};

char *log_short_call(const char *call, char out[16])
{
	size_t n = call ? strlen(call) : 0;

	if (n < 6)
		snprintf(out, 16, "%s", call ? call : "");
	else
		snprintf(out, 16, "%.2s…%.2s", call, call + n - 2);
	return out;
}

const char *log_tail(const char *number)
{
	size_t n = number ? strlen(number) : 0;

	return n > 4 ? number + n - 4 : n ? number : "none";
}

void log_open(const char *program, const char *call)
{
	state.program = program;
	log_short_call(call, state.call);
	state.priority = getenv("JOURNAL_STREAM") != NULL;
}

void log_limit(enum log_level level)
{
	state.limit = level;
}

enum log_level log_limit_now(void)
{
	return state.limit;
}

int log_limit_name(const char *name)
{
	for (int i = 0; i < 4; i++)
		if (strcmp(name, level_names[i]) == 0) {
			state.limit = (enum log_level)i;
			return 0;
		}
	return -1;
}

/* One write a line, so that lines of many processes do not mix. A log that cannot be written is nobody's to report to.
 */
static void put_line(const char *level, int priority, const char *format, va_list args)
{
	char line[2048];
	size_t n = 0;
	int saved = errno;

	if (state.priority)
		n += (size_t)snprintf(line, sizeof line, "<%d>", priority);
	n += (size_t)snprintf(line + n, sizeof line - n, "%s", state.program);
	if (state.call[0])
		n += (size_t)snprintf(line + n, sizeof line - n, "[%s]", state.call);
	n += (size_t)snprintf(line + n, sizeof line - n, ": %s: ", level);
	n += (size_t)vsnprintf(line + n, sizeof line - n, format, args);
	if (n > sizeof line - 2)
		n = sizeof line - 2;
	for (size_t i = 0; i < n; i++) /* what comes from outside must not forge a second line */
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = ' ';
	line[n++] = '\n';
	(void)!write(2, line, n);
	errno = saved;
}

static void put_level(enum log_level level, const char *format, va_list args)
{
	if (level <= state.limit)
		put_line(level_names[level], level_priority[level], format, args);
}

#define DEFINE_LEVEL(function, level)                                                                                  \
	void function(const char *format, ...)                                                                         \
	{                                                                                                              \
		va_list args;                                                                                          \
		va_start(args, format);                                                                                \
		put_level(level, format, args);                                                                        \
		va_end(args);                                                                                          \
	}
DEFINE_LEVEL(log_error, LOG_LEVEL_ERROR)
DEFINE_LEVEL(log_warn, LOG_LEVEL_WARN)
DEFINE_LEVEL(log_info, LOG_LEVEL_INFO)
DEFINE_LEVEL(log_debug, LOG_LEVEL_DEBUG)

void log_lines(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		log_error("%.*s", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

void log_die(int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_level(LOG_LEVEL_ERROR, format, args);
	va_end(args);
	exit(code);
}

int trace_open(const char *words)
{
	while (*words) {
		size_t n = strcspn(words, ",");
		unsigned found = 0;

		for (size_t i = 0; i < sizeof trace_names / sizeof trace_names[0]; i++)
			if (strlen(trace_names[i].name) == n && strncmp(words, trace_names[i].name, n) == 0)
				found = trace_names[i].word;
		if (!found)
			return -1;
		trace_words |= found;
		words += n;
		words += *words == ',';
	}
	return 0;
}

void trace_line(const char *subject, const char *format, ...)
{
	char name[16] = "trace ";
	va_list args;

	for (size_t i = 6, j = 0; i < sizeof name - 1 && subject[j]; i++, j++)
		name[i] = (char)(subject[j] | 0x20);
	va_start(args, format);
	put_line(name, 7, format, args);
	va_end(args);
}
