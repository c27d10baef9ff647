#include "toolenv.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "hash.h"
#include "paths.h"
#include "secret.h"

#define SETTING_NAME_MAX 64
#define CONTACTS_BYTES 65536u
#define CONTACT_BYTES_MAX 330u

int toolenv_add(struct toolenv *e, const char *name, const char *value)
{
	size_t size = strlen(name) + strlen(value) + 2;

	if (e->count == TOOLENV_MAX)
		return errno = ENOBUFS, -1;
	e->lines[e->count] = malloc(size);
	if (!e->lines[e->count])
		return -1;
	snprintf(e->lines[e->count++], size, "%s=%s", name, value);
	e->lines[e->count] = NULL;
	return 0;
}

void toolenv_close(struct toolenv *e)
{
	for (size_t i = 0; i < e->count; i++) {
		secret_wipe(e->lines[i], strlen(e->lines[i]));
		free(e->lines[i]);
	}
	*e = (struct toolenv){ .count = 0 };
}

/* "base-url=https://…" becomes RINGDOWN_SETTING_BASE_URL=https://…; the configuration has checked its form. */
static int add_setting(struct toolenv *e, const char *setting)
{
	char name[sizeof "RINGDOWN_SETTING_" + SETTING_NAME_MAX] = "RINGDOWN_SETTING_";
	size_t n = strcspn(setting, "="), at = strlen(name);

	if (!setting[n] || n > SETTING_NAME_MAX)
		return errno = EINVAL, -1;
	for (size_t i = 0; i < n; i++)
		name[at + i] = isalnum((unsigned char)setting[i]) ? (char)toupper((unsigned char)setting[i]) : '_';
	name[at + n] = 0;
	return toolenv_add(e, name, setting + n + 1);
}

static int add_settings(struct toolenv *e, const struct conf *c, const char *tool)
{
	const char *const *settings;
	size_t n = conf_list(c, "tool", tool, "settings", &settings);

	for (size_t i = 0; i < n; i++)
		if (add_setting(e, settings[i]) < 0)
			return -1;
	return 0;
}

static int add_transfer_to(struct toolenv *e, const struct conf *c, const char *agent)
{
	const char *const *numbers;
	size_t n = conf_list(c, "agent", agent, "transfer-to", &numbers), size = 1, used = 0;
	char *all;
	int failed;

	for (size_t i = 0; i < n; i++)
		size += strlen(numbers[i]) + 1;
	all = calloc(1, size);
	if (!all)
		return -1;
	for (size_t i = 0; i < n; i++)
		used += (size_t)snprintf(all + used, size - used, "%s%s", i ? "," : "", numbers[i]);
	failed = toolenv_add(e, "RINGDOWN_TRANSFER_TO", all);
	free(all);
	return failed;
}

/* The address book, a line each: "Ben=+15550100000". Who has no such entry and what one variable cannot hold are left
 * out. */
static int add_contacts(struct toolenv *e, const struct conf *c, const char *variable, const char *key)
{
	size_t n = conf_count(c, "contact"), used = 0;
	char *all = calloc(1, CONTACTS_BYTES);
	int failed;

	if (!all)
		return -1;
	for (size_t i = 0; i < n && used + CONTACT_BYTES_MAX < CONTACTS_BYTES; i++) {
		const char *name = conf_title(c, "contact", i), *value = conf_text(c, "contact", name, key);

		if (*value)
			used += (size_t)snprintf(all + used, CONTACTS_BYTES - used, "%s%s=%s", used ? "\n" : "", name,
						 value);
	}
	failed = toolenv_add(e, variable, all);
	free(all);
	return failed;
}

/* The tool's own folder in STATE; the tool makes it when it has something to keep. No home, no folder. */
static int add_folder(struct toolenv *e, const struct conf *c, const char *tool)
{
	char state[PATHS_MAX_BYTES], folder[PATHS_MAX_BYTES];

	if (paths_state(c, state, sizeof state) < 0 ||
	    paths_format(folder, sizeof folder, "%s/tools/%s", state, tool) < 0)
		return 0;
	return toolenv_add(e, "RINGDOWN_TOOL_DIR", folder);
}

int toolenv_open(struct toolenv *e, const struct conf *c, const char *agent, const char *tool)
{
	*e = (struct toolenv){ .count = 0 };
	if (toolenv_add(e, "PATH", "/usr/local/bin:/usr/bin:/bin") < 0 || toolenv_add(e, "LANG", "C.UTF-8") < 0 ||
	    toolenv_add(e, "RINGDOWN_AGENT", agent) < 0 ||
	    toolenv_add(e, "RINGDOWN_TZ", conf_text(c, "general", NULL, "timezone")) < 0 ||
	    add_folder(e, c, tool) < 0 || add_transfer_to(e, c, agent) < 0 ||
	    add_contacts(e, c, "RINGDOWN_CONTACTS", "number") < 0 ||
	    add_contacts(e, c, "RINGDOWN_MAIL_CONTACTS", "mail") < 0 || add_settings(e, c, tool) < 0) {
		int saved = errno;

		toolenv_close(e);
		return errno = saved, -1;
	}
	return 0;
}

uint64_t toolenv_hash(const struct toolenv *e)
{
	uint64_t hash = HASH_BEGIN;

	for (size_t i = 0; i < e->count; i++)
		hash = hash_bytes(hash, e->lines[i], strlen(e->lines[i]) + 1); /* with its NUL: where one ends */
	return hash;
}
