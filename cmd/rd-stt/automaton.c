#include "automaton.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* --- a growing list of numbers */

struct list {
	int *of;
	size_t n, room;
	bool failed;
};

static void push(struct list *l, int value)
{
	if (l->n == l->room) {
		size_t room = l->room ? l->room * 2 : 64;
		int *more = realloc(l->of, room * sizeof *more);

		if (!more) {
			l->failed = true;
			return;
		}
		l->of = more;
		l->room = room;
	}
	l->of[l->n++] = value;
}

static int by_number(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static int by_from(const void *a, const void *b)
{
	const struct automaton_arc *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->word != y->word)
		return x->word < y->word ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

/* The first arc of a state. */
static size_t arcs_of(const struct automaton_arc *arcs, size_t count, int state)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (arcs[middle].from < state)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* --- one state for each set of states that the same words lead to */

struct subsets {
	const struct automaton_arc *arcs; /* of the many, sorted */
	size_t count;
	int final;
	struct list members; /* of all sets, one behind the other */
	struct list begins;  /* of each set, in members; one more at the end */
	struct list seen;    /* by the many's states: a round's mark */
	int round;
	int *table; /* set + 1 by its hash; 0: free */
	size_t table_size;
	struct list out; /* from, word, to; three numbers an arc */
};

static uint64_t hash(const int *members, size_t n)
{
	uint64_t h = 1469598103934665603u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint64_t)members[i]) * 1099511628211u;
	return h ^ h >> 29;
}

/* Adds to the set under way a state, and those that nothing but itself leads to. */
static void add_closure(struct subsets *s, int state)
{
	size_t at = s->members.n;

	if (s->seen.of[state] == s->round)
		return;
	s->seen.of[state] = s->round;
	push(&s->members, state);
	for (; at < s->members.n && !s->members.failed; at++) {
		int from = s->members.of[at];

		for (size_t i = arcs_of(s->arcs, s->count, from); i < s->count && s->arcs[i].from == from; i++) {
			if (s->arcs[i].word != AUTOMATON_EMPTY || s->seen.of[s->arcs[i].to] == s->round)
				continue;
			s->seen.of[s->arcs[i].to] = s->round;
			push(&s->members, s->arcs[i].to);
		}
	}
}

/* The set that stands at the end of members gets its number, or that of its equal. -1: too many, or no memory. */
static int settle(struct subsets *s)
{
	size_t first = (size_t)s->begins.of[s->begins.n - 1], n = s->members.n - first;
	int *members = s->members.of ? s->members.of + first : NULL;
	size_t slot;

	if (!members || s->members.failed || s->begins.failed || s->members.n > INT32_MAX)
		return errno = ENOMEM, -1;
	qsort(members, n, sizeof *members, by_number);
	for (slot = hash(members, n) % s->table_size; s->table[slot]; slot = (slot + 1) % s->table_size) {
		int other = s->table[slot] - 1;
		size_t begin = (size_t)s->begins.of[other], length = (size_t)s->begins.of[other + 1] - begin;

		if (length == n && memcmp(s->members.of + begin, members, n * sizeof *members) == 0) {
			s->members.n = first;
			return other;
		}
	}
	if (s->begins.n > AUTOMATON_STATES_MAX)
		return errno = E2BIG, -1;
	s->table[slot] = (int)s->begins.n;
	push(&s->begins, (int)s->members.n);
	return (int)s->begins.n - 2;
}

static int by_word(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return x[0] != y[0] ? (x[0] > y[0]) - (x[0] < y[0]) : (x[1] > y[1]) - (x[1] < y[1]);
}

/* All that words lead to from a set: pairs of word and state, sorted. */
static void collect(const struct subsets *s, int set, struct list *pairs)
{
	pairs->n = 0;
	for (int m = s->begins.of[set]; m < s->begins.of[set + 1]; m++) {
		int from = s->members.of[m];

		for (size_t i = arcs_of(s->arcs, s->count, from); i < s->count && s->arcs[i].from == from; i++) {
			if (s->arcs[i].word == AUTOMATON_EMPTY)
				continue;
			push(pairs, s->arcs[i].word);
			push(pairs, s->arcs[i].to);
		}
	}
	if (pairs->n)
		qsort(pairs->of, pairs->n / 2, 2 * sizeof *pairs->of, by_word);
}

static int expand(struct subsets *s, int set, struct list *pairs)
{
	collect(s, set, pairs);
	for (size_t i = 0; i < pairs->n;) {
		int word = pairs->of[i], to;

		s->round++;
		for (; i < pairs->n && pairs->of[i] == word; i += 2)
			add_closure(s, pairs->of[i + 1]);
		to = settle(s);
		if (to < 0)
			return -1;
		push(&s->out, set);
		push(&s->out, to);
		push(&s->out, word);
	}
	return pairs->failed || s->out.failed ? (errno = ENOMEM, -1) : 0;
}

static int subsets_make(struct subsets *s, int states, int start)
{
	struct list pairs = { 0 };
	int ok = 0;

	s->table_size = AUTOMATON_STATES_MAX * 4 + 1;
	s->table = calloc(s->table_size, sizeof *s->table);
	for (int i = 0; i < states; i++)
		push(&s->seen, 0);
	push(&s->begins, 0);
	if (!s->table || !s->seen.of || !s->begins.of || s->seen.failed)
		return errno = ENOMEM, -1;
	s->round = 1;
	add_closure(s, start);
	ok = settle(s);
	for (int set = 0; ok >= 0 && set < (int)s->begins.n - 1; set++)
		ok = expand(s, set, &pairs);
	free(pairs.of);
	return ok < 0 ? -1 : 0;
}

static void subsets_free(struct subsets *s)
{
	free(s->members.of);
	free(s->begins.of);
	free(s->seen.of);
	free(s->out.of);
	free(s->table);
}

static bool is_final(const struct subsets *s, int set)
{
	for (int m = s->begins.of[set]; m < s->begins.of[set + 1]; m++)
		if (s->members.of[m] == s->final)
			return true;
	return false;
}

/* --- states that take the same from here on are one */

/* What tells a state from others: its class, and of each arc the word and the class that it leads to. */
static void describe(const struct automaton *a, const int *class, int state, struct list *out)
{
	out->n = 0;
	push(out, class[state]);
	for (size_t i = arcs_of(a->arcs, a->count, state); i < a->count && a->arcs[i].from == state; i++) {
		push(out, a->arcs[i].word);
		push(out, class[a->arcs[i].to]);
	}
}

/* Splits the classes by what their members lead to; how many there are then, -1 without memory. */
static int refine(const struct automaton *a, const int *class, int *finer)
{
	size_t size = (size_t)a->states * 4 + 1;
	int *table = calloc(size, sizeof *table), *first = calloc((size_t)a->states + 1, sizeof *first);
	struct list one = { 0 }, other = { 0 };
	int count = 0;

	for (int state = 0; table && first && state < a->states; state++) {
		size_t slot;

		describe(a, class, state, &one);
		for (slot = hash(one.of, one.n) % size; table[slot]; slot = (slot + 1) % size) {
			describe(a, class, first[table[slot] - 1], &other);
			if (one.n == other.n && memcmp(one.of, other.of, one.n * sizeof *one.of) == 0)
				break;
		}
		if (!table[slot]) {
			first[count] = state;
			table[slot] = ++count;
		}
		finer[state] = table[slot] - 1;
	}
	if (!table || !first || one.failed || other.failed)
		count = -1;
	free(table);
	free(first);
	free(one.of);
	free(other.of);
	return count;
}

/* The classes become the states; the first state is in the first class. */
static void merge(struct automaton *a, const int *class, int count)
{
	size_t n = 0;

	for (size_t i = 0; i < a->count; i++)
		a->arcs[i] = (struct automaton_arc){ class[a->arcs[i].from], class[a->arcs[i].to], a -> arcs[i].word };
	qsort(a->arcs, a->count, sizeof *a->arcs, by_from);
	for (size_t i = 0; i < a->count; i++)
		if (i == 0 || by_from(&a->arcs[i], &a->arcs[n - 1]) != 0)
			a->arcs[n++] = a->arcs[i];
	a->count = n;
	for (int state = 0; state < a->states; state++) /* a class is never behind its first member */
		a->accepts[class[state]] = a->accepts[state];
	a->states = count;
}

static int minimise(struct automaton *a)
{
	int *class = calloc((size_t)a->states, sizeof *class), *finer = calloc((size_t)a->states, sizeof *finer);
	int count = 0, before = -1;

	for (int state = 0; class && finer && state < a->states; state++)
		class[state] = a->accepts[state];
	while (class && finer && count >= 0 && count != before) {
		before = count;
		count = refine(a, class, finer);
		memcpy(class, finer, (size_t)a->states * sizeof *class);
	}
	if (class && finer && count > 0)
		merge(a, class, count);
	else
		count = -1;
	free(class);
	free(finer);
	return count < 0 ? (errno = ENOMEM, -1) : 0;
}

/* --- both */

static int take_over(struct automaton *a, const struct subsets *s)
{
	a->states = (int)s->begins.n - 1;
	a->count = s->out.n / 3;
	a->arcs = calloc(a->count + 1, sizeof *a->arcs);
	a->accepts = calloc((size_t)a->states, sizeof *a->accepts);
	if (!a->arcs || !a->accepts)
		return errno = ENOMEM, -1;
	for (size_t i = 0; i < a->count; i++)
		a->arcs[i] = (struct automaton_arc){ s->out.of[3 * i], s->out.of[3 * i + 1], s->out.of[3 * i + 2] };
	for (int set = 0; set < a->states; set++)
		a->accepts[set] = is_final(s, set);
	return 0;
}

int automaton_open(struct automaton *a, const struct automaton_arc *arcs, size_t count, int states, int start,
		   int final)
{
	struct automaton_arc *sorted = calloc(count + 1, sizeof *sorted);
	struct subsets s = { .arcs = sorted, .count = count, .final = final };
	int ok = -1;

	*a = (struct automaton){ 0 };
	if (!sorted)
		return -1;
	if (count)
		memcpy(sorted, arcs, count * sizeof *arcs);
	qsort(sorted, count, sizeof *sorted, by_from);
	if (subsets_make(&s, states, start) == 0 && take_over(a, &s) == 0)
		ok = minimise(a);
	subsets_free(&s);
	free(sorted);
	if (ok < 0)
		automaton_close(a);
	return ok;
}

void automaton_close(struct automaton *a)
{
	free(a->arcs);
	free(a->accepts);
	*a = (struct automaton){ 0 };
}

int automaton_next(const struct automaton *a, int state, int word)
{
	for (size_t i = arcs_of(a->arcs, a->count, state); i < a->count && a->arcs[i].from == state; i++)
		if (a->arcs[i].word == word)
			return a->arcs[i].to;
	return -1;
}

bool automaton_goes_on(const struct automaton *a, int state)
{
	size_t i = arcs_of(a->arcs, a->count, state);

	return i < a->count && a->arcs[i].from == state;
}
