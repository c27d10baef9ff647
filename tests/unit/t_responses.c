#include "../../cmd/rd-bridge/responses.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* A story is a line of steps, each a letter; a letter that sends something is followed by what must go out:
 *   a   a plain answer is wanted          A   words are wanted
 *   >   what goes out now: p plain, w words, - nothing
 *   c   created, knows all (r1)           d   created, does not know all (r1)
 *   f   over (r1)                         o   over, another one (r9)
 *   b   ours was refused: busy            e   ours was refused: an error
 *   x   we cancel: y a cancel goes out, - none
 *   X   the cancel was refused            h H held, not held any more
 *   R   a new connection                  !   created, and it must be cancelled at once */
static const struct {
	const char *what, *story;
	enum responses_state end;
} stories[] = {
	{ "nothing is wanted", ">-", RESPONSES_FREE },
	{ "one answer", "a>pcf>-", RESPONSES_FREE },
	{ "one after the other", "A>wA>-c>-f>wcf>-", RESPONSES_FREE },
	{ "plain ones are one", "aaa>pcf>-", RESPONSES_FREE },
	{ "words keep their order behind a plain one", "aA>pcf>wcf>-", RESPONSES_FREE },
	{ "the server's own comes first: what waits is answered by it", "hacH>-f>-", RESPONSES_FREE },
	{ "unless it did not know all", "hadH>-f>pcf>-", RESPONSES_FREE },
	{ "the server's own does not say our words", "hAcH>-f>wcf>-", RESPONSES_FREE },
	{ "race lost: created is another's, ours refused, asked again after it", "A>wcb>-f>wcf>-", RESPONSES_FREE },
	{ "race lost before created is seen", "A>wbc>-f>wcf>-", RESPONSES_FREE },
	{ "race lost, but the other knows all", "a>pcb>-f>-", RESPONSES_FREE },
	{ "race lost, the other does not know all", "a>pdb>-f>pcf>-", RESPONSES_FREE },
	{ "race lost with another plain one waiting: one of them", "a>pabf>pcf>-", RESPONSES_FREE },
	{ "refused for good", "A>wAe>wcf>-", RESPONSES_FREE },
	{ "a refusal of what was accepted long ago changes nothing", "A>wcfb>-", RESPONSES_FREE },
	{ "over without having been created", "A>wf>-", RESPONSES_FREE },
	{ "another one's end is not ours", "A>wco>-f>-", RESPONSES_FREE },
	{ "the server's own, over", "cf>-", RESPONSES_FREE },
	{ "the end of nothing", "f>-o>-", RESPONSES_FREE },
	{ "cancelled while it is written", "A>wcxyx-A>-f>wcf", RESPONSES_FREE },
	{ "cancelled before it was created", "A>wx-!A>-f>wcf", RESPONSES_FREE },
	{ "cancelled twice before", "A>wx-x-!f>-", RESPONSES_FREE },
	{ "nothing to cancel", "x-A>wcfx->-", RESPONSES_FREE },
	{ "the cancel crosses the end", "A>wcxyfX>-", RESPONSES_FREE },
	{ "the server knows of nothing to cancel", "A>wcxyXA>w", RESPONSES_REQUESTED },
	{ "held", "hA>-H>w", RESPONSES_REQUESTED },
	{ "a new connection: what was not created waits again", "A>wR>wcf>-", RESPONSES_FREE },
	{ "a new connection: what was created is gone", "A>wcR>-", RESPONSES_FREE },
	{ "a new connection: what waits still waits", "A>wcAR>w", RESPONSES_REQUESTED },
	{ "a new connection while held", "hAR>w", RESPONSES_REQUESTED },
};

static void assert_sends(struct responses *r, char wanted, const char *what)
{
	const struct responses_wish *w = responses_next(r);
	char got = w ? (w->words[0] ? 'w' : 'p') : '-';

	if (got != wanted)
		fail_msg("%s: %c goes out where %c should", what, got, wanted);
}

static void step(struct responses *r, const char **p, const char *what)
{
	switch (**p) {
	case 'a': assert_int_equal(responses_ask(r, NULL), 0); break;
	case 'A': assert_int_equal(responses_ask(r, "Say this."), 0); break;
	case '>': assert_sends(r, *++*p, what); break;
	case 'c': assert_false(responses_created(r, "r1", true)); break;
	case 'd': assert_false(responses_created(r, "r1", false)); break;
	case '!': assert_true(responses_created(r, "r1", true)); break;
	case 'f': responses_done(r, "r1"); break;
	case 'o': responses_done(r, "r9"); break;
	case 'b': responses_refused(r, r->sent.number, true); break;
	case 'e': responses_refused(r, r->sent.number, false); break;
	case 'x': assert_int_equal(responses_cancel(r), *++*p == 'y'); break;
	case 'X': responses_cancel_refused(r); break;
	case 'h': r->held = true; break;
	case 'H': r->held = false; break;
	case 'R': responses_restart(r); break;
	default: fail_msg("%s: no step %c", what, **p);
	}
}

static void stories_end_well(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
		struct responses r = { 0 };

		for (const char *p = stories[i].story; *p; p++)
			step(&r, &p, stories[i].what);
		if (r.state != stories[i].end)
			fail_msg("%s: ends in state %d", stories[i].what, r.state);
	}
}

static void the_queue_is_bounded(void **state)
{
	static char words[RESPONSES_WORDS + 1];
	struct responses r = { 0 };

	(void)state;
	for (int i = 0; i < RESPONSES_QUEUE; i++)
		assert_int_equal(responses_ask(&r, "Say this."), 0);
	assert_int_equal(responses_ask(&r, "Say this."), -1);
	assert_int_equal(responses_ask(&r, NULL), -1);
	assert_true(responses_next(&r) != NULL);
	memset(words, 'x', sizeof words - 1);
	assert_int_equal(responses_ask(&r, words), -1);
	words[RESPONSES_WORDS - 1] = 0;
	assert_int_equal(responses_ask(&r, words), 0);
	assert_false(responses_idle(&r));
}

static void a_refusal_names_its_wish(void **state)
{
	struct responses r = { 0 };

	(void)state;
	assert_int_equal(responses_ask(&r, NULL), 0);
	assert_non_null(responses_next(&r));
	responses_refused(&r, r.sent.number + 5, true);
	assert_int_equal(r.queued, 0);
	responses_refused(&r, 0, true); /* a server that does not say which: it can only be this one */
	assert_int_equal(r.queued, 1);
	assert_int_equal(r.state, RESPONSES_ACTIVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stories_end_well),
		cmocka_unit_test(the_queue_is_bounded),
		cmocka_unit_test(a_refusal_names_its_wish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
