#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "paths.h"
#include "spawn.h"

#define STEP_US (2 * SECOND)
#define NICE 10	     /* a call in progress comes first */
#define WORDS_MAX 64 /* of a command */

/* The program in PATH, unless it is a file name. */
static int find(const char *word, char *out, size_t size)
{
	const char *path = getenv("PATH");

	if (strchr(word, '/'))
		return paths_format(out, size, "%s", word) < 0 || access(out, X_OK) < 0 ? -1 : 0;
	for (const char *at = path ? path : "/usr/local/bin:/usr/bin:/bin"; *at; at += *at == ':') {
		size_t n = strcspn(at, ":");

		if (n && paths_format(out, size, "%.*s/%s", (int)n, at, word) == 0 && access(out, X_OK) == 0)
			return 0;
		at += n;
	}
	return errno = ENOENT, -1;
}

/* The group goes before its leader is reaped: until then nobody else can have its number. */
static int reap(struct process *p)
{
	struct processes *all = p->all;
	int status = 0;

	(void)kill(-p->pid, SIGKILL); /* ESRCH: nobody was left behind */
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	for (struct process **at = &all->first; *at; at = &(*at)->next)
		if (*at == p) {
			*at = p->next;
			break;
		}
	loop_unwatch(all->loop, &p->watch);
	timer_stop(all->loop, &p->step);
	if (p->pidfd >= 0)
		close(p->pidfd);
	free(p);
	return status;
}

static void on_gone(void *ctx, uint32_t events)
{
	struct process *p = ctx;
	struct processes *all = p->all;
	void (*on_exit)(void *ctx, int status) = p->on_exit;
	void *its_ctx = p->ctx;
	int status = reap(p);

	(void)events;
	if (on_exit)
		on_exit(its_ctx, status);
	if (!all->first && all->on_empty)
		all->on_empty(all->ctx);
}

static void on_step(void *ctx)
{
	struct process *p = ctx;

	(void)kill(-p->pid, p->steps++ == 0 ? SIGTERM : SIGKILL);
	timer_after(p->all->loop, &p->step, STEP_US);
}

int process_become(char **words)
{
	(void)prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL,
		    0UL); /* without it the end of its input is enough */
	if (getppid() == 1)
		return 111;
	(void)setpriority(PRIO_PROCESS, 0, NICE); /* as important as before, where it may not be less */
	execv(words[0], words);
	return 127;
}

/* -1: the words are too many, or there is no such program. */
static int make_words(const char *const *argv, const char *words[WORDS_MAX + 3], char *path, size_t size)
{
	size_t n = 0;

	while (argv[n] && n < WORDS_MAX)
		n++;
	if (n == 0 || argv[n])
		return errno = E2BIG, -1;
	words[0] = "rd-mcp";
	words[1] = PROCESS_WORD;
	memcpy(words + 2, argv, (n + 1) * sizeof *argv);
	words[2] = path;
	return find(argv[0], path, size);
}

struct process *process_start(struct processes *all, const char *const *argv, const char *const *envp, const int fds[3],
			      void (*on_exit)(void *ctx, int status), void *ctx)
{
	char path[PATHS_MAX_BYTES];
	const char *words[WORDS_MAX + 3];
	struct spawn s = { .path = "/proc/self/exe", .argv = words, .envp = envp, .count = 3, .own_group = 1 };
	struct process *p = calloc(1, sizeof *p);

	if (!p || make_words(argv, words, path, sizeof path) < 0) {
		free(p);
		return NULL;
	}
	memcpy(s.fds, fds, 3 * sizeof *fds);
	*p = (struct process){ .all = all, .pidfd = -1, .on_exit = on_exit, .ctx = ctx };
	p->watch = (struct watch){ .name = "server exit", .on = on_gone, .ctx = p };
	p->step = (struct timer){ .name = "server end", .on = on_step, .ctx = p };
	p->pid = spawn(&s);
	if (p->pid < 0) {
		free(p);
		return NULL;
	}
	p->next = all->first;
	all->first = p;
	p->pidfd = pidfd_open(p->pid, 0);
	if (p->pidfd < 0 || loop_watch(all->loop, &p->watch, p->pidfd, EPOLLIN) < 0) {
		int saved = errno;

		(void)reap(p);
		return errno = saved, NULL;
	}
	return p;
}

void process_end(struct process *p, bool at_once)
{
	p->on_exit = NULL;
	p->steps = at_once ? 1 : 0;
	timer_after(p->all->loop, &p->step, at_once ? 0 : STEP_US);
}

void processes_close(struct processes *all)
{
	struct process *p, *next;

	for (p = all->first; p; p = next) {
		next = p->next;
		(void)reap(p);
	}
}
