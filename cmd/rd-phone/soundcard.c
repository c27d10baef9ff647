#include "soundcard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmdline.h"
#include "spawn.h"

#define TRIAL_MS 3000
#define PATH_BYTES 512

static const struct {
	const char *name;
	const char *trial[12], *words[12];
} programs[] = {
	[SOUNDCARD_RECORD] = { "arecord",
			       { "arecord", "-q", "-t", "raw", "-f", "MU_LAW", "-r", "8000", "-s", "160", "/dev/null" },
			       { "arecord", "-q", "-t", "raw", "-f", "MU_LAW", "-r", "8000", "-B", "60000" } },
	[SOUNDCARD_PLAY] = { "aplay",
			     { "aplay", "-q", "-t", "raw", "-f", "MU_LAW", "-r", "8000", "/dev/null" },
			     { "aplay", "-q", "-t", "raw", "-f", "MU_LAW", "-r", "8000", "-B", "120000" } },
};

static int end_of(pid_t pid, int limit_ms)
{
	struct pollfd over = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	int status = -1;

	if (poll(&over, 1, limit_ms) <= 0)
		kill(pid, SIGKILL);
	close(over.fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static int try(const char *path, enum soundcard_way way)
{
	struct spawn s = { .path = path,
			   .argv = programs[way].trial,
			   .envp = (const char *const *)environ,
			   .fds = { -1, -1, -1 },
			   .count = 3 };
	pid_t pid = spawn(&s);

	return pid > 0 && end_of(pid, TRIAL_MS) == 0 ? 0 : -1;
}

int soundcard_open(struct soundcard *s, enum soundcard_way way, char *error, size_t size)
{
	const char *name = programs[way].name;
	struct spawn start = {
		.argv = programs[way].words, .envp = (const char *const *)environ, .fds = { -1, -1, -1 }, .count = 3
	};
	int theirs = way == SOUNDCARD_PLAY ? 0 : 1, pipes[2];
	char path[PATH_BYTES];

	*s = (struct soundcard){ .fd = -1 };
	if (cmdline_find(NULL, name, path, sizeof path) < 0)
		return snprintf(error, size, "%s is not installed (Debian: alsa-utils)", name), -1;
	if (try(path, way) < 0)
		return snprintf(error, size, "%s finds no sound device", name), -1;
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return snprintf(error, size, "%s", strerror(errno)), -1;
	start.path = path;
	start.fds[theirs] = pipes[theirs];
	s->pid = spawn(&start);
	close(pipes[theirs]);
	s->fd = pipes[!theirs];
	if (s->pid > 0)
		return 0;
	s->pid = 0;
	soundcard_close(s);
	return snprintf(error, size, "cannot start %s", path), -1;
}

void soundcard_close(struct soundcard *s)
{
	if (s->fd > 2)
		close(s->fd);
	if (s->pid > 0) {
		kill(s->pid, SIGTERM);
		(void)end_of(s->pid, TRIAL_MS);
	}
	*s = (struct soundcard){ .fd = -1 };
}
