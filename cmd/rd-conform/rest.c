#include "rest.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "subject.h"

#define LOOKS 10 /* one after the other: who waits for a lock or a disk sleeps for a moment too */
#define LOOK_US (5 * MS)
#define PATIENCE_US (5 * SECOND)

/* R runs or would like to, D waits for a disk; one that is gone does neither. */
static bool is_busy(const struct subject *s, const char *thread)
{
	char path[320], line[512], *name;
	bool busy = false;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%s/stat", (int)s->pid, thread);
	f = fopen(path, "re");
	if (f && fgets(line, sizeof line, f)) {
		name = strrchr(line, ')');
		busy = name && strchr("RD", name[1] ? name[2] : 0);
	}
	if (f)
		fclose(f);
	return busy;
}

static bool is_at_rest(const struct subject *s)
{
	const struct dirent *thread;
	bool busy = false;
	char path[64];
	DIR *d;

	snprintf(path, sizeof path, "/proc/%d/task", (int)s->pid);
	d = opendir(path);
	while (d && !busy && (thread = readdir(d)))
		busy = thread->d_name[0] != '.' && is_busy(s, thread->d_name);
	if (d)
		closedir(d);
	return !busy;
}

void rest_wait(struct subject *s)
{
	uint64_t until_us = clock_us() + PATIENCE_US;
	int still = 0;

	while (still < LOOKS && s->pid && !s->failure[0] && clock_us() < until_us) {
		subject_watch(s, LOOK_US);
		still = is_at_rest(s) ? still + 1 : 0;
	}
}
