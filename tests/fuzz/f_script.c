/* Texts to be spoken, by their first letter in English, German or anything: the sentences are the text, byte for byte, and
 * their groups lie in order within them. */
#include "fuzz.h"

#include "../../cmd/rd-tts/script.h"

static void check(const struct script_sentence *s)
{
	unsigned end = 0, words = 0, spaces = s->spoken.n > 0;

	for (size_t i = 0; i < s->count; i++) {
		EXPECT(s->groups[i].end > end && s->groups[i].end <= s->bytes && s->groups[i].words > words);
		end = s->groups[i].end;
		words = s->groups[i].words;
	}
	for (size_t i = 0; i < s->spoken.n; i++)
		spaces += s->spoken.text[i] == ' ';
	EXPECT(words == s->spoken.words && spaces == words && s->count <= SCRIPT_GROUPS && s->spoken.n < SAY_ROOM);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const languages[] = { "en", "de", "fr", "zz" };
	static struct script_sentence s;
	struct script script;
	const char *text = (const char *)bytes;
	size_t at = 0;

	if (n == 0)
		return 0;
	script_open(&script, text, n, languages[*bytes % 4]);
	while (script_next(&script, &s)) {
		EXPECT(s.text == text + at && s.bytes > 0);
		check(&s);
		at += s.bytes;
	}
	EXPECT(at == n);
	return 0;
}
