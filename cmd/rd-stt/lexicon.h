/* The recogniser's dictionary: just the words of the grammars, each with the ways in which it is said, the beginnings
 * of all of them, and the murmurs of those who listen. */
#ifndef LEXICON_H
#define LEXICON_H

#include <stdbool.h>
#include <stddef.h>

#include "pronounce.h"

struct net;

struct lexicon { /* the decoder's dictionary, and a file to look words up in */
	bool (*find)(const char *word, char phones[PRONOUNCE_BYTES]);
	void (*add)(const char *word, const char *phones);
	const char *file;
};

/* Before the nets: the murmurs themselves. */
void lexicon_murmurs(const struct lexicon *l);

/* Makes the dictionary know all words of a net, and the net the beginnings of words and the murmurs. 0, or -1 with
 * errno: the file cannot be read, or no memory. */
int lexicon_teach(const struct lexicon *l, struct net *net);

/* What a word of a net's own making is. */
bool lexicon_is_murmur(const char *word);    /* or the beginning of one */
bool lexicon_is_beginning(const char *word); /* of a word that is none */

/* Whether a word begins as lexicon_is_beginning() named it. */
bool lexicon_begins(const struct lexicon *l, const char *word, const char *beginning);

#endif
