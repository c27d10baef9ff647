#include "filter.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "event.h"

static const struct {
	const char *name;
	enum frame_kind kind;
} kinds[] = { { "event", FRAME_EVENT }, { "up", FRAME_UP }, { "down", FRAME_DOWN } };
#define KINDS (sizeof kinds / sizeof kinds[0])

int filter_kinds(struct filter *filter, const char *words)
{
	do {
		size_t n = strcspn(words, ","), i = 0;

		while (i < KINDS && (strncmp(words, kinds[i].name, n) != 0 || kinds[i].name[n]))
			i++;
		if (i == KINDS)
			return -1;
		filter->kinds |= 1u << kinds[i].kind;
		words += n;
	} while (*words++);
	return 0;
}

static bool type_matches(const char *patterns, const char *type)
{
	do {
		size_t n = strcspn(patterns, ",");
		char pattern[64];

		if (n < sizeof pattern) {
			snprintf(pattern, sizeof pattern, "%.*s", (int)n, patterns);
			if (fnmatch(pattern, type, 0) == 0)
				return true;
		}
		patterns += n;
	} while (*patterns++);
	return false;
}

bool filter_wants(const struct filter *filter, const struct frame *f)
{
	bool named = f->kind < 32 && filter->kinds & 1u << f->kind;
	char type[64];

	if (filter->kinds ? !named : filter->types && f->kind != FRAME_EVENT)
		return false;
	if (!filter->types || f->kind != FRAME_EVENT)
		return true;
	return event_peek(f->payload, f->length, type, sizeof type) == 0 && type_matches(filter->types, type);
}
