/* What is said on a new connection: the greeting, or what was said so far, and then the caller's turn or the
 * assistant's. */
#ifndef OPENING_H
#define OPENING_H

struct bridge;

void opening_begin(struct bridge *b);
/* What was said before has become known only now. */
void opening_late(struct bridge *b);
/* Greets if it is time to and was not done. */
void opening_greet(struct bridge *b);
/* A brain before this one was lost, and what it had said is heard to its end, or nothing is: somebody waits for the
 * rest. */
void opening_go_on(struct bridge *b);
/* The answer that was cut, for a reason of ours, goes on; or the question that it was to answer is answered. */
void opening_resume(struct bridge *b, const char *why);
/* The model is told what a tool has answered that an earlier session had called. */
void opening_tool(struct bridge *b, const char *name, const char *output);
/* The model is told something that the caller does not hear; it is remembered, too. */
void opening_note(struct bridge *b, const char *text);
/* The same, and only this session has to know it. */
void opening_tell(struct bridge *b, const char *text);

#endif
