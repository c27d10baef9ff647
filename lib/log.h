/* One fact a line on fd 2: `rd-ingest[CA…3f]: info: cleared heard_ms=1840`. Under systemd (JOURNAL_STREAM) each line
 * begins with its <priority>. Words first, then key=value. Never a secret, a whole number or a word of the call.
 * lib itself logs nothing above debug. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* program is kept, not copied; call (or NULL) is shortened to its head and tail for every line. */
void log_open(const char *program, const char *call);

/* What is logged at most; a name is error, warn, info or debug. -1: no such name. */
void log_limit(enum log_level level);
int log_limit_name(const char *name);
enum log_level log_limit_now(void);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2))); /* someone must act */
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));  /* something was lost or is odd */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));  /* a milestone: about ten a call */
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A text of several lines, such as conf_open's complaints: an error each. */
void log_lines(const char *text);

/* For mains that are still opening: logs an error and exits with code (100: would fail again the same way; 111: try
 * again). */
void log_die(int code, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));

/* -T frame,json,timer,turn: tracing by subject. trace() costs one test when its subject is off. */
enum trace { TRACE_FRAME = 1, TRACE_JSON = 2, TRACE_TIMER = 4, TRACE_TURN = 8 };
extern unsigned trace_words;
int trace_open(const char *words); /* -1: an unknown word */
void trace_line(const char *subject, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define trace(word, ...)                                                                                               \
	do {                                                                                                           \
		if (trace_words & (unsigned)(word))                                                                    \
			trace_line(#word + 6, __VA_ARGS__);                                                            \
	} while (0)

/* "CA…3f" of a call id, "4567" of a number: what may stand in a log. Both return out. */
char *log_short_call(const char *call, char out[16]);
const char *log_tail(const char *number);

#endif
