#include "folder.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"

/* What rd-webhook writes of a call that comes by telephone. */
static int describe(const struct folder *f, const char *from, const char *agent)
{
	char path[PATHS_MAX_BYTES], date[32];
	char *text =
		json_print(json_make("call:s carrier:s direction:s from:s to:s attestation:s agent:s config:i at:s",
				     f->call, "hand", "in", from, "", "none", agent, 0, clock_date(date, sizeof date)));
	int ok = -1;

	if (text && paths_format(path, sizeof path, "%s/call.json", f->path) == 0)
		ok = paths_write_atomically(path, text, strlen(text));
	free(text);
	return ok;
}

static int make_folder(struct folder *f, const char *path)
{
	const char *parent = getenv("TMPDIR");

	if (path)
		return paths_format(f->path, sizeof f->path, "%s", path) < 0 ? -1 : paths_mkdir(path);
	if (paths_format(f->path, sizeof f->path, "%s/rd-ring-XXXXXX", parent && *parent ? parent : "/tmp") < 0 ||
	    !mkdtemp(f->path))
		return -1;
	f->made = true;
	return 0;
}

int folder_open(struct folder *f, const char *path, const char *from, const char *agent, char *error, size_t size)
{
	*f = (struct folder){ 0 };
	if (sid_make(f->call, "LO") == 0 && make_folder(f, path) == 0 && describe(f, from, agent) == 0)
		return 0;
	snprintf(error, size, "cannot make the call's folder %s: %s", path ? path : f->path, strerror(errno));
	folder_close(f);
	return -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

void folder_close(struct folder *f)
{
	if (f->made)
		(void)nftw(f->path, remove_one, 8,
			   FTW_DEPTH | FTW_PHYS); /* nobody could do better about what resists */
	f->made = false;
}
