#include "sandbox.h"

#include <assert.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 64 /* instructions; one for each refused call and a few before and behind them */

/* What the kernel is given. libseccomp makes it, and its heap would be every fork's own: so a template makes it for
 * them all. */
static struct filter {
	struct sock_filter code[MOST];
	unsigned short n;						/* 0: not made yet */
} filters[(SANDBOX_SOCKETS | SANDBOX_CHILDREN | SANDBOX_INTERNET) + 1]; /* by needs */
#define OURS (SANDBOX_SOCKETS | SANDBOX_CHILDREN)			/* what stages need */

static const int refused_always[] = {
#ifndef __SANITIZE_ADDRESS__ /* whose leak checker traces its own process at the end */
	SCMP_SYS(ptrace),
#endif
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(pidfd_getfd),
	SCMP_SYS(kexec_load),
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(delete_module),
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
	SCMP_SYS(swapon),
	SCMP_SYS(swapoff),
	SCMP_SYS(reboot),
	SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(add_key),
	SCMP_SYS(keyctl),
	SCMP_SYS(request_key),
	SCMP_SYS(io_uring_setup),
};
static const int refused_exec[] = { SCMP_SYS(execve), SCMP_SYS(execveat) };
static const int refused_sockets[] = { SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen) };

static int refuse(scmp_filter_ctx rules, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int failed = seccomp_rule_add(rules, SCMP_ACT_ERRNO(EPERM), calls[i], 0);

		if (failed)
			return errno = -failed, -1;
	}
	return 0;
}

/* Every family below and above the internet's two; those between have been dead for decades. */
static int refuse_local(scmp_filter_ctx rules)
{
	int failed =
		seccomp_rule_add(rules, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1, SCMP_A0_32(SCMP_CMP_LT, AF_INET));

	if (!failed)
		failed = seccomp_rule_add(rules, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
					  SCMP_A0_32(SCMP_CMP_GT, AF_INET6));
	return failed ? (errno = -failed, -1) : 0;
}

static int refuse_all(scmp_filter_ctx rules, unsigned needs)
{
	if (refuse(rules, refused_always, sizeof refused_always / sizeof *refused_always) < 0)
		return -1;
	if (!(needs & SANDBOX_CHILDREN) && refuse(rules, refused_exec, sizeof refused_exec / sizeof *refused_exec) < 0)
		return -1;
	if (needs & SANDBOX_SOCKETS)
		return 0;
	if (needs & SANDBOX_INTERNET)
		return refuse_local(rules);
	return refuse(rules, refused_sockets, sizeof refused_sockets / sizeof *refused_sockets);
}

/* By way of a file in memory: libseccomp writes to descriptors alone. */
static int export(scmp_filter_ctx rules, struct filter *f)
{
	int fd = memfd_create("filter", MFD_CLOEXEC), failed;
	ssize_t n;

	if (fd < 0)
		return -1;
	failed = -seccomp_export_bpf(rules, fd);
	n = failed ? 0 : pread(fd, f->code, sizeof f->code, 0);
	if (n < 0)
		failed = errno;
	else if (!failed && ((size_t)n == sizeof f->code || n % (ssize_t)sizeof *f->code))
		failed = E2BIG;
	close(fd);
	if (failed)
		return errno = failed, -1;
	f->n = (unsigned short)((size_t)n / sizeof *f->code);
	return 0;
}

static int make(struct filter *f, unsigned needs)
{
	scmp_filter_ctx rules = seccomp_init(SCMP_ACT_ALLOW);
	int ok;

	if (!rules)
		return errno = ENOMEM, -1;
	ok = refuse_all(rules, needs) < 0 || export(rules, f) < 0 ? -1 : 0;
	seccomp_release(rules);
	return ok;
}

void sandbox_warm(void)
{
	for (unsigned needs = 0; needs <= OURS; needs++)
		(void)make(&filters[needs], needs); /* sandbox_enter tries again */
}

int sandbox_enter(unsigned needs)
{
	struct filter *f = &filters[needs];
	struct rlimit no_core = { 0, 0 };
	struct sock_fprog program = { .filter = f->code };

	assert(needs < sizeof filters / sizeof *filters);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &no_core) < 0)
		return -1;
	if (f->n == 0 && make(f, needs) < 0)
		return -1;
	program.len = f->n;
	if (prctl(PR_GET_SECCOMP) < 0) /* EINVAL, which a bad filter would give as well */
		return errno = ENOSYS, -1;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return -1;
	return 0;
}
