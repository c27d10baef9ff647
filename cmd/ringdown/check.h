/* ringdown -t: checks the configuration, prints what is in effect and the joined instructions of an agent. Touches
 * nothing. */
#ifndef CHECK_H
#define CHECK_H

int check_configuration(const char *config_option, const char *agent); /* the exit status */

#endif
