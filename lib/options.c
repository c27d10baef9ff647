#include "options.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "nearest.h"

struct reading {
	const struct option_row *rows;
	size_t n;
	char *error;
	size_t size;
};

static const struct option_row *row_named(const struct reading *r, const char *name, size_t length)
{
	for (size_t i = 0; i < r->n; i++)
		if (strlen(r->rows[i].name) == length && !memcmp(r->rows[i].name, name, length))
			return &r->rows[i];
	return NULL;
}

static const struct option_row *row_lettered(const struct reading *r, char letter)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->rows[i].letter == letter)
			return &r->rows[i];
	return NULL;
}

static void unknown(const struct reading *r, const char *given)
{
	size_t length = strcspn(given, "=");
	char name[64], hint[96] = "";
	struct nearest nearest = { .word = name };

	snprintf(name, sizeof(name), "%.*s", (int)length, given);
	for (size_t i = 0; i < r->n; i++)
		nearest_see(&nearest, r->rows[i].name);
	if (nearest.best)
		snprintf(hint, sizeof(hint), " (did you mean --%s?)", nearest.best);
	snprintf(r->error, r->size, "--%s: no such option%s", name, hint);
}

static int take_number(const struct reading *r, const struct option_row *row, const char *value)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(value, &end, 10);
	if (end == value || *end || errno || number < row->min || number > row->max) {
		snprintf(r->error, r->size, "--%s %s: expected a whole number from %ld to %ld", row->name, value,
			 row->min, row->max);
		return -1;
	}
	*(long *)row->into = number;
	return 0;
}

static int take(const struct reading *r, const struct option_row *row, const char *value)
{
	assert(value || row->kind == OPTION_FLAG || row->kind == OPTION_CALL);
	switch (row->kind) {
	case OPTION_FLAG: *(bool *)row->into = true; return 0;
	case OPTION_TEXT:
	case OPTION_KEY: *(const char **)row->into = value; return 0;
	case OPTION_NUMBER: return take_number(r, row, value);
	case OPTION_CALL: return row->call(value, r->error, r->size);
	}
	return -1;
}

/* The row that an argument names, and the value that hangs on it (NULL: none). NULL after saying why. */
static const struct option_row *row_given(const struct reading *r, const char *argument, const char **value)
{
	const struct option_row *row;
	size_t length;

	if (argument[1] != '-') {
		row = row_lettered(r, argument[1]);
		*value = argument[2] ? argument + 2 : NULL;
		if (!row)
			snprintf(r->error, r->size, "-%c: no such option", argument[1]);
		return row;
	}
	length = strcspn(argument + 2, "=");
	row = row_named(r, argument + 2, length);
	*value = argument[2 + length] ? argument + 2 + length + 1 : NULL;
	if (!row)
		unknown(r, argument + 2);
	return row;
}

int options_read(const struct option_row *rows, size_t n, int argc, char **argv, char *error, size_t size)
{
	const struct reading r = { rows, n, error, size };
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		const struct option_row *row;
		const char *value;

		if (!strcmp(argv[i], "--"))
			return i + 1;
		row = row_given(&r, argv[i], &value);
		if (!row)
			return -1;
		if (row->argument && !value && i + 1 < argc)
			value = argv[++i];
		if (!row->argument != !value) {
			snprintf(error, size, row->argument ? "--%s: expected %s behind it" : "--%s: expected no value",
				 row->name, row->argument);
			return -1;
		}
		if (take(&r, row, value))
			return -1;
	}
	return i;
}

int options_apply(const struct option_row *rows, size_t n, struct conf *c, const char *agent, char *error, size_t size)
{
	for (const struct option_row *row = rows; row < rows + n; row++) {
		const char *value = row->kind == OPTION_KEY ? *(const char *const *)row->into : NULL;
		int used;

		if (!value)
			continue;
		used = snprintf(error, size, "--%s: ", row->name);
		if (used < 0 || (size_t)used >= size)
			used = 0;
		if (conf_set(c, row->section, strcmp(row->section, "agent") ? NULL : agent, row->key, value,
			     error + used, size - (size_t)used))
			return -1;
	}
	return 0;
}

void options_help_rows(const struct option_row *rows, size_t n, FILE *out)
{
	for (const struct option_row *row = rows; row < rows + n; row++) {
		char letter[8] = "    ", name[64];

		if (row->letter)
			snprintf(letter, sizeof(letter), "-%c, ", row->letter);
		snprintf(name, sizeof(name), "--%s%s%s", row->name, row->argument ? " " : "",
			 row->argument ? row->argument : "");
		fprintf(out, "  %s%-22s  %s\n", letter, name, row->help);
	}
}

void options_help(const struct option_row *rows, size_t n, const char *program, const char *synopsis,
		  const char *purpose, FILE *out)
{
	fprintf(out, "usage: %s%s%s\n%s\n\n", program, *synopsis ? " " : "", synopsis, purpose);
	options_help_rows(rows, n, out);
}
