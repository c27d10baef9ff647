#include "land.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What younger kernels know and older headers do not. */
#define ACCESS_REFER (1ull << 13)     /* ABI 2 */
#define ACCESS_TRUNCATE (1ull << 14)  /* ABI 3 */
#define ACCESS_IOCTL_DEV (1ull << 15) /* ABI 5 */
#define SCOPE_ABSTRACT (1ull << 0)    /* ABI 6 */
#define SCOPE_SIGNAL (1ull << 1)      /* ABI 6 */

#define READ_FILE (LANDLOCK_ACCESS_FS_READ_FILE)
#define READ (READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define RUN (READ | LANDLOCK_ACCESS_FS_EXECUTE)
#define BASE ((1ull << 13) - 1) /* all of ABI 1 */

struct attributes { /* struct landlock_ruleset_attr of ABI 6 */
	uint64_t files, ports, scopes;
};

static uint64_t known(int abi)
{
	return BASE | (abi >= 2 ? ACCESS_REFER : 0) | (abi >= 3 ? ACCESS_TRUNCATE : 0) |
	       (abi >= 5 ? ACCESS_IOCTL_DEV : 0);
}

int land_open(struct land *l)
{
	struct attributes a = { .files = 0 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	*l = (struct land){ .fd = -1, .abi = abi < 0 ? 0 : (int)abi };
	if (abi < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM ? 0 : -1; /* EPERM: a filter's word */
	a.files = known(l->abi);
	a.scopes = l->abi >= 6 ? SCOPE_ABSTRACT | SCOPE_SIGNAL : 0;
	l->fd = (int)syscall(SYS_landlock_create_ruleset, &a, sizeof a, 0);
	return l->fd < 0 ? -1 : 0;
}

/* Of a file only what can be done with a file: the kernel refuses the rest. */
static uint64_t rights_of(const struct land *l, enum land_right right, mode_t mode)
{
	uint64_t rights = right == LAND_READ ? READ : right == LAND_RUN ? RUN : BASE & ~LANDLOCK_ACCESS_FS_EXECUTE;

	if (right == LAND_USE)
		rights |= known(l->abi) & ~BASE;
	if (!S_ISDIR(mode))
		rights &= READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE |
			  ACCESS_IOCTL_DEV;
	return rights;
}

int land_allow(struct land *l, const char *path, enum land_right right)
{
	struct landlock_path_beneath_attr rule = { .parent_fd = -1 };
	struct stat s;
	int failed;

	if (l->fd < 0)
		return 0;
	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
	failed = fstat(rule.parent_fd, &s);
	if (!failed) {
		rule.allowed_access = rights_of(l, right, s.st_mode);
		failed = (int)syscall(SYS_landlock_add_rule, l->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	}
	close(rule.parent_fd);
	return failed;
}

int land_enter(struct land *l)
{
	int failed;

	if (l->fd < 0)
		return 0;
	failed = (int)syscall(SYS_landlock_restrict_self, l->fd, 0);
	close(l->fd);
	l->fd = -1;
	return failed;
}
