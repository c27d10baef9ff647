#include "dates_words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- words that stand for parts of a moment, the longer ones first */

static const struct phrase {
	const char *words;
	int field, value; /* field -1: means nothing by itself */
	int more, more_value;
} phrases[] = {
	{ "day after tomorrow", MOMENT_DAY, 2, -1, 0 },
	{ "day before yesterday", MOMENT_DAY, -2, -1, 0 },
	{ "in the morning", MOMENT_PART, MOMENT_MORNING, -1, 0 },
	{ "in the afternoon", MOMENT_PART, MOMENT_AFTERNOON, -1, 0 },
	{ "in the evening", MOMENT_PART, MOMENT_EVENING, -1, 0 },
	{ "at night", MOMENT_PART, MOMENT_NIGHT, -1, 0 },
	{ "half an hour", MOMENT_MINUTES, 30, -1, 0 },
	{ "an hour", MOMENT_HOURS, 1, -1, 0 },
	{ "a week", MOMENT_WEEKS, 1, -1, 0 },
	{ "this morning", MOMENT_DAY, 0, MOMENT_PART, MOMENT_MORNING },
	{ "this afternoon", MOMENT_DAY, 0, MOMENT_PART, MOMENT_AFTERNOON },
	{ "this evening", MOMENT_DAY, 0, MOMENT_PART, MOMENT_EVENING },
	{ "tonight", MOMENT_DAY, 0, MOMENT_PART, MOMENT_EVENING },
	{ "today", MOMENT_DAY, 0, -1, 0 },
	{ "tomorrow", MOMENT_DAY, 1, -1, 0 },
	{ "yesterday", MOMENT_DAY, -1, -1, 0 },
	{ "morning", MOMENT_PART, MOMENT_MORNING, -1, 0 },
	{ "afternoon", MOMENT_PART, MOMENT_AFTERNOON, -1, 0 },
	{ "evening", MOMENT_PART, MOMENT_EVENING, -1, 0 },
	{ "night", MOMENT_PART, MOMENT_NIGHT, -1, 0 },
	{ "noon", MOMENT_HOUR, 12, MOMENT_HALF, MOMENT_PM },
	{ "midday", MOMENT_HOUR, 12, MOMENT_HALF, MOMENT_PM },
	{ "midnight", MOMENT_HOUR, 24, -1, 0 },
	{ "a.m", MOMENT_HALF, MOMENT_AM, -1, 0 },
	{ "p.m", MOMENT_HALF, MOMENT_PM, -1, 0 },
	{ "am", MOMENT_HALF, MOMENT_AM, -1, 0 },
	{ "pm", MOMENT_HALF, MOMENT_PM, -1, 0 },
	{ "on", -1, 0, -1, 0 },
	{ "the", -1, 0, -1, 0 },
	{ "of", -1, 0, -1, 0 },
	{ "in", -1, 0, -1, 0 },
	{ "this", -1, 0, -1, 0 },
	{ "coming", -1, 0, -1, 0 },
	{ "o'clock", -1, 0, -1, 0 },
	{ "oclock", -1, 0, -1, 0 },
	{ "sharp", -1, 0, -1, 0 },
};

static const char *const weekdays[] = { "sunday",   "monday", "tuesday",  "wednesday",
					"thursday", "friday", "saturday", NULL };
static const char *const months[] = { "january", "february",  "march",	 "april",    "may",	 "june", "july",
				      "august",	 "september", "october", "november", "december", NULL };
static const char *const numbers[] = { "zero",	   "one",      "two",	   "three",   "four",	 "five",
				       "six",	   "seven",    "eight",	   "nine",    "ten",	 "eleven",
				       "twelve",   "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
				       "eighteen", "nineteen", "twenty",   NULL };
static const char *const ordinals[] = { "",	     "first",	  "second",	 "third",      "fourth",
					"fifth",     "sixth",	  "seventh",	 "eighth",     "ninth",
					"tenth",     "eleventh",  "twelfth",	 "thirteenth", "fourteenth",
					"fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
					"twentieth", NULL };

int dates_text_split(struct dates_text *t, const char *text)
{
	char *rest;

	*t = (struct dates_text){ .n = 0 };
	if (snprintf(t->buf, sizeof t->buf, "%s", text) >= (int)sizeof t->buf)
		return -1;
	for (char *p = t->buf; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	for (char *w = strtok_r(t->buf, " ,\t\r\n", &rest); w; w = strtok_r(NULL, " ,\t\r\n", &rest)) {
		size_t n = strlen(w);

		if (w[n - 1] == '.' || w[n - 1] == '?')
			w[n - 1] = 0;
		if (t->n == DATES_WORDS_MAX)
			return -1;
		if (*w)
			t->word[t->n++] = w;
	}
	return t->n ? 0 : -1;
}

static const char *word(const struct dates_text *t, int ahead)
{
	return t->at + ahead < t->n ? t->word[t->at + ahead] : "";
}

/* How many words of the text, from where it is, the phrase is; 0: it is not there. */
static int is_here(const struct dates_text *t, const char *phrase)
{
	int count = 0;

	while (*phrase) {
		size_t n = strcspn(phrase, " ");
		const char *w = word(t, count);

		if (strlen(w) != n || memcmp(w, phrase, n) != 0)
			return 0;
		phrase += n + (phrase[n] == ' ');
		count++;
	}
	return count;
}

bool dates_text_take(struct dates_text *t, const char *phrase)
{
	int count = is_here(t, phrase);

	t->at += count;
	return count > 0;
}

/* Three letters are enough of a weekday or a month ("sept" and "thurs" too). */
static int find(const char *const *list, const char *w, bool shortened)
{
	size_t n = strlen(w);

	for (int i = 0; list[i]; i++)
		if (strcmp(list[i], w) == 0 || (shortened && n >= 3 && n <= 5 && strncmp(list[i], w, n) == 0))
			return i;
	return -1;
}

/* "24", "twenty", "thirty one": how many words, the number in *value. */
int dates_text_number(const struct dates_text *t, int *value)
{
	static const char *const tens[] = { "", "", "twenty", "thirty", "forty", "fifty", NULL };
	const char *w = word(t, 0);
	size_t digits = strspn(w, "0123456789");
	int ten = find(tens, w, false), one = find(numbers, word(t, 1), false);

	if (digits && !w[digits] && digits <= 4)
		return *value = (int)strtol(w, NULL, 10), 1;
	if (ten >= 2 && one >= 1 && one <= 9)
		return *value = ten * 10 + one, 2;
	if (ten >= 2)
		return *value = ten * 10, 1;
	*value = find(numbers, w, false);
	return *value >= 0;
}

/* "24th", "first", "twenty fourth". */
static int ordinal_here(const struct dates_text *t, int *value)
{
	const char *w = word(t, 0);
	size_t digits = strspn(w, "0123456789");
	int tens = strcmp(w, "twenty") == 0 ? 20 : strcmp(w, "thirty") == 0 ? 30 : 0;

	if (digits && digits <= 2 &&
	    (!strcmp(w + digits, "st") || !strcmp(w + digits, "nd") || !strcmp(w + digits, "rd") ||
	     !strcmp(w + digits, "th")))
		return *value = (int)strtol(w, NULL, 10), 1;
	if (strcmp(w, "thirtieth") == 0)
		return *value = 30, 1;
	*value = tens ? find(ordinals, word(t, 1), false) : find(ordinals, w, false);
	if (*value < 1 || (tens && *value > 9))
		return 0;
	*value += tens;
	return tens ? 2 : 1;
}

/* --- one moment, or one day */

static bool take_phrase(struct dates_text *t, struct moment *m)
{
	for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
		const struct phrase *p = &phrases[i];

		if (!dates_text_take(t, p->words))
			continue;
		if (p->field >= 0)
			moment_put(m, (enum moment_field)p->field, p->value);
		if (p->more >= 0)
			moment_put(m, (enum moment_field)p->more, p->more_value);
		return true;
	}
	return false;
}

/* "friday", "next friday": that of the next week. "last friday" would be one that is over. */
static bool take_weekday(struct dates_text *t, struct moment *m)
{
	int next = is_here(t, "next"), last = is_here(t, "last");
	int day = find(weekdays, word(t, next || last), true);

	if (day < 0)
		return false;
	moment_put(m, MOMENT_WEEKDAY, day);
	if (next || last)
		moment_put(m, MOMENT_WEEK, next ? 1 : -1);
	t->at += 1 + (next || last);
	return true;
}

/* "2026-11-24" among other words. */
static bool take_iso(struct dates_text *t, struct moment *m)
{
	const char *w = word(t, 0);
	int year, month, day, used = 0;

	if (sscanf(w, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || used != 10 || w[10])
		return false;
	moment_put(m, MOMENT_YEAR, year);
	moment_put(m, MOMENT_MONTH, month);
	moment_put(m, MOMENT_DATE, day);
	t->at++;
	return true;
}

/* "24 november", "november 24th", "november the 24th", "the 24th", "2026" behind a month. */
static bool take_date(struct dates_text *t, struct moment *m)
{
	int value, n = ordinal_here(t, &value), month;

	if (!n && (n = dates_text_number(t, &value)) > 0) {
		struct dates_text behind = *t;

		behind.at += n + (strcmp(word(t, n), "of") == 0);
		if (find(months, word(&behind, 0), true) < 0 || value > 31)
			n = 0;
	}
	if (n) {
		moment_put(m, MOMENT_DATE, value);
		t->at += n;
		return true;
	}
	month = find(months, word(t, 0), true);
	if (month < 0)
		return false;
	t->at++;
	moment_put(m, MOMENT_MONTH, month + 1);
	(void)dates_text_take(t, "the");
	if (!(m->set & 1u << MOMENT_DATE) && (n = ordinal_here(t, &value)) == 0) {
		n = dates_text_number(t, &value);
		if (value > 31)
			n = 0;
	}
	if (n && !(m->set & 1u << MOMENT_DATE)) {
		moment_put(m, MOMENT_DATE, value);
		t->at += n;
	}
	n = dates_text_number(t, &value);
	if (n && value >= 1900 && value <= 9999) {
		moment_put(m, MOMENT_YEAR, value);
		t->at += n;
	}
	return true;
}

/* "10 minutes", "two weeks": from now, or with "ago" nothing that lies ahead. */
static bool take_length(struct dates_text *t, struct moment *m)
{
	static const struct {
		const char *one, *many;
		enum moment_field field;
	} units[] = { { "second", "seconds", MOMENT_SECONDS },
		      { "minute", "minutes", MOMENT_MINUTES },
		      { "hour", "hours", MOMENT_HOURS },
		      { "day", "days", MOMENT_DAYS },
		      { "week", "weeks", MOMENT_WEEKS } };
	int value, n = dates_text_number(t, &value);

	for (size_t i = 0; n && i < sizeof units / sizeof units[0]; i++)
		if (!strcmp(word(t, n), units[i].one) || !strcmp(word(t, n), units[i].many)) {
			moment_put(m, units[i].field, value);
			t->at += n + 1;
			return true;
		}
	return false;
}

/* "9:30", "9.30", "9:30pm", "9am". */
static bool take_digits(struct dates_text *t, struct moment *m)
{
	const char *w = word(t, 0);
	size_t h = strspn(w, "0123456789"), min = 0;
	const char *p = w + h;

	if (!h || h > 2)
		return false;
	if ((*p == ':' || *p == '.') && (min = strspn(p + 1, "0123456789")) == 2)
		p += 3;
	else if (*p != 'a' && *p != 'p')
		return false;
	if (*p && strcmp(p, "am") != 0 && strcmp(p, "pm") != 0)
		return false;
	moment_put(m, MOMENT_HOUR, (int)strtol(w, NULL, 10));
	if (min)
		moment_put(m, MOMENT_MINUTE, (int)strtol(w + h + 1, NULL, 10));
	if (*p)
		moment_put(m, MOMENT_HALF, *p == 'a' ? MOMENT_AM : MOMENT_PM);
	t->at++;
	return true;
}

/* "half past eight", "quarter to nine", "ten past four". */
static bool take_past(struct dates_text *t, struct moment *m)
{
	struct dates_text mine = *t;
	int minutes, hour, n, sign;

	if (isdigit((unsigned char)*word(t, 0)) || (t->at && strcmp(t->word[t->at - 1], "from") == 0))
		return false; /* "9 to 11" is a stretch, "ten to eleven" a time */
	(void)dates_text_take(&mine, "a");
	if (dates_text_take(&mine, "half"))
		minutes = 30;
	else if (dates_text_take(&mine, "quarter"))
		minutes = 15;
	else if ((n = dates_text_number(&mine, &minutes)) > 0)
		mine.at += n;
	else
		return false;
	sign = is_here(&mine, "past") || is_here(&mine, "after") ? 1 : is_here(&mine, "to") ? -1 : 0;
	mine.at++;
	n = sign ? dates_text_number(&mine, &hour) : 0;
	if (!n || minutes > 59)
		return false;
	mine.at += n;
	moment_put(m, MOMENT_HOUR, hour);
	moment_put(m, MOMENT_MINUTE, sign * minutes);
	*t = mine;
	return true;
}

/* "at eight", "at eight thirty": a number alone is an hour. */
static bool take_hour(struct dates_text *t, struct moment *m)
{
	int hour, minutes, n;
	bool said = dates_text_take(t, "at") || dates_text_take(t, "from") || dates_text_take(t, "by");

	if (said && (take_past(t, m) || take_digits(t, m)))
		return true;
	n = dates_text_number(t, &hour);
	if (!n || hour > 24 || (m->set & 1u << MOMENT_HOUR))
		return said && *word(t, 0); /* "at noon", "from monday": without it */
	t->at += n;
	moment_put(m, MOMENT_HOUR, hour);
	n = dates_text_number(t, &minutes);
	if (n && minutes < 60) {
		moment_put(m, MOMENT_MINUTE, minutes);
		t->at += n;
	}
	return true;
}

int dates_text_moment(struct dates_text *t, struct moment *m)
{
	while (t->at < t->n)
		if (!take_length(t, m) && !take_past(t, m) && !take_digits(t, m) && !take_iso(t, m) &&
		    !take_date(t, m) && !take_weekday(t, m) && !take_phrase(t, m) && !take_hour(t, m))
			return -1;
	return m->beyond ? -1 : 0;
}
