/* Secrets are named in the configuration and never written there. A name is looked for in $CREDENTIALS_DIRECTORY/NAME
 * (or secrets_NAME there, from a folder that was loaded whole), /etc/ringdown/secrets/NAME and the environment; a
 * program takes its own, then the place in the environment is empty. */
#ifndef SECRET_H
#define SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_MAX_BYTES 4096u /* with its NUL */

/* Whether it may name a secret: a capital, then capitals, digits and _; at most 64. */
bool secret_is_name(const char *name);

/* Copies the secret into out without its trailing newline. 0, or -1 with errno: ENOENT there is none (or it is empty),
 * EINVAL no such name possible, EMSGSIZE it does not fit or holds a NUL, else why its file cannot be read. Blocks on a
 * file. */
int secret_find(const char *name, char *out, size_t size);

/* The same from the environment alone, whose place is then overwritten and unset, also when it did not fit. */
int secret_take(const char *name, char *out, size_t size);

/* Overwrites what a compiler would otherwise leave standing. */
void secret_wipe(void *bytes, size_t n);

#endif
