/* rd-cage: runs a program with bounds around it. rd-cage(1)
 *   exit as the program does; 100 usage, or it cannot be caged or run */
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bounds.h"
#include "land.h"
#include "log.h"
#include "options.h"
#include "paths.h"
#include "sandbox.h"

#define USE_MOST 64

static struct {
	const char *own, *use[USE_MOST];
	size_t uses;
	bool network, help, version;
	struct bounds bounds;
} given = { .bounds = { .memory_mb = 512, .file_mb = 256, .processes = 64 } };

static int add_use(const char *path, char *error, size_t size)
{
	if (given.uses == USE_MOST) {
		snprintf(error, size, "at most %d paths", USE_MOST);
		return -1;
	}
	given.use[given.uses++] = path;
	return 0;
}

static const struct option_row options[] = {
	{ "own", 0, OPTION_TEXT, &given.own, .argument = "FOLDER",
	  .help = "a folder of its own, made if it is not there; TMPDIR, too" },
	{ "use", 0, OPTION_CALL, .argument = "PATH", .call = add_use,
	  .help = "a file or folder that it may read and write as well" },
	{ "network", 0, OPTION_FLAG, &given.network, .help = "it may open connections" },
	{ "memory-mb", 0, OPTION_NUMBER, &given.bounds.memory_mb, 0, 1 << 20, "N",
	  .help = "memory of each of its processes, 512 if not given; 0: no bound" },
	{ "cpu-s", 0, OPTION_NUMBER, &given.bounds.cpu_s, 0, 86400, "N",
	  .help = "processor time of each; 0, as if not given: no bound" },
	{ "processes", 0, OPTION_NUMBER, &given.bounds.processes, 1, 65536, "N",
	  .help = "how many of them, 64 if not given; root has no such bound" },
	{ "help", 'h', OPTION_FLAG, &given.help, .help = "this text" },
	{ "version", 'V', OPTION_FLAG, &given.version, .help = "the version" },
};
#define OPTIONS (sizeof options / sizeof options[0])

static char **read_options(int argc, char **argv)
{
	char error[512];
	int first = options_read(options, OPTIONS, argc, argv, error, sizeof error);

	if (first < 0)
		log_die(100, "%s", error);
	if (given.help) {
		options_help(options, OPTIONS, "rd-cage", "[options] PROGRAM [WORDS]",
			     "Runs a program that may not use more than this.", stdout);
		exit(0);
	}
	if (given.version) {
		printf("rd-cage %s\n", RD_VERSION);
		exit(0);
	}
	if (first == argc)
		log_die(100, "a program expected");
	return argv + first;
}

/* --- what it may see */

/* All of /etc but what is ours: its secrets lie there. */
static int allow_etc(struct land *l)
{
	DIR *etc = opendir("/etc");
	const struct dirent *one;
	int failed = 0;

	while (etc && !failed && (one = readdir(etc))) {
		char path[sizeof one->d_name + sizeof "/etc/"];

		if (one->d_name[0] == '.' || strcmp(one->d_name, "ringdown") == 0)
			continue;
		snprintf(path, sizeof path, "/etc/%s", one->d_name);
		failed = land_allow(l, path, LAND_READ);
	}
	if (etc)
		closedir(etc);
	return failed;
}

static int allow_machine(struct land *l)
{
	static const char *const run[] = { "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt" };
	static const char *const see[] = { "/proc", "/run/systemd/resolve", "/dev/random", "/dev/urandom" };
	static const char *const use[] = { "/dev/null", "/dev/zero", "/dev/full" };
	int failed = 0;

	for (size_t i = 0; i < sizeof run / sizeof *run && !failed; i++)
		failed = land_allow(l, run[i], LAND_RUN);
	for (size_t i = 0; i < sizeof see / sizeof *see && !failed; i++)
		failed = land_allow(l, see[i], LAND_READ);
	for (size_t i = 0; i < sizeof use / sizeof *use && !failed; i++)
		failed = land_allow(l, use[i], LAND_USE);
	return failed ? -1 : allow_etc(l);
}

/* The folders of the program and of the files among its words: what lies beside
 * them is part of it. */
static int allow_program(struct land *l, char **words)
{
	int failed = 0;

	for (size_t i = 0; words[i] && !failed; i++) {
		char *path = words[i][0] == '/' ? realpath(words[i], NULL) : NULL,
		     *slash = path ? strrchr(path, '/') : NULL;

		if (slash && slash > path) { /* all of / is too much */
			*slash = 0;
			failed = land_allow(l, path, LAND_RUN);
		}
		free(path);
	}
	return failed;
}

/* A disk that takes no folder is no reason not to run what may need none. */
static int allow_own(struct land *l)
{
	int failed = 0;

	if (given.own && paths_mkdir(given.own) < 0)
		log_info("goes without %s: %s", given.own, strerror(errno));
	else if (given.own)
		failed = setenv("TMPDIR", given.own, 1) < 0 ? -1 : land_allow(l, given.own, LAND_USE);
	for (size_t i = 0; i < given.uses && !failed; i++)
		failed = land_allow(l, given.use[i], LAND_USE);
	return failed;
}

/* Started as root it is root without any of root's powers; the bounding set keeps exec from giving them back. */
static int drop_privileges(void)
{
	struct __user_cap_header_struct who = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { .effective = 0 } };

	for (unsigned long cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
		;
	if (errno != EINVAL && errno != EPERM) /* beyond the last one, or there is nothing to lose */
		return -1;
	return (int)syscall(SYS_capset, &who, none);
}

static void close_off(char **words)
{
	struct land land;

	if (bounds_set(&given.bounds) < 0)
		log_die(100, "cannot set its bounds: %s", strerror(errno));
	if (land_open(&land) < 0 || allow_machine(&land) < 0 || allow_program(&land, words) < 0 || allow_own(&land) < 0)
		log_die(100, "cannot say what it may touch: %s", strerror(errno));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || drop_privileges() < 0 || land_enter(&land) < 0)
		log_die(100, "cannot lock it in: %s", strerror(errno));
	if (sandbox_enter(SANDBOX_CHILDREN | (given.network ? SANDBOX_INTERNET : 0)) < 0 && errno != ENOSYS)
		log_die(100, "cannot filter its system calls: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	char **words;

	log_open("rd-cage", NULL);
	words = read_options(argc, argv);
	close_off(words);
	execv(words[0], words);
	log_die(100, "cannot run %s: %s", words[0], strerror(errno));
}
