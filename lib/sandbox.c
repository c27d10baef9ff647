#include "sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>

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

static int refuse(scmp_filter_ctx filter, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0);

		if (failed)
			return errno = -failed, -1;
	}
	return 0;
}

int sandbox_enter(unsigned needs)
{
	struct rlimit no_core = { 0, 0 };
	scmp_filter_ctx filter;
	int failed = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &no_core) < 0)
		return -1;
	filter = seccomp_init(SCMP_ACT_ALLOW);
	if (!filter)
		return errno = ENOMEM, -1;
	if (refuse(filter, refused_always, sizeof refused_always / sizeof *refused_always) < 0 ||
	    (!(needs & SANDBOX_CHILDREN) &&
	     refuse(filter, refused_exec, sizeof refused_exec / sizeof *refused_exec) < 0) ||
	    (!(needs & SANDBOX_SOCKETS) &&
	     refuse(filter, refused_sockets, sizeof refused_sockets / sizeof *refused_sockets) < 0))
		failed = errno;
	if (!failed)
		failed = -seccomp_load(filter);
	seccomp_release(filter);
	if (failed)
		return errno = failed, -1;
	return 0;
}
