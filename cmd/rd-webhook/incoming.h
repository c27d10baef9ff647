/* /twiml: a call comes in. Who calls, who answers, whether there is room; then the call's folder is made and its ring
 * asked for. Strangers and those who call too often are turned away before anything is started, at no cost. */
#ifndef INCOMING_H
#define INCOMING_H

struct exchange;

void incoming_serve(struct exchange *x);

#endif
