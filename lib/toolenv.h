/* The environment of a tool: a fixed PATH, what it may know of the call, its own settings and its own secrets; nothing
 * is inherited. ringdown-tools(7) lists it. */
#ifndef TOOLENV_H
#define TOOLENV_H

#include <stddef.h>
#include <stdint.h>

#define TOOLENV_MAX 64

struct conf;

struct toolenv {
	char *lines[TOOLENV_MAX + 1]; /* NAME=VALUE, NULL behind the last: what execve takes */
	size_t count;
};

/* Zeroed is closed. 0, or -1 with errno (ENOBUFS: too many; ENOMEM). */
int toolenv_add(struct toolenv *e, const char *name, const char *value);

/* All but the call's and the secrets: PATH, LANG, RINGDOWN_AGENT, _TZ, _TOOL_DIR, _TRANSFER_TO, _CONTACTS,
 * _MAIL_CONTACTS, a RINGDOWN_SETTING_NAME for each setting of the tool. On failure it is closed. */
int toolenv_open(struct toolenv *e, const struct conf *c, const char *agent, const char *tool);

/* Wipes and frees. */
void toolenv_close(struct toolenv *e);

/* The same lines, the same number: a description that was given in another environment is another one. */
uint64_t toolenv_hash(const struct toolenv *e);

#endif
