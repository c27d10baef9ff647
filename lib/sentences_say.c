#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentences_store.h"
#include "utf8.h"
#include "when.h"

const struct speak sentences_speak[] = {
	/* how times are said */
	{ "time", " hour hour12 minute half ", 0 },
	{ "time-sharp", " hour hour12 half ", 0 },
	{ "am", "", 0 },
	{ "pm", "", 0 },
	{ "at-today", " time ", 0 },
	{ "at-tomorrow", " time ", 0 },
	{ "at-day", " time weekday date month year ", 0 },
	{ "at-year", " time weekday date month year ", 0 },
	{ "in", " length ", 0 },
	{ "date", " weekday date month year ", 0 },
	{ "weekdays", "", 7 },
	{ "months", "", 12 },
	{ "second", "", 2 },
	{ "minute", "", 2 },
	{ "hour", "", 2 },
	{ "day", "", 2 },
	{ "week", "", 2 },
	{ "and", "", 0 },
	/* what the assistant says by itself */
	{ "hint", " examples ", 0 },
	{ "help", " examples ", 0 },
	{ "yes-or-no", " question ", 0 },
	{ "dropped", "", 0 },
	{ "given-up", "", 0 },
	{ "not-here", "", 0 },
	{ "failed", "", 0 },
	{ "outcome-unknown", "", 0 },
	{ "nothing-to-repeat", "", 0 },
	{ "nothing-to-go-on", "", 0 },
	{ "stopped", "", 0 },
	{ "paused", "", 0 },
	{ "the-end", "", 0 },
	{ "spell", " letters ", 0 },
	{ "nothing-to-spell", "", 0 },
	{ "due", " text ", 0 },
	{ "due-late", " text when ", 0 },
	{ "not-carried-out", "", 0 },
	{ "not-switched", "", 0 },
};
const size_t sentences_speak_count = sizeof sentences_speak / sizeof *sentences_speak;

struct filled { /* one place of a template: what it is called and what goes there */
	const char *name, *value;
};

/* The lines of `speak`, whose slots are few and known. */
static char *fill_few(const char *text, const struct filled *all, char *out, size_t size)
{
	struct field f;
	size_t n = 0;

	for (const char *at = text;; at = f.end) {
		bool more = sentences_field(at, &f);
		int plain = more ? (int)(f.begin - at) : (int)strlen(at);

		n += (size_t)snprintf(out + n, size - n, "%.*s", plain, at);
		if (!more || n >= size)
			return out;
		for (const struct filled *one = all; one->name; one++)
			if (strcmp(one->name, f.name) == 0 && n < size)
				n += (size_t)snprintf(out + n, size - n, "%s", one->value);
		if (n >= size)
			return out;
	}
}

const char *sentences_words(const struct sentences *s, const char *name, unsigned variant)
{
	const struct said *one = s->said;
	unsigned count = 0;

	for (size_t i = 0; i < s->said_count; i++)
		count += strcmp(s->said[i].name, name) == 0;
	assert(count);
	variant %= count;
	while (strcmp(one->name, name) != 0 || variant-- > 0)
		one++;
	return one->text;
}

/* The nth word of a line, from 0. */
static char *word_of(const char *text, int n, char out[32])
{
	const char *p = text + strspn(text, " \t");

	while (n-- && *p) {
		p += strcspn(p, " \t");
		p += strspn(p, " \t");
	}
	snprintf(out, 32, "%.*s", (int)strcspn(p, " \t"), p);
	return out;
}

/* --- moments and lengths */

static char *say_time(const struct sentences *s, const struct tm *t, char *out, size_t size)
{
	char hour[8], hour12[8], minute[8];
	struct filled all[] = { { "hour", hour },
				{ "hour12", hour12 },
				{ "minute", minute },
				{ "half", sentences_words(s, t->tm_hour < 12 ? "am" : "pm", 0) },
				{ NULL, NULL } };

	snprintf(hour, sizeof hour, "%d", t->tm_hour);
	snprintf(hour12, sizeof hour12, "%d", (t->tm_hour + 11) % 12 + 1);
	snprintf(minute, sizeof minute, "%02d", t->tm_min);
	return fill_few(sentences_words(s, t->tm_min ? "time" : "time-sharp", 0), all, out, size);
}

static char *say_day(const struct sentences *s, const char *line, const struct tm *t, char *out, size_t size)
{
	char time[64], weekday[32], date[8], month[32], year[16];
	struct filled all[] = { { "time", say_time(s, t, time, sizeof time) },
				{ "weekday", word_of(sentences_words(s, "weekdays", 0), t->tm_wday, weekday) },
				{ "date", date },
				{ "month", word_of(sentences_words(s, "months", 0), t->tm_mon, month) },
				{ "year", year },
				{ NULL, NULL } };

	snprintf(date, sizeof date, "%d", t->tm_mday);
	snprintf(year, sizeof year, "%d", t->tm_year + 1900);
	return fill_few(sentences_words(s, line, 0), all, out, size);
}

char *sentences_moment(const struct sentences *s, time_t at, time_t now, char *out, size_t size)
{
	struct tm t, today;
	long days;

	*out = '\0';
	if (!localtime_r(&at, &t) || !localtime_r(&now, &today))
		return out;
	days = when_day(&t) - when_day(&today);
	return say_day(s,
		       days == 0						? "at-today"
		       : days == 1						? "at-tomorrow"
		       : t.tm_year == today.tm_year || (days > 0 && days < 180) ? "at-day"
										: "at-year",
		       &t, out, size);
}

char *sentences_length(const struct sentences *s, long seconds, char *out, size_t size)
{
	static const struct {
		const char *name;
		long seconds;
	} units[] = { { "week", 604800 }, { "day", 86400 }, { "hour", 3600 }, { "minute", 60 }, { "second", 1 } };
	char texts[5][64], word[32];
	const char *parts[5];
	size_t n = 0;

	for (size_t i = 0; i < 5; i++) {
		long count = seconds / units[i].seconds;

		if (!count && !(i == 4 && !n))
			continue;
		seconds -= count * units[i].seconds;
		snprintf(texts[n], sizeof texts[n], "%ld %s", count,
			 word_of(sentences_words(s, units[i].name, 0), count != 1, word));
		parts[n] = texts[n];
		n++;
	}
	return sentences_join(s, parts, n, out, size);
}

char *sentences_join(const struct sentences *s, const char *const *all, size_t n, char *out, size_t size)
{
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; i < n; i++) {
		const char *and = i && i + 1 == n ? sentences_words(s, "and", 0) : "";
		int more = snprintf(out + used, size - used, "%s%s%s%.*s",
				    !i	  ? ""
				    : *and? " "
					  : ", ",
				    and, *and? " " : "", (int)utf8_clip(all[i], size / 2), all[i]);

		if (more < 0 || (size_t)more >= size - used) { /* what has no room is left out whole */
			out[used] = '\0';
			break;
		}
		used += (size_t)more;
	}
	return out;
}

char *sentences_at(const struct sentences *s, const char *what, time_t at, time_t now, char *out, size_t size)
{
	struct tm t;

	*out = '\0';
	if (!localtime_r(&at, &t))
		return out;
	if (strcmp(what, "time") == 0)
		return say_time(s, &t, out, size);
	if (strcmp(what, "date") == 0)
		return say_day(s, "date", &t, out, size);
	return sentences_moment(s, at, now, out, size);
}

char *sentences_from_now(const struct sentences *s, const struct moment *m, char *out, size_t size)
{
	char length[160];
	struct filled all[] = { { "length", sentences_length(s, moment_seconds(m), length, sizeof length) },
				{ NULL, NULL } };

	if (!moment_is_length(m))
		return fill_few(sentences_words(s, "in", 0), all, out, size);
	snprintf(out, size, "%s", length);
	return out;
}
