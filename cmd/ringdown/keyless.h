/* Who answers where there is no key: with an empty configuration, or while the key of the default agent's model is
 * found nowhere, the agent "offline", which needs neither key nor network. */
#ifndef KEYLESS_H
#define KEYLESS_H

#include <stdbool.h>
#include <stddef.h>

struct conf;
struct super;

/* Makes "offline" the default agent where that is so; then why says so in a line. Reads secrets, keeps none. */
bool keyless_default(struct super *s, struct conf *conf, char *why, size_t size);

#endif
