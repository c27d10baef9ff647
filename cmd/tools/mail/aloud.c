#include "aloud.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "utf8.h"

/* "> what somebody said before" */
static bool is_quoted(const char *line)
{
	return *line == '>';
}

/* "On Monday, Ben wrote:" announces a quotation; "-- " a signature; "-----Original Message-----" the rest of a thread.
 */
static bool announces(const char *line, size_t n)
{
	static const char *const ends[] = { "wrote:", "schrieb:", "skrev:", "écrit :", "escribió:" };

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (n > strlen(ends[i]) && n < 200 &&
		    strncasecmp(line + n - strlen(ends[i]), ends[i], strlen(ends[i])) == 0)
			return true;
	return false;
}

static bool is_end(const char *line, size_t n)
{
	return (n <= 3 && strncmp(line, "--", 2) == 0 && (n == 2 || line[2] == ' ')) ||
	       (n >= 12 && strncmp(line, "-----Original", n < 13 ? n : 13) == 0) ||
	       (n >= 20 && strspn(line, "_") >= 20);
}

/* "https://…", "<https://…>", "[image]": said as what it is. Its length, or 0. */
static size_t link_length(const char *p)
{
	if (strncasecmp(p, "http://", 7) != 0 && strncasecmp(p, "https://", 8) != 0)
		return 0;
	return strcspn(p, " \t\r\n<>\")]");
}

/* One line, a space between words. How many bytes were written. */
static size_t copy_line(const char *line, size_t n, char *out)
{
	size_t used = 0;

	for (size_t i = 0; i < n;) {
		size_t link = link_length(line + i);

		if (link) {
			memcpy(out + used, "a link", 6);
			used += 6;
			i += link > n - i ? n - i : link;
		} else if (strchr(" \t\r", line[i]) || (unsigned char)line[i] < ' ') {
			if (used && out[used - 1] != ' ')
				out[used++] = ' ';
			i++;
		} else {
			out[used++] = line[i++];
		}
	}
	while (used && out[used - 1] == ' ')
		used--;
	return used;
}

/* Lines of a paragraph are joined; "a link" is never longer than the shortest address of a page. */
char *aloud_text(const char *text)
{
	char *out = malloc(strlen(text) + 2);
	size_t used = 0;
	bool gap = false;

	for (const char *line = text; out && line && *line;) {
		size_t n = strcspn(line, "\n"), trimmed = n, written;

		while (trimmed && strchr(" \t\r", line[trimmed - 1]))
			trimmed--;
		if (is_end(line, trimmed))
			break;
		written = is_quoted(line) || announces(line, trimmed)
				  ? 0
				  : copy_line(line, trimmed, out + used + (used > 0));
		if (written && used)
			out[used] = gap ? '\n' : ' ';
		if (written)
			used += written + (used > 0);
		gap = !written;
		line += n + (line[n] == '\n');
	}
	if (out)
		out[used] = 0;
	return out;
}

static bool ends_sentence(const char *p)
{
	return (strchr(".!?", p[0]) && p[0] && (p[1] == ' ' || p[1] == '\n' || !p[1])) || p[0] == '\n';
}

size_t aloud_portion(const char *text)
{
	size_t most = utf8_clip(text, ALOUD_PORTION_BYTES), i;

	if (strlen(text) <= most)
		return strlen(text);
	for (i = most - 1; i > most / 3; i--)
		if (ends_sentence(text + i))
			return i + 1;
	for (i = most - 1; i > most / 3; i--)
		if (isspace((unsigned char)text[i]))
			return i + 1;
	return most;
}

const char *aloud_begin(const char *text, int n)
{
	while (n > 1 && *text) {
		text += aloud_portion(text);
		text += strspn(text, " \n");
		n--;
	}
	return n == 1 && *text ? text : NULL;
}

int aloud_portions(const char *text)
{
	int n = 0;

	while (*text) {
		text += aloud_portion(text);
		text += strspn(text, " \n");
		n++;
	}
	return n;
}
