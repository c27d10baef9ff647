/* Looks for children that live and do not work: a stage that lets frames wait at its input, a service that does not
 * answer. Both are killed and started again, as if they had died by themselves. */
#ifndef PULSE_H
#define PULSE_H

struct super;

void pulse_start(struct super *s);

#endif
