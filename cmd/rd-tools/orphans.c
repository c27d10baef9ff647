#include "orphans.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "paths.h"

#define ROUNDS_MAX 16 /* the children of who was ended come to us in turn */

int orphans_adopt(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL);
}

static unsigned end_all(const char *list)
{
	unsigned count = 0;
	char *end;

	for (long pid; (pid = strtol(list, &end, 10)) > 0 && end != list; list = end) {
		(void)kill((pid_t)pid, SIGKILL);
		while (waitpid((pid_t)pid, NULL, 0) < 0 && errno == EINTR)
			;
		count++;
	}
	return count;
}

unsigned orphans_end(void)
{
	char path[64], list[16384];
	unsigned all = 0, count = 1;

	snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid()); /* we have one thread */
	for (int i = 0; count && i < ROUNDS_MAX; i++) {
		count = paths_read_bounded(path, list, sizeof list) > 0 ? end_all(list) : 0;
		all += count;
	}
	return all;
}
