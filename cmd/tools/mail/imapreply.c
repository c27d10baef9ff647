#include "imapreply.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE_BYTES 2000u
#define UID_MAX 4294967295ul

/* Where the line at `from` ends, its CRLF not counted; *next is behind it. */
static size_t end_of(const char *lines, size_t n, size_t from, size_t *next)
{
	const char *lf = memchr(lines + from, '\n', n - from);
	size_t end = lf ? (size_t)(lf - lines) : n;

	*next = lf ? end + 1 : n;
	return end > from && lines[end - 1] == '\r' ? end - 1 : end;
}

static bool begins(const char *line, size_t n, const char *word)
{
	return n >= strlen(word) && strncasecmp(line, word, strlen(word)) == 0;
}

/* A ring of the last ones: they come in the order of their arrival, mostly. */
static void keep(unsigned long uid, unsigned long *out, size_t most, size_t *count)
{
	size_t i = *count;

	if (i == most && uid <= out[most - 1])
		return;
	if (i == most)
		i--;
	else
		(*count)++;
	for (; i > 0 && out[i - 1] < uid; i--)
		out[i] = out[i - 1];
	out[i] = uid;
}

static void read_uids(const char *line, size_t n, unsigned long *out, size_t most, size_t *count, long *total)
{
	for (size_t i = 0; i < n;) {
		unsigned long uid = 0;

		for (; i < n && isdigit((unsigned char)line[i]); i++)
			uid = uid > UID_MAX ? uid : uid * 10 + (unsigned long)(line[i] - '0');
		if (uid && uid <= UID_MAX) {
			keep(uid, out, most, count);
			++*total;
		}
		i++;
	}
}

size_t imapreply_search(const char *lines, size_t n, unsigned long *out, size_t most, long *total)
{
	size_t count = 0, next;

	*total = 0;
	for (size_t at = 0; at < n; at = next) {
		size_t end = end_of(lines, n, at, &next);

		if (begins(lines + at, end - at, "* SEARCH"))
			read_uids(lines + at + 8, end - at - 8, out, most, &count, total);
	}
	return count;
}

static unsigned long number_behind(const char *text, const char *word)
{
	const char *at = strcasestr(text, word);

	return at ? strtoul(at + strlen(word), NULL, 10) : 0;
}

bool imapreply_count(const char *lines, size_t n, long *count, unsigned long *max)
{
	char text[LINE_BYTES];
	size_t next;

	for (size_t at = 0; at < n; at = next) {
		size_t end = end_of(lines, n, at, &next);

		if (!begins(lines + at, end - at, "* ESEARCH"))
			continue;
		snprintf(text, sizeof text, "%.*s", (int)(end - at < sizeof text ? end - at : sizeof text - 1),
			 lines + at);
		*count = (long)(number_behind(text, " COUNT ") & 0x7fffffff);
		*max = number_behind(text, " MAX ");
		return true;
	}
	return false;
}

/* "{123}" at the end of a line: how many bytes follow it; -1: no such thing. */
static long literal_of(const char *line, size_t n)
{
	size_t begin = n;

	if (n < 3 || line[n - 1] != '}')
		return -1;
	while (begin > 0 && line[begin - 1] != '{')
		begin--;
	return begin && isdigit((unsigned char)line[begin]) && n - begin < 12 ? strtol(line + begin, NULL, 10) : -1;
}

static void read_fields(const char *line, size_t n, struct imapreply_head *h)
{
	char text[LINE_BYTES];
	const char *uid;

	snprintf(text, sizeof text, "%.*s", (int)(n < sizeof text ? n : sizeof text - 1), line);
	uid = strcasestr(text, "UID ");
	if (uid)
		h->uid = strtoul(uid + 4, NULL, 10);
	h->seen |= strcasestr(text, "\\Seen") != NULL;
}

/* "* 12 FETCH (UID 345 FLAGS (\Seen) BODY[HEADER.FIELDS …] {123}", the head, and ")" or more fields. */
bool imapreply_head(const char *lines, size_t n, size_t *at, struct imapreply_head *h)
{
	while (*at < n) {
		size_t next, end = end_of(lines, n, *at, &next), from = *at;
		long literal = literal_of(lines + from, end - from);
		bool head = end - from > 2 && begins(lines + from, end - from, "* ") &&
			    isdigit((unsigned char)lines[from + 2]);

		*at = next;
		if (literal < 0)
			continue;
		if ((size_t)literal > n - next) {
			*at = n;
			return false;
		}
		*h = (struct imapreply_head){ .bytes = lines + next, .n = (size_t)literal };
		read_fields(lines + from, end - from, h);
		*at = next + (size_t)literal;
		end = end_of(lines, n, *at, &next);
		read_fields(lines + *at, end - *at, h);
		if (head && h->uid)
			return true;
	}
	return false;
}
