/* What a stage may still do after set-up: no new privileges, no core, and a seccomp filter that refuses exec, ptrace
 * and the reading of other processes, and new sockets where none are needed. A refused call fails with EPERM; another
 * architecture's calls end the process. */
#ifndef SANDBOX_H
#define SANDBOX_H

enum sandbox_need {
	SANDBOX_PLAIN = 0,
	SANDBOX_SOCKETS = 1,  /* opens connections of its own */
	SANDBOX_CHILDREN = 2, /* starts programs */
	SANDBOX_INTERNET = 4  /* sockets, but no local ones: others' programs, who have no business at our doors */
};

/* Before forks that will enter it: makes the filters, so that none of them has to. */
void sandbox_warm(void);

/* 0, or -1 with errno. Where the kernel has no seccomp the rest holds, and errno is ENOSYS. */
int sandbox_enter(unsigned needs);

#endif
