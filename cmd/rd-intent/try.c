#include "try.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "sentences.h"

#define LINE_BYTES 4096

void try_check(const struct conf *conf, const char *agent)
{
	char errors[8192];
	struct sentences *s = sentences_open(conf, agent, errors, sizeof errors);
	const char *const *names;

	if (!s) {
		log_lines(errors);
		log_die(100, "the sentences cannot be used");
	}
	printf("# sentences: %s, language %s, %zu intents; grammars:", sentences_file(s), sentences_language(s),
	       sentences_intents(s));
	for (names = sentences_grammars(s); *names; names++)
		printf(" %s", *names);
	printf("\n");
	sentences_close(s);
}

/* What would be asked first, or said. */
static char *first_words(const struct sentences *s, const struct sentences_match *m)
{
	const char *text = m->intent->ask ? m->intent->ask : m->intent->say_count ? m->intent->says[0] : NULL;

	for (size_t n = 0; n < m->intent->need_count; n++)
		if (!sentences_slot(m, m->intent->needs[n].slot)) {
			text = m->intent->needs[n].question;
			break;
		}
	return text ? sentences_fill(s, text, m, NULL, (time_t)clock_unix_s()) : NULL;
}

static void try_line(const struct sentences *s, const char *grammar, const char *line)
{
	struct sentences_match m;
	struct cJSON *slots = cJSON_CreateObject(), *out;
	bool found = sentences_match(s, grammar, line, &m) == 1;
	char *words = found ? first_words(s, &m) : NULL, *text;

	for (size_t n = 0; n < m.slot_count; n++)
		cJSON_AddStringToObject(slots, m.slots[n].name, m.slots[n].text);
	out = json_make("grammar:s", grammar);
	cJSON_AddItemToObject(out, "intent", found ? cJSON_CreateString(m.intent->name) : cJSON_CreateNull());
	cJSON_AddItemToObject(out, "slots", slots);
	if (words)
		cJSON_AddStringToObject(out, "says", words);
	text = json_print(out);
	printf("%s\n", text ? text : "{}");
	fflush(stdout);
	free(text);
	free(words);
}

/* Standard input may have been made non-blocking for a stage. */
static ssize_t read_some(char *buf, size_t size)
{
	for (;;) {
		struct pollfd p = { .fd = 0, .events = POLLIN };
		ssize_t n = read(0, buf, size);

		if (n >= 0 || (errno != EAGAIN && errno != EINTR))
			return n;
		(void)poll(&p, 1, -1);
	}
}

static int print_grammar(const struct sentences *s, const char *grammar)
{
	char *text = sentences_grammar(s, grammar);

	if (!text) {
		fprintf(stderr, "rd-intent: error: no grammar %s\n", grammar);
		return 100;
	}
	fputs(text, stdout);
	free(text);
	return 0;
}

int try_match(const struct sentences *s, const char *grammar)
{
	char line[LINE_BYTES];
	size_t used = 0;
	bool any = false;
	ssize_t n;

	while ((n = read_some(line + used, sizeof line - 1 - used)) > 0) {
		char *begin = line, *end;

		any = true;
		used += (size_t)n;
		line[used] = '\0';
		while ((end = strchr(begin, '\n'))) {
			*end = '\0';
			try_line(s, grammar ? grammar : "main", begin);
			begin = end + 1;
		}
		used -= (size_t)(begin - line);
		memmove(line, begin, used + 1);
		if (used == sizeof line - 1)
			used = 0;
	}
	if (used)
		try_line(s, grammar ? grammar : "main", line);
	return any || !grammar ? 0 : print_grammar(s, grammar);
}
