#include "script.h"

#include <string.h>

void script_open(struct script *s, const char *text, size_t n, const char *language)
{
	*s = (struct script){ .at = text, .end = text + n, .language = say_language(language) };
}

/* ``` begins or ends lines that are not for ears. */
static bool is_fence(const struct token *t)
{
	return t->n >= 3 && memcmp(t->at, "```", 3) == 0;
}

static bool toggles(const struct token *t)
{
	return is_fence(t) &&
	       !(t->n > 6 && memcmp(t->at + t->n - 3, "```", 3) == 0); /* opened and closed in one word */
}

/* Tokens that may be understood together: on one line, nothing but a comma between them. */
static size_t look_ahead(const struct script *s, struct token tokens[SAY_TOKENS])
{
	size_t n = 0;

	if (!token_read(&tokens[0], s->at, s->end))
		return 0;
	for (n = 1; n < SAY_TOKENS; n++) {
		const struct token *before = &tokens[n - 1];

		if (before->breaks || strchr("!?", before->stop ? before->stop : '-') || is_fence(before) ||
		    (before->stop == '.' && !before->dots) || !token_read(&tokens[n], before->next, s->end))
			break;
	}
	return n;
}

/* Where a sentence, or a part of one that has grown long, may end behind a token. */
static bool ends_here(const struct script *s, const struct script_sentence *out, const struct token *last, char stop)
{
	size_t most = s->begun ? SCRIPT_CHARACTERS : SCRIPT_FIRST_CHARACTERS;

	if (out->spoken.words == 0)
		return false;
	if (out->count == SCRIPT_GROUPS || out->spoken.n > 2 * most || out->spoken.n > SAY_ROOM / 2)
		return true;
	if (stop == ',')
		return out->spoken.n > most / 4 * 3;
	return stop || last->breaks || out->spoken.n > most / 4 * 5;
}

bool script_next(struct script *s, struct script_sentence *out)
{
	struct token tokens[SAY_TOKENS];
	size_t n, taken;

	out->text = s->at;
	out->count = 0;
	say_clear(&out->spoken);
	while ((n = look_ahead(s, tokens))) {
		unsigned before = out->spoken.words;
		const struct token *last = tokens;
		char stop = 0;

		if (toggles(tokens)) {
			s->code = !s->code;
		} else if (!s->code && !is_fence(tokens)) {
			taken = say_tokens(&out->spoken, s->language, tokens, n, &stop);
			last = &tokens[taken - 1];
		}
		s->at = last->next;
		if (out->spoken.words > before) {
			struct script_group *g = &out->groups[out->count++];

			g->end = (unsigned)(last->at + last->n - out->text);
			g->words = out->spoken.words;
		}
		if (ends_here(s, out, last, stop))
			break;
	}
	if (!n)
		s->at = s->end; /* spaces behind the last word */
	out->bytes = (size_t)(s->at - out->text);
	s->begun = true;
	return out->bytes > 0;
}
