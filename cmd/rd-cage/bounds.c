#include "bounds.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MB (1024ul * 1024)
#define OPEN_MOST 256
#define GRACE_S 1	    /* from SIGXCPU to SIGKILL */
#ifdef __SANITIZE_ADDRESS__ /* whose shadow of the memory is a multiple of any bound */
#define BOUND_MEMORY false
#else
#define BOUND_MEMORY true
#endif

/* At most so much, and never more than is allowed already. */
static int bound(int what, rlim_t soft, rlim_t hard)
{
	struct rlimit now;

	if (getrlimit((__rlimit_resource_t)what, &now) < 0)
		return -1;
	if (hard > now.rlim_max)
		hard = now.rlim_max;
	return setrlimit((__rlimit_resource_t)what,
			 &(struct rlimit){ .rlim_cur = soft < hard ? soft : hard, .rlim_max = hard });
}

/* How many threads our user has: the kernel counts those, not processes. */
static rlim_t count_threads(void)
{
	DIR *all = opendir("/proc");
	const struct dirent *one;
	rlim_t count = 0;

	while (all && (one = readdir(all))) {
		char path[sizeof one->d_name + sizeof "/proc//task"];
		struct stat s;

		if (!isdigit((unsigned char)one->d_name[0]))
			continue;
		snprintf(path, sizeof path, "/proc/%s/task", one->d_name);
		if (stat(path, &s) == 0 && s.st_uid == getuid() && s.st_nlink > 2)
			count += s.st_nlink - 2;
	}
	if (all)
		closedir(all);
	return count;
}

int bounds_set(const struct bounds *b)
{
	rlim_t processes = (rlim_t)b->processes + count_threads();

	/* not its address space: an interpreter reserves far more of that than it
	 * ever uses */
	if ((BOUND_MEMORY && b->memory_mb &&
	     bound(RLIMIT_DATA, (rlim_t)b->memory_mb * MB, (rlim_t)b->memory_mb * MB) < 0) ||
	    (b->cpu_s && bound(RLIMIT_CPU, (rlim_t)b->cpu_s, (rlim_t)b->cpu_s + GRACE_S) < 0) ||
	    bound(RLIMIT_FSIZE, (rlim_t)b->file_mb * MB, (rlim_t)b->file_mb * MB) < 0 ||
	    bound(RLIMIT_NOFILE, OPEN_MOST, OPEN_MOST) < 0 || bound(RLIMIT_NPROC, processes, processes) < 0)
		return -1;
	return 0;
}
