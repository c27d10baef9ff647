#include "orphans.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "journal.h"
#include "paths.h"

#define ROUNDS_MAX 16 /* the children of who was ended come to us in turn */

int orphans_adopt(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL);
}

/* Kills all children, and reaps them with waitpid's option `how`. How many there were, and of them *ended. */
static unsigned end_all(int how, unsigned *ended)
{
	char path[64], list[16384], *next = list, *end;
	unsigned count = 0;
	pid_t reaped;

	snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid()); /* we have one thread */
	if (paths_read_bounded(path, list, sizeof list) <= 0)
		return 0;
	for (long pid; (pid = strtol(next, &end, 10)) > 0 && end != next; next = end, count++) {
		(void)kill((pid_t)pid, SIGKILL);
		do
			reaped = waitpid((pid_t)pid, NULL, how);
		while (reaped < 0 && errno == EINTR);
		*ended += reaped > 0;
	}
	return count;
}

unsigned orphans_end(unsigned *ended)
{
	*ended = 0;
	return end_all(WNOHANG, ended);
}

void orphans_close(void)
{
	unsigned ended = 0;

	for (int i = 0; i < ROUNDS_MAX && end_all(0, &ended); i++)
		;
}

/* Whether the environment of a process has this entry. */
static bool has_entry(pid_t pid, const char *entry)
{
	char path[64], environment[16384];
	ssize_t size;

	snprintf(path, sizeof path, "/proc/%ld/environ", (long)pid);
	size = paths_read_bounded(path, environment, sizeof environment);
	return size > 0 && memmem(environment, (size_t)size, entry, strlen(entry) + 1);
}

pid_t orphans_find(const char *call, const char *id, uint64_t begun_ms)
{
	char entry[512];
	DIR *all = opendir("/proc");
	const struct dirent *one;
	pid_t found = 0;

	snprintf(entry, sizeof entry, "RINGDOWN_TOOL_CALL=%s/%s", call, id);
	while (all && !found && (one = readdir(all))) {
		struct journal_entry e = { .pid = (pid_t)strtol(one->d_name, NULL, 10), .started_ms = begun_ms };

		if (journal_survives(&e) && getpgid(e.pid) == e.pid && has_entry(e.pid, entry))
			found = e.pid;
	}
	if (all)
		closedir(all);
	return found;
}
