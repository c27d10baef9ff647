/* A grammar as the recogniser walks it: states, and words that lead from one to the next. Made of JSGF text, with two
 * kinds of words beyond the grammar's own: murmurs ("uh-huh"), which are whole utterances that say nothing, and
 * beginnings of words, which lead nowhere: by them the recogniser can tell in the middle of a word how well it fits. */
#ifndef NET_H
#define NET_H

#include <stdbool.h>
#include <stddef.h>

#include "automaton.h"
#include "recogniser.h"

#define NET_MARK '~' /* before the name of a murmur or of a word's beginning */

struct net {
	void *model; /* fsg_model_t */
	struct automaton words;
	int final, nowhere, murmured; /* states beyond those: of all ends, of words' beginnings, behind murmurs */
};

/* logmath is the decoder's. 0, or -1 with errno: EINVAL is a text that is no grammar. */
int net_open(struct net *n, const char *name, const char *jsgf, void *logmath);
void net_close(struct net *n); /* may be called twice */

/* Its words, in no order; NULL behind the last. */
const char *net_word(const struct net *n, size_t i);

/* A word that is a whole sentence, alone or behind another such; one that begins such and leads nowhere. */
void net_add_murmur(struct net *n, const char *word, double probability);
void net_add_murmur_beginning(struct net *n, const char *word, double probability);
/* Wherever `word` may be said, its beginning may be, and then nothing. */
void net_add_beginning(struct net *n, const char *word, const char *beginning);

/* What the words lead to. beginning: of a word that was broken off behind them, or NULL; then it is what the best of
 * the words leads to of which begins() says that they begin so. */
enum recogniser_reach net_reach(const struct net *n, const char *words, const char *beginning,
				bool (*begins)(const char *word, const char *beginning));

#endif
