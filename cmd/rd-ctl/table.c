#include "table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "screen.h"
#include "utf8.h"

void table_add(struct table *t, ...)
{
	char *(*rows)[TABLE_COLUMNS] = realloc(t->rows, (t->count + 1) * sizeof *rows);
	char **row;
	const char *cell;
	va_list cells;

	if (!rows)
		return;
	t->rows = rows;
	row = rows[t->count++];
	memset(row, 0, sizeof *rows);
	va_start(cells, t);
	for (size_t i = 0; i < TABLE_COLUMNS && (cell = va_arg(cells, const char *)); i++)
		row[i] = strdup(cell);
	va_end(cells);
}

static int width_of(const char *text)
{
	return text ? (int)utf8_count(text, strlen(text)) : 0;
}

static void print_row(char *const row[TABLE_COLUMNS], const int widths[TABLE_COLUMNS], int indent, FILE *out)
{
	fprintf(out, "%*s", indent, "");
	for (size_t i = 0; i < TABLE_COLUMNS && row[i]; i++) {
		int pad = i + 1 < TABLE_COLUMNS && row[i + 1] ? widths[i] - width_of(row[i]) + 2 : 0;

		fprintf(out, "%s%*s", row[i], pad, "");
	}
	fputc('\n', out);
}

void table_print(struct table *t, int indent, FILE *out)
{
	int widths[TABLE_COLUMNS] = { 0 };

	for (size_t r = 0; r < t->count; r++)
		for (size_t i = 0; i < TABLE_COLUMNS; i++)
			if (width_of(screen_safe(t->rows[r][i])) > widths[i])
				widths[i] = width_of(t->rows[r][i]);
	for (size_t r = 0; r < t->count; r++) {
		print_row(t->rows[r], widths, indent, out);
		for (size_t i = 0; i < TABLE_COLUMNS; i++)
			free(t->rows[r][i]);
	}
	free(t->rows);
	*t = (struct table){ 0 };
}
