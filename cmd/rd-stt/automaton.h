/* A grammar made small: arcs with words between states, as a compiler of grammars leaves them, become the fewest states
 * that take the same sentences, from each of which a word leads to one state only. The recogniser's work in each 10 ms
 * grows with the states. Knows nothing of words but their numbers. */
#ifndef AUTOMATON_H
#define AUTOMATON_H

#include <stdbool.h>
#include <stddef.h>

#define AUTOMATON_STATES_MAX 20000 /* on the way to the fewest */
#define AUTOMATON_EMPTY (-1)	   /* of an arc: leads on without a word */

struct automaton_arc {
	int from, to, word;
};

struct automaton { /* zeroed is closed */
	int states;
	struct automaton_arc *arcs; /* by `from`, then by word */
	size_t count;
	bool *accepts; /* a sentence may end in this state; the first is where it begins */
};

/* From arcs in any order. 0, or -1 with errno: ENOMEM, or E2BIG: more states than may be. */
int automaton_open(struct automaton *a, const struct automaton_arc *arcs, size_t count, int states, int start,
		   int final);
void automaton_close(struct automaton *a); /* may be called twice */

/* Where a word leads from a state; -1: nowhere. Whether any leads on. */
int automaton_next(const struct automaton *a, int state, int word);
bool automaton_goes_on(const struct automaton *a, int state);

#endif
