#include "sent.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "digest.h"
#include "json.h"

#define KEEP_S (30 * 86400L)
#define PREFIX "sent-"

/* The tool's own folder; by hand, where it would be. */
static int folder(char *out, size_t size)
{
	const char *own = getenv("RINGDOWN_TOOL_DIR");
	char state[PATHS_MAX_BYTES];

	if (own && *own)
		return paths_format(out, size, "%s", own);
	return paths_state(NULL, state, sizeof state) < 0 ? -1 : paths_format(out, size, "%s/tools/mail", state);
}

static int read_state(struct sent *s)
{
	char text[400];
	ssize_t n = paths_read_bounded(s->path, text, sizeof text);
	struct cJSON *kept = n < 0 ? NULL : json_parse(text, (size_t)n);
	const char *state = json_text(kept, "state"), *draft = json_text(kept, "draft");

	s->state = n < 0 ? SENT_NOT : state && strcmp(state, "sent") == 0 ? SENT_DONE : SENT_BEGUN;
	snprintf(s->draft, sizeof s->draft, "%s", draft ? draft : "");
	cJSON_Delete(kept);
	return n < 0 && errno != ENOENT ? -1 : 0;
}

int sent_open(struct sent *s, const char *key)
{
	char own[PATHS_MAX_BYTES], hex[DIGEST_HEX_BYTES];

	*s = (struct sent){ .state = SENT_NOT };
	if (folder(own, sizeof own) < 0 || paths_mkdir(own) < 0 ||
	    paths_format(s->path, sizeof s->path, "%s/" PREFIX "%.32s", own, digest_hex(key, hex)) < 0)
		return -1;
	return read_state(s);
}

static int write_state(struct sent *s, const char *state)
{
	char *text = json_print(json_make("state:s draft:s", state, s->draft));
	int failed = text ? paths_write_durably(s->path, text, strlen(text)) : -1;

	free(text);
	return failed;
}

int sent_begin(struct sent *s, const char *draft)
{
	snprintf(s->draft, sizeof s->draft, "%s", draft);
	s->state = SENT_BEGUN;
	return write_state(s, "begun");
}

int sent_done(struct sent *s)
{
	s->state = SENT_DONE;
	return write_state(s, "sent");
}

void sent_forget(struct sent *s)
{
	s->state = SENT_NOT;
	(void)unlink(s->path); /* else it is said to be on its way, and not sent again */
}

int sent_lately(const struct sent *s)
{
	char own[PATHS_MAX_BYTES];
	time_t now = time(NULL);
	int count = 0;
	DIR *d;

	snprintf(own, sizeof own, "%.*s", (int)(strrchr(s->path, '/') - s->path), s->path);
	d = opendir(own);
	for (const struct dirent *e; d && (e = readdir(d));) {
		struct stat st;

		if (strncmp(e->d_name, PREFIX, strlen(PREFIX)) != 0 ||
		    fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (st.st_mtime < now - KEEP_S)
			(void)unlinkat(dirfd(d), e->d_name, 0);
		count += st.st_mtime > now - 3600;
	}
	if (d)
		closedir(d);
	return count;
}
