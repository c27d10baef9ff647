#include "sandbox.h"

#include <assert.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#if defined __x86_64__
#define OUR_ARCH AUDIT_ARCH_X86_64
#define X32_CALLS 0x40000000u /* the same machine's other numbers */
#elif defined __aarch64__
#define OUR_ARCH AUDIT_ARCH_AARCH64
#elif defined __arm__
#define OUR_ARCH AUDIT_ARCH_ARM
#elif defined __riscv && __riscv_xlen == 64
#define OUR_ARCH AUDIT_ARCH_RISCV64
#else
#error "which AUDIT_ARCH_ of <linux/audit.h> is this machine, and does it have system calls of its own to refuse?"
#endif
#ifndef X32_CALLS
#define X32_CALLS 0xffffffffu
#endif

static const unsigned refused_always[] = {
#ifndef __SANITIZE_ADDRESS__ /* whose leak checker traces its own process at the end */
	__NR_ptrace,
#endif
	__NR_process_vm_readv,
	__NR_process_vm_writev,
	__NR_pidfd_getfd,
	__NR_kexec_load,
	__NR_init_module,
	__NR_finit_module,
	__NR_delete_module,
	__NR_mount,
	__NR_umount2,
	__NR_pivot_root,
	__NR_chroot,
	__NR_swapon,
	__NR_swapoff,
	__NR_reboot,
	__NR_bpf,
	__NR_perf_event_open,
	__NR_userfaultfd,
	__NR_unshare,
	__NR_setns,
	__NR_add_key,
	__NR_keyctl,
	__NR_request_key,
	__NR_io_uring_setup,
};
static const unsigned refused_exec[] = { __NR_execve, __NR_execveat };
static const unsigned refused_sockets[] = { __NR_socket, __NR_connect, __NR_bind, __NR_listen };

#define MOST 128 /* instructions */

struct filter {
	struct sock_filter code[MOST];
	unsigned short n;
};

static void add(struct filter *f, struct sock_filter instruction)
{
	assert(f->n < MOST);
	f->code[f->n++] = instruction;
}

static void refuse(struct filter *f, const unsigned *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i], 0, 1));
		add(f, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
	}
}

/* By hand, not by libseccomp: what it allocates to sort so few rules would be every stage's own memory in every call.
 */
static void make(struct filter *f, unsigned needs)
{
	add(f, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
	add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0));
	add(f, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)); /* other numbers count there */
	add(f, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
	add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_CALLS, 0, 1));
	add(f, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
	refuse(f, refused_always, sizeof refused_always / sizeof *refused_always);
	if (!(needs & SANDBOX_CHILDREN))
		refuse(f, refused_exec, sizeof refused_exec / sizeof *refused_exec);
	if (!(needs & SANDBOX_SOCKETS))
		refuse(f, refused_sockets, sizeof refused_sockets / sizeof *refused_sockets);
	add(f, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

int sandbox_enter(unsigned needs)
{
	struct rlimit no_core = { 0, 0 };
	struct filter filter = { .n = 0 };
	struct sock_fprog program = { .filter = filter.code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &no_core) < 0)
		return -1;
	make(&filter, needs);
	program.len = filter.n;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return errno = errno == EINVAL ? ENOSYS : errno, -1;
	return 0;
}
