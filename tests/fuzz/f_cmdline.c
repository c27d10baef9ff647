/* Command lines, one a line, as words: quoted and joined again it splits into the same words; the stages of a pipeline
 * add up to it. */
#include "fuzz.h"

#include <stdbool.h>

#include "cmdline.h"

#define MOST 32

static bool join(char *out, size_t size, const char *const *words, int count)
{
	size_t n = 0;

	for (int i = 0; i < count; i++) {
		char quote = strchr(words[i], '"') ? '\'' : '"';

		if (strchr(words[i], quote) || n + strlen(words[i]) + 4 > size)
			return false;
		n += (size_t)snprintf(out + n, size - n, "%c%s%c ", quote, words[i], quote);
	}
	out[n] = 0;
	return true;
}

static void try_one(const char *line)
{
	char buf[512], again_buf[1024], joined[1024], name[64], path[256];
	const char *words[MOST + 1], *again[MOST + 1];
	int count = cmdline_split(line, buf, sizeof buf, words, MOST + 1), again_count;
	size_t at = 0;

	EXPECT(count >= -1 && count <= MOST);
	if (count >= 0) {
		EXPECT(!words[count]);
		if (join(joined, sizeof joined, words, count)) {
			again_count = cmdline_split(joined, again_buf, sizeof again_buf, again, MOST + 1);
			EXPECT(again_count == count);
			for (int i = 0; i < count; i++)
				EXPECT(strcmp(words[i], again[i]) == 0);
		}
	}
	while (line[at]) {
		size_t stage = cmdline_stage(line + at);

		EXPECT(at + stage <= strlen(line) && (!line[at + stage] || line[at + stage] == '|'));
		at += stage + (line[at + stage] == '|');
	}
	(void)cmdline_program(line, "/nonexistent", name, sizeof name, path, sizeof path);
	EXPECT(memchr(name, 0, sizeof name));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *line;

	while ((line = fuzz_line(&bytes, &n))) {
		try_one(line);
		free(line);
	}
	return 0;
}
