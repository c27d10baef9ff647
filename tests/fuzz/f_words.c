/* Words heard: of any text, any stretches (first line, JSON) and any times, whole characters of it, never more with
 * less time; and utf8_clean makes anything valid. */
#include "fuzz.h"

#include <cjson/cJSON.h>

#include "utf8.h"
#include "words.h"

static size_t valid(const char *text, size_t n)
{
	size_t at = 0, step;

	while (at < n && (step = utf8_character(text + at, n - at)))
		at += step;
	return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	long heard_ms = fuzz_byte(&bytes, &n) * 40l, sent_ms = fuzz_byte(&bytes, &n) * 40l;
	char *line = fuzz_line(&bytes, &n), *text = fuzz_text(bytes, n);
	struct cJSON *spans = line ? cJSON_ParseWithLength(line, strlen(line)) : NULL;
	size_t heard, clip;

	utf8_clean(text, n);
	EXPECT(strlen(text) == n && valid(text, n) == n);
	heard = words_heard(text, spans, heard_ms, sent_ms);
	EXPECT(heard <= n && valid(text, heard) == heard);
	EXPECT(words_heard(text, NULL, heard_ms / 2, sent_ms) <= words_heard(text, NULL, heard_ms, sent_ms));
	clip = utf8_clip(text, n / 2);
	EXPECT(clip <= n / 2 && valid(text, clip) == clip);
	(void)words_heard(line ? line : "", spans, heard_ms, sent_ms);
	cJSON_Delete(spans);
	free(line);
	free(text);
	return 0;
}
