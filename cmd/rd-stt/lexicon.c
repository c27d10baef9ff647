#include "lexicon.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"

#define WORDS_MAX 4000u
#define NAME_BYTES (PRONOUNCE_BYTES + 8)
#define WAYS_MAX 10		/* to say a word */
#define MURMUR_PROBABILITY 40.0 /* of a sentence's: who listens murmurs more often than he interrupts */
#define UNSPEAKABLE "ZH ZH ZH"	/* a word that nobody knows how to say */

static const struct {
	const char *name, *phones;
} murmurs[] = {
	{ "~uh-huh", "AH HH AH" },
	{ "~uh-huh(2)", "AH N HH AH N" },
	{ "~uh-huh(3)", "AH HH AA" },
	{ "~mhm", "M HH M" },
	{ "~mhm(2)", "AH M HH AH M" },
	{ "~mhm(3)", "M HH AH M" },
	{ "~mm", "M M" },
	{ "~mm(2)", "HH M" },
	{ "~mm(3)", "HH AH M" },
	{ "~uh", "AH AH" },
	{ "~uh(2)", "ER" },
	{ "~ah", "AA" },
	{ "~ah(2)", "AA AA" },
	{ "~aha", "AA HH AA" },
	{ "~oh", "OW" },
	{ "~oh(2)", "OW OW" },
	{ "~yeah", "Y AE" },
	{ "~yeah(2)", "Y EH AH" },
	{ "~yep", "Y EH P" },
	{ "~okay", "OW K EY" },
	{ "~ok", "K EY" },
	{ "~right", "R AY T" },
	{ "~alright", "AO L R AY T" },
	{ "~i-see", "AY S IY" },
	{ "~um", "AH M" },
	{ "~huh", "HH AH" },
	{ "~yes", "Y EH S" },
	{ "~yup", "Y AH P" },
	{ "~sure", "SH UH R" },
	{ "~sure(2)", "SH ER" },
	{ "~wow", "W AW" },
	{ "~really", "R IH L IY" },
	{ "~really(2)", "R IY L IY" },
	{ "~got-it", "G AA T IH T" },
};

bool lexicon_is_murmur(const char *word)
{
	return word[0] == NET_MARK && (word[1] == NET_MARK || islower((unsigned char)word[1]));
}

bool lexicon_is_beginning(const char *word)
{
	return word[0] == NET_MARK && isupper((unsigned char)word[1]);
}

/* The n-th way to say a word, from 1: the first has its name, the others a count behind it. */
static const char *way(const char *word, int n, char name[NAME_BYTES])
{
	if (n == 1)
		(void)snprintf(name, NAME_BYTES, "%s", word);
	else
		(void)snprintf(name, NAME_BYTES, "%s(%d)", word, n);
	return name;
}

static void add_way(const struct lexicon *l, const char *word, const char *phones)
{
	char name[NAME_BYTES], known[PRONOUNCE_BYTES];
	int n = 1;

	while (n < WAYS_MAX && l->find(way(word, n, name), known)) {
		if (strcmp(known, phones) == 0)
			return;
		n++;
	}
	if (n < WAYS_MAX)
		l->add(name, phones);
}

void lexicon_murmurs(const struct lexicon *l)
{
	char known[PRONOUNCE_BYTES];

	for (size_t i = 0; i < sizeof murmurs / sizeof *murmurs; i++)
		if (!l->find(murmurs[i].name, known))
			l->add(murmurs[i].name, murmurs[i].phones);
}

/* --- words that the dictionary lacks */

struct missing {
	const struct lexicon *lexicon;
	const char **words;
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void on_found(void *ctx, size_t word, const char *phones)
{
	struct missing *m = ctx;

	add_way(m->lexicon, m->words[word], phones);
}

static int look_up(struct missing *m)
{
	char phones[PRONOUNCE_BYTES];

	if (m->count == 0)
		return 0;
	qsort(m->words, m->count, sizeof *m->words, by_name);
	if (pronounce_find(m->lexicon->file, m->words, m->count, on_found, m) < 0)
		return -1;
	for (size_t i = 0; i < m->count; i++)
		if (!m->lexicon->find(m->words[i], phones))
			m->lexicon->add(m->words[i], *pronounce_guess(m->words[i], phones) ? phones : UNSPEAKABLE);
	return 0;
}

/* What a telephone leaves of the two words that have to be heard, whoever says them. */
static const struct {
	const char *word, *phones;
} blurred[] = {
	{ "stop", "T AA P" }, { "stop", "S T AA" },   { "stop", "S T AO P" },
	{ "stop", "T AO P" }, { "stop", "S T AH P" }, { "help", "HH EH P" },
};

static void blur(const struct lexicon *l)
{
	char phones[PRONOUNCE_BYTES];

	for (size_t i = 0; i < sizeof blurred / sizeof *blurred; i++)
		if (l->find(blurred[i].word, phones))
			add_way(l, blurred[i].word, blurred[i].phones);
}

static int learn(const struct lexicon *l, const struct net *net)
{
	struct missing m = { l, calloc(WORDS_MAX, sizeof *m.words), 0 };
	char phones[PRONOUNCE_BYTES];
	int ok;

	if (!m.words)
		return -1;
	for (size_t i = 0; net_word(net, i) && m.count < WORDS_MAX; i++)
		if (!l->find(net_word(net, i), phones))
			m.words[m.count++] = net_word(net, i);
	ok = look_up(&m);
	blur(l);
	free(m.words);
	return ok;
}

/* --- beginnings */

/* A word for a beginning of so many letters of the phones: its name in `name`. */
static void add_beginning_word(const struct lexicon *l, const char *mark, const char *phones, size_t length,
			       char name[NAME_BYTES])
{
	char some[PRONOUNCE_BYTES], known[PRONOUNCE_BYTES];

	(void)snprintf(some, sizeof some, "%.*s", (int)length, phones);
	(void)snprintf(name, NAME_BYTES, "%s%s", mark, some);
	for (char *c = name; *c; c++)
		*c = *c == ' ' ? '_' : *c;
	if (!l->find(name, known))
		l->add(name, some);
}

/* The end of the beginning that is a phone longer; NULL: that is the whole. The shortest has two phones. */
static const char *longer(const char *phones, const char *end)
{
	const char *space = strchr(end ? end + 1 : phones, ' ');

	return !end && space ? strchr(space + 1, ' ') : space;
}

/* Each beginning of a pronunciation is a word of its own: "~S_T" of "stop". */
static void add_beginnings(const struct lexicon *l, struct net *net, const char *word, const char *phones)
{
	char name[NAME_BYTES];

	for (const char *end = longer(phones, NULL); end; end = longer(phones, end)) {
		add_beginning_word(l, "~", phones, (size_t)(end - phones), name);
		net_add_beginning(net, word, name);
	}
}

static void cut_words(const struct lexicon *l, struct net *net)
{
	char word[PRONOUNCE_BYTES], name[NAME_BYTES], phones[PRONOUNCE_BYTES];
	size_t count = 0;

	while (net_word(net, count))
		count++;
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(word, sizeof word, "%s", net_word(net, i));
		for (int n = 1; n < WAYS_MAX && l->find(way(word, n, name), phones); n++)
			add_beginnings(l, net, word, phones);
	}
}

bool lexicon_begins(const struct lexicon *l, const char *word, const char *beginning)
{
	char name[NAME_BYTES], phones[PRONOUNCE_BYTES];
	size_t length = strlen(beginning + 1);

	for (int n = 1; n < WAYS_MAX && l->find(way(word, n, name), phones); n++) {
		for (char *c = phones; *c; c++)
			*c = *c == ' ' ? '_' : *c;
		if (strncmp(phones, beginning + 1, length) == 0 && phones[length] == '_')
			return true;
	}
	return false;
}

/* --- murmurs */

/* The same of a murmur's, whose names have the mark twice: what may become one is none yet. */
static void add_murmur_beginnings(const struct lexicon *l, struct net *net, const char *phones)
{
	char name[NAME_BYTES];

	for (const char *end = longer(phones, NULL); end; end = longer(phones, end)) {
		add_beginning_word(l, "~~", phones, (size_t)(end - phones), name);
		net_add_murmur_beginning(net, name, MURMUR_PROBABILITY);
	}
}

/* What is a sentence of the grammar is no murmur there. */
static void add_murmurs(const struct lexicon *l, struct net *net)
{
	char word[32];

	for (size_t i = 0; i < sizeof murmurs / sizeof *murmurs; i++) {
		(void)snprintf(word, sizeof word, "%.*s", (int)strcspn(murmurs[i].name, "("), murmurs[i].name);
		if (net_reach(net, word + 1, NULL, NULL) >= REACH_WHOLE)
			continue;
		if (strcmp(word, murmurs[i].name) == 0)
			net_add_murmur(net, word, MURMUR_PROBABILITY);
		add_murmur_beginnings(l, net, murmurs[i].phones);
	}
}

int lexicon_teach(const struct lexicon *l, struct net *net)
{
	if (learn(l, net) < 0)
		return -1;
	cut_words(l, net);
	add_murmurs(l, net);
	return 0;
}
