#include "net.h"

#include <errno.h>
#include <sphinxbase/fsg_model.h>
#include <sphinxbase/jsgf.h>
#include <stdlib.h>
#include <string.h>

#define AGAIN_PROBABILITY 1e-4	   /* of a murmur behind another */
#define BEGINNING_PROBABILITY 1e-2 /* else the end of a word that was spoken softly counts as missing */

/* --- from text to the fewest states */

static fsg_model_t *compile(const char *jsgf, void *logmath)
{
	jsgf_t *grammar = jsgf_parse_string(jsgf, NULL);
	jsgf_rule_t *rule = grammar ? jsgf_get_public_rule(grammar) : NULL;
	fsg_model_t *model = rule ? jsgf_build_fsg_raw(grammar, rule, logmath, 1.0f) : NULL;

	if (grammar)
		jsgf_grammar_free(grammar);
	if (!model)
		errno = EINVAL;
	return model;
}

static size_t list_arcs(fsg_model_t *model, struct automaton_arc *arcs)
{
	size_t n = 0;

	for (int state = 0; state < model->n_state; state++) {
		for (fsg_arciter_t *i = fsg_model_arcs(model, state); i; i = fsg_arciter_next(i)) {
			const fsg_link_t *arc = fsg_arciter_get(i);

			if (arcs)
				arcs[n] = (struct automaton_arc){ state, arc->to_state,
								  arc->wid < 0 ? AUTOMATON_EMPTY : arc->wid };
			n++;
		}
	}
	return n;
}

static int minimise(struct automaton *a, fsg_model_t *model)
{
	size_t count = list_arcs(model, NULL);
	struct automaton_arc *arcs = calloc(count + 1, sizeof *arcs);
	int ok = -1;

	if (!arcs)
		return -1;
	list_arcs(model, arcs);
	ok = automaton_open(a, arcs, count, model->n_state, model->start_state, model->final_state);
	free(arcs);
	return ok;
}

/* --- the net */

static void build(struct net *n, const char *name, const fsg_model_t *from)
{
	fsg_model_t *model;

	n->final = n->words.states;
	n->nowhere = n->words.states + 1;
	n->murmured = n->words.states + 2;
	model = fsg_model_init(name, from->lmath, 1.0f, n->words.states + 3);
	model->start_state = 0;
	model->final_state = n->final;
	for (int i = 0; i < from->n_word; i++)
		(void)fsg_model_word_add(model, from->vocab[i]); /* in the same order: with the same numbers */
	for (size_t i = 0; i < n->words.count; i++)
		fsg_model_trans_add(model, n->words.arcs[i].from, n->words.arcs[i].to, 0, n->words.arcs[i].word);
	for (int state = 0; state < n->words.states; state++)
		if (n->words.accepts[state])
			(void)fsg_model_null_trans_add(model, state, n->final, 0);
	(void)fsg_model_null_trans_add(model, n->murmured, n->final, 0);
	n->model = model;
}

int net_open(struct net *n, const char *name, const char *jsgf, void *logmath)
{
	fsg_model_t *model = compile(jsgf, logmath);
	int ok = -1;

	*n = (struct net){ 0 };
	if (!model)
		return -1;
	ok = minimise(&n->words, model);
	if (ok == 0)
		build(n, name, model);
	fsg_model_free(model);
	return ok;
}

void net_close(struct net *n)
{
	if (n->model)
		fsg_model_free(n->model);
	automaton_close(&n->words);
	*n = (struct net){ 0 };
}

const char *net_word(const struct net *n, size_t i)
{
	const fsg_model_t *model = n->model;

	return i < (size_t)model->n_word ? model->vocab[i] : NULL;
}

/* One murmur may follow another. */
static void add_murmur(struct net *n, const char *word, double probability, int to)
{
	fsg_model_t *model = n->model;
	int wid = fsg_model_word_add(model, word);

	fsg_model_trans_add(model, 0, to, logmath_log(model->lmath, probability), wid);
	fsg_model_trans_add(model, n->murmured, to, logmath_log(model->lmath, AGAIN_PROBABILITY), wid);
}

void net_add_murmur(struct net *n, const char *word, double probability)
{
	add_murmur(n, word, probability, n->murmured);
}

void net_add_murmur_beginning(struct net *n, const char *word, double probability)
{
	add_murmur(n, word, probability, n->nowhere);
}

void net_add_beginning(struct net *n, const char *word, const char *beginning)
{
	int wid = fsg_model_word_id(n->model, (char *)word), cut = fsg_model_word_add(n->model, beginning);
	int log = logmath_log(((fsg_model_t *)n->model)->lmath, BEGINNING_PROBABILITY);

	for (size_t i = 0; i < n->words.count; i++)
		if (n->words.arcs[i].word == wid)
			fsg_model_trans_add(n->model, n->words.arcs[i].from, n->nowhere, log, cut);
}

/* --- where words lead */

/* -1: nowhere. */
static int follow(const struct net *n, const char *words)
{
	char word[128];
	int state = 0;

	for (const char *at = words + strspn(words, " "); *at && state >= 0; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");
		int wid = -1;

		if (length < sizeof word) {
			memcpy(word, at, length);
			word[length] = 0;
			wid = fsg_model_word_id(n->model, word);
		}
		state = wid < 0 ? -1 : automaton_next(&n->words, state, wid);
		at += length;
	}
	return state;
}

static enum recogniser_reach reach_of(const struct net *n, int state)
{
	if (state < 0 || !n->words.accepts[state])
		return REACH_BEGUN;
	return automaton_goes_on(&n->words, state) ? REACH_WHOLE : REACH_CLOSED;
}

enum recogniser_reach net_reach(const struct net *n, const char *words, const char *beginning,
				bool (*begins)(const char *word, const char *beginning))
{
	enum recogniser_reach best = REACH_BEGUN, reach;
	int state = follow(n, words);

	if (!beginning)
		return words[strspn(words, " ")] ? reach_of(n, state) : REACH_NOTHING;
	for (size_t i = 0; state >= 0 && i < n->words.count; i++) {
		if (n->words.arcs[i].from != state || !begins(net_word(n, (size_t)n->words.arcs[i].word), beginning))
			continue;
		reach = reach_of(n, n->words.arcs[i].to);
		if (reach > best)
			best = reach;
	}
	return best;
}
