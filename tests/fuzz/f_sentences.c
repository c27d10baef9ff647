/* A file of sentences, and a text (the first line) to be matched against it: either every complaint names the file, or
 * each grammar can be written, and what matches can be said. */
#include "fuzz.h"

#include <cjson/cJSON.h>

#include "conf.h"
#include "sentences.h"

static char path[96];

static struct conf *configuration(void)
{
	static struct conf *c;
	char file[96], text[256], error[512];

	if (c)
		return c;
	snprintf(text, sizeof text,
		 "general { state-dir = \"%s\" }\nagent \"a\" { sentences = \"a.sentences\" }\n"
		 "contact \"Ben\" { number = \"+15550001111\" }\n",
		 fuzz_folder());
	fuzz_file(file, "ringdown.conf", text, strlen(text));
	c = conf_open(file, error, sizeof error);
	EXPECT(c);
	return c;
}

static void say(const struct sentences *s, const struct sentences_match *m)
{
	char name[48], *text;

	for (size_t i = 0; i < m->slot_count; i++) {
		snprintf(name, sizeof name, "a <%s> b", m->slots[i].name);
		text = sentences_fill(s, name, m, NULL, 1795255200);
		EXPECT(text && strncmp(text, "a ", 2) == 0);
		free(text);
		snprintf(name, sizeof name, "<%s>", m->slots[i].name);
		cJSON_Delete(sentences_value(s, name, m, 1795255200));
	}
}

static void use(const struct sentences *s, const char *text)
{
	const char *const *grammar = sentences_grammars(s);
	struct sentences_match m;

	EXPECT(*grammar && sentences_language(s) && sentences_intents(s));
	for (; *grammar; grammar++) {
		char *jsgf = sentences_grammar(s, *grammar);

		EXPECT(jsgf && strncmp(jsgf, "#JSGF", 5) == 0);
		free(jsgf);
		if (sentences_match(s, *grammar, text, &m))
			say(s, &m);
		else
			EXPECT(!m.slot_count);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = fuzz_line(&bytes, &n), error[4096];
	struct sentences *s;

	if (text && !memmem(bytes, n, "include", 7)) { /* files of this machine are none of our inputs */
		fuzz_file(path, "a.sentences", bytes, n);
		s = sentences_open(configuration(), "a", error, sizeof error);
		if (s)
			use(s, text);
		else
			EXPECT(strncmp(error, path, strlen(path)) == 0);
		sentences_close(s);
	}
	free(text);
	return 0;
}
