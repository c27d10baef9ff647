/* The folders of ringdown(7) and the files in them: names built with overflow checks, files written whole or not at
 * all, read only up to a limit. Everything is 0700/0600. Every function here blocks on the disk. */
#ifndef PATHS_H
#define PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct conf;

#define PATHS_MAX_BYTES 512u /* of a name that we build; a Unix socket's may have 108 */

/* The folder: general { runtime-dir … } if c has it; as a service what systemd gave or /run/ringdown,
 * /var/lib/ringdown, /var/cache/ringdown; by hand below $XDG_…. Not made. c may be NULL. 0, or -1 with errno (ENOENT:
 * no $HOME). */
int paths_runtime(const struct conf *c, char *out, size_t size);
int paths_state(const struct conf *c, char *out, size_t size);
int paths_cache(const struct conf *c, char *out, size_t size);

/* The configuration file: option (-c) if not NULL, else $RINGDOWN_CONFIG_PATH, else ringdown.conf in its place. 1: out
 * names it; 0: nothing was named and nothing is in its place (all defaults: conf_open(NULL)); -1 with errno. */
int paths_configuration(const char *option, char *out, size_t size);

/* printf into out. 0, or -1 ENAMETOOLONG. */
int paths_format(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* ^[A-Z]{2}[0-9a-f]{32}$, what a call's id must be before it becomes a path. */
bool paths_call_id(const char *call);

/* RUNTIME/calls/CALL. 0, or -1 with errno (EINVAL: not a call's id). */
int paths_call(const char *runtime, const char *call, char *out, size_t size);

/* The folder and those above it, 0700; one that is there must be ours (or root's) and writable by nobody else: else -1
 * EPERM. */
int paths_mkdir(const char *path);

/* Writes path.tmp, then renames it: a reader sees the old file or the new one. One writer a file. 0600. 0, or -1 with
 * errno. */
int paths_write_atomically(const char *path, const void *bytes, size_t n);

/* The same, and a power failure does not undo it: waits until the disk has it. */
int paths_write_durably(const char *path, const void *bytes, size_t n);

/* The length of what is now in buf (size bytes, NUL added), or -1 with errno (EFBIG: more than size - 1; ENOTSUP,
 * EISDIR: not a regular file). Waits for nothing but the disk. */
ssize_t paths_read_bounded(const char *path, char *buf, size_t size);

#endif
