#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"

#define CALL_ID_BYTES 34

/* A kind of folder: who may say where it is, in this order. */
struct place {
	const char *key;     /* of general */
	const char *systemd; /* a variable: folders, with colons between them */
	const char *service; /* where root has it */
	const char *xdg;     /* a variable: the folder above it, for a user */
	const char *home;    /* the same below $HOME; NULL: /tmp/ringdown-UID */
};

static const struct place runtime = { "runtime-dir", "RUNTIME_DIRECTORY", "/run/ringdown", "XDG_RUNTIME_DIR", NULL },
			  state = { "state-dir", "STATE_DIRECTORY", "/var/lib/ringdown", "XDG_STATE_HOME",
				    ".local/state" },
			  cache = { "cache-dir", "CACHE_DIRECTORY", "/var/cache/ringdown", "XDG_CACHE_HOME", ".cache" },
			  config = { NULL, "CONFIGURATION_DIRECTORY", RD_SYSCONF, "XDG_CONFIG_HOME", ".config" };

int paths_format(char *out, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(out, size, format, args);
	va_end(args);
	if (n >= 0 && (size_t)n < size)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

/* A variable that names an absolute path; NULL: unset, empty or relative (which the XDG specification says to
 * ignore). */
static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value == '/' ? value : NULL;
}

/* systemd gives all its folders to the programs it starts, one variable each; any of them means: as a service. */
static bool as_service(void)
{
	return geteuid() == 0 || variable(runtime.systemd) || variable(state.systemd) || variable(cache.systemd);
}

static int place_find(const struct place *p, const struct conf *c, char *out, size_t size)
{
	const char *configured = c && p->key ? conf_text(c, "general", NULL, p->key) : "", *given, *home;

	if (*configured)
		return paths_format(out, size, "%s", configured);
	given = variable(p->systemd);
	if (given)
		return paths_format(out, size, "%.*s", (int)strcspn(given, ":"), given);
	if (as_service())
		return paths_format(out, size, "%s", p->service);
	given = variable(p->xdg);
	if (given)
		return paths_format(out, size, "%s/ringdown", given);
	if (!p->home)
		return paths_format(out, size, "/tmp/ringdown-%ld", (long)geteuid());
	home = variable("HOME");
	if (home)
		return paths_format(out, size, "%s/%s/ringdown", home, p->home);
	errno = ENOENT;
	return -1;
}

int paths_runtime(const struct conf *c, char *out, size_t size)
{
	return place_find(&runtime, c, out, size);
}

int paths_state(const struct conf *c, char *out, size_t size)
{
	return place_find(&state, c, out, size);
}

int paths_cache(const struct conf *c, char *out, size_t size)
{
	return place_find(&cache, c, out, size);
}

int paths_configuration(const char *option, char *out, size_t size)
{
	const char *named = option ? option : getenv("RINGDOWN_CONFIG_PATH");
	char folder[PATHS_MAX_BYTES];

	if (named && *named)
		return paths_format(out, size, "%s", named) ? -1 : 1;
	if (place_find(&config, NULL, folder, sizeof(folder)))
		return errno == ENOENT ? 0 : -1;
	if (paths_format(out, size, "%s/ringdown.conf", folder))
		return -1;
	return access(out, F_OK) == 0 || errno != ENOENT; /* one that cannot be seen is not taken for none */
}

bool paths_call_id(const char *call)
{
	return strlen(call) == CALL_ID_BYTES && call[0] >= 'A' && call[0] <= 'Z' && call[1] >= 'A' && call[1] <= 'Z' &&
	       strspn(call + 2, "0123456789abcdef") == CALL_ID_BYTES - 2;
}

int paths_call(const char *runtime_folder, const char *call, char *out, size_t size)
{
	if (paths_call_id(call))
		return paths_format(out, size, "%s/calls/%s", runtime_folder, call);
	errno = EINVAL;
	return -1;
}

/* A folder that others may write in is no place for sockets and secrets; in /tmp somebody may have made it before
 * us. */
static int folder_is_ours(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -1;
	if (!S_ISDIR(st.st_mode))
		errno = ENOTDIR;
	else if ((st.st_uid != geteuid() && st.st_uid != 0) || (st.st_mode & 022))
		errno = EPERM;
	else
		return 0;
	return -1;
}

int paths_mkdir(const char *path)
{
	char above[PATHS_MAX_BYTES];

	if (paths_format(above, sizeof(above), "%s", path))
		return -1;
	for (char *p = above + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (mkdir(above, 0700) && errno != EEXIST)
			return -1;
		*p = '/';
	}
	if (mkdir(path, 0700) && errno != EEXIST)
		return -1;
	return folder_is_ours(path);
}

static int write_whole(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

static int write_file(const char *path, const void *bytes, size_t n, bool durably)
{
	char temporary[PATHS_MAX_BYTES];
	int fd, result, why;

	if (paths_format(temporary, sizeof(temporary), "%s.tmp", path))
		return -1;
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	result = write_whole(fd, bytes, n);
	if (!result && durably)
		result = fsync(fd); /* before the name is: else a power failure leaves the new name and no bytes */
	if (close(fd))
		result = -1;
	if (!result)
		result = rename(temporary, path);
	if (result) {
		why = errno;
		(void)unlink(temporary); /* what is left of it harms nobody: the next writer truncates it */
		errno = why;
	}
	return result;
}

int paths_write_atomically(const char *path, const void *bytes, size_t n)
{
	return write_file(path, bytes, n, false);
}

int paths_write_durably(const char *path, const void *bytes, size_t n)
{
	char folder[PATHS_MAX_BYTES];
	const char *slash = strrchr(path, '/');
	int fd;

	if (write_file(path, bytes, n, true) ||
	    paths_format(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : "."))
		return -1;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return 0; /* it is written; a folder that may not be read is brought to the disk in its own time */
	(void)fsync(fd);  /* not every file system can */
	(void)close(fd);  /* nothing was written through it */
	return 0;
}

/* A regular file, opened without waiting: somebody may have put a fifo in its place, which would be waited for for
 * ever.
 */
static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), why = 0;
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		why = errno;
	else if (!S_ISREG(st.st_mode))
		why = S_ISDIR(st.st_mode) ? EISDIR : ENOTSUP;
	if (!why)
		return fd;
	(void)close(fd); /* nothing was done with it */
	return errno = why, -1;
}

ssize_t paths_read_bounded(const char *path, char *buf, size_t size)
{
	int fd = open_file(path), why;
	size_t have = 0;
	ssize_t n = 1;

	if (fd < 0)
		return -1;
	while (n && have < size) {
		n = read(fd, buf + have, size - have);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n < 0)
			break;
		else
			have += (size_t)n;
	}
	why = n < 0 ? errno : EFBIG;
	(void)close(fd); /* it was only read */
	if (n < 0 || have == size) {
		errno = why;
		return -1;
	}
	buf[have] = '\0';
	return (ssize_t)have;
}
