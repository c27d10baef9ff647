/* What the model may call: tools.list, said when the tools have answered (or are slow), on every change, and for a
 * hello. */
#ifndef LIST_H
#define LIST_H

#include "secrets.h"
#include "stage.h"
#include "toolbox.h"

struct mcp;

struct list { /* zeroed, then list_open */
	struct stage *stage;
	struct toolbox *box;
	const struct secrets *secrets;
	const struct mcp *mcp; /* the tools of MCP servers; NULL: none */
	long rev;	       /* of what was said last; the lives of a stage count on */
	bool said;
	struct timer slow;
};

void list_open(struct list *l, struct stage *s, struct toolbox *box, const struct secrets *secrets);

/* The box was opened, or one of its tools has answered. */
void list_changed(struct list *l);

/* Says it as it is, if it was said at all yet. */
void list_say(struct list *l);

#endif
