#include "secrets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"

int secrets_open(struct secrets *s, const struct conf *c)
{
	size_t n = conf_count(c, "tool");

	*s = (struct secrets){ .all = calloc(n ? n : 1, sizeof *s->all) };
	if (!s->all)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *name = conf_text(c, "tool", conf_title(c, "tool", i), "secret");

		if (!*name || secrets_find(s, name))
			continue;
		if (secret_take(name, s->all[s->count].value, SECRET_MAX_BYTES) == 0)
			snprintf(s->all[s->count++].name, sizeof s->all[0].name, "%s", name);
	}
	return 0;
}

void secrets_close(struct secrets *s)
{
	if (s->all)
		secret_wipe(s->all, s->count * sizeof *s->all);
	free(s->all);
	*s = (struct secrets){ .all = NULL };
}

const char *secrets_find(const struct secrets *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->all[i].name, name) == 0)
			return s->all[i].value;
	return NULL;
}
