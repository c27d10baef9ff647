#include "names.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "hash.h"

#define TAIL_BYTES 9 /* _ and eight digits */

/* Letters that may not stand become _, a first one that is none gets an m before it. How many the name would have. */
static size_t put(char *out, size_t n, const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", more[] = "0123456789_-";

	for (; *text; text++, n++) {
		if (n == 0 && !strchr(letters, *text))
			out[n++] = 'm';
		if (n < TOOL_NAME_MAX)
			out[n] = strchr(letters, *text) || strchr(more, *text) ? *text : '_';
	}
	return n;
}

char *names_make(const char *server, const char *tool, const struct cJSON *taken, char out[TOOL_NAME_MAX + 1])
{
	size_t n = put(out, put(out, put(out, 0, server), "__"), tool), keep = TOOL_NAME_MAX - TAIL_BYTES;
	uint64_t hash = hash_bytes(HASH_BEGIN, server, strlen(server) + 1);

	out[n < TOOL_NAME_MAX ? n : TOOL_NAME_MAX] = 0;
	if (n <= TOOL_NAME_MAX && !cJSON_GetObjectItemCaseSensitive(taken, out))
		return out;
	hash = hash_bytes(hash, tool, strlen(tool));
	keep = n < keep ? n : keep;
	snprintf(out + keep, TAIL_BYTES + 1, "_%08x", (unsigned)(hash ^ hash >> 32));
	return out;
}
