#include "handcall.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"

/* What rd-webhook writes of a call that comes by telephone. */
static int describe(const struct handcall *h, const char *from, const char *agent)
{
	char path[PATHS_MAX_BYTES], date[32];
	char *text =
		json_print(json_make("call:s carrier:s direction:s from:s to:s attestation:s agent:s config:i at:s",
				     h->call, "hand", "in", from, "", "none", agent, 0, clock_date(date, sizeof date)));
	int ok = -1;

	if (text && paths_format(path, sizeof path, "%s/call.json", h->path) == 0)
		ok = paths_write_atomically(path, text, strlen(text));
	free(text);
	return ok;
}

static int make_folder(struct handcall *h, const char *path)
{
	const char *parent = getenv("TMPDIR");

	if (path)
		return paths_format(h->path, sizeof h->path, "%s", path) < 0 ? -1 : paths_mkdir(path);
	if (paths_format(h->path, sizeof h->path, "%s/rd-call-XXXXXX", parent && *parent ? parent : "/tmp") < 0 ||
	    !mkdtemp(h->path))
		return -1;
	h->made = true;
	return 0;
}

int handcall_open(struct handcall *h, const char *path, const char *from, const char *agent, char *error, size_t size)
{
	*h = (struct handcall){ 0 };
	if (sid_make(h->call, "LO") == 0 && make_folder(h, path) == 0 && describe(h, from, agent) == 0)
		return 0;
	snprintf(error, size, "cannot make the call's folder %s: %s", path ? path : h->path, strerror(errno));
	handcall_close(h);
	return -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

void handcall_close(struct handcall *h)
{
	if (h->made)
		(void)nftw(h->path, remove_one, 8,
			   FTW_DEPTH | FTW_PHYS); /* nobody could do better about what resists */
	h->made = false;
}
