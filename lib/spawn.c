#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <unistd.h>

/* Duplicates above the targets, so that no dup2 overwrites a source that a later one needs. */
static int lift(const struct spawn *s, int lifted[SPAWN_FDS])
{
	for (int i = 0; i < s->count; i++) {
		lifted[i] = s->fds[i] < 0 ? -1 : fcntl(s->fds[i], F_DUPFD_CLOEXEC, SPAWN_FDS + 2);
		if (s->fds[i] >= 0 && lifted[i] < 0)
			return -1;
	}
	return 0;
}

static int plan_descriptor(posix_spawn_file_actions_t *actions, int from, int to)
{
	if (from >= 0)
		return posix_spawn_file_actions_adddup2(actions, from, to);
	if (to <= STDERR_FILENO)
		return posix_spawn_file_actions_addopen(actions, to, "/dev/null", O_RDWR, 0);
	return posix_spawn_file_actions_addclose(actions, to);
}

static int set_attributes(posix_spawnattr_t *a, int own_group)
{
	sigset_t none, all;
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;

	sigemptyset(&none);
	sigfillset(&all);
	if (own_group)
		flags |= POSIX_SPAWN_SETPGROUP;
	posix_spawnattr_setsigmask(a, &none);
	posix_spawnattr_setsigdefault(a, &all);
	posix_spawnattr_setpgroup(a, 0);
	return posix_spawnattr_setflags(a, flags);
}

pid_t spawn(const struct spawn *s)
{
	int lifted[SPAWN_FDS], failed = 0;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	pid_t pid = -1;

	for (int i = 0; i < SPAWN_FDS; i++)
		lifted[i] = -1;
	if (lift(s, lifted) < 0) {
		failed = errno;
		goto out;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	for (int i = 0; i < s->count && !failed; i++)
		failed = plan_descriptor(&actions, lifted[i], i);
	if (!failed)
		failed = set_attributes(&attributes, s->own_group);
	if (!failed)
		failed = posix_spawn(&pid, s->path, &actions, &attributes, (char *const *)(uintptr_t)s->argv,
				     (char *const *)(uintptr_t)s->envp);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
out:
	for (int i = 0; i < SPAWN_FDS; i++)
		if (lifted[i] >= 0)
			close(lifted[i]);
	if (failed)
		return errno = failed, -1;
	return pid;
}
