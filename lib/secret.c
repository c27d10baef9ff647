#include "secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"

bool secret_is_name(const char *name)
{
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return n && n <= 64 && !name[n] && name[0] >= 'A' && name[0] <= 'Z';
}

void secret_wipe(void *bytes, size_t n)
{
	explicit_bzero(bytes, n);
}

/* What is in out, without the newline that an editor puts behind it; n bytes were read. */
static int finish(char *out, size_t size, size_t n)
{
	while (n && (out[n - 1] == '\n' || out[n - 1] == '\r'))
		out[--n] = '\0';
	if (n && !memchr(out, '\0', n))
		return 0;
	secret_wipe(out, size);
	errno = n ? EMSGSIZE : ENOENT;
	return -1;
}

static int from_file(const char *folder, const char *prefix, const char *name, char *out, size_t size)
{
	char path[PATHS_MAX_BYTES];
	ssize_t n;

	if (paths_format(path, sizeof(path), "%s/%s%s", folder, prefix, name))
		return -1;
	n = paths_read_bounded(path, out, size);
	if (n >= 0)
		return finish(out, size, (size_t)n);
	secret_wipe(out, size);
	if (errno == EFBIG)
		errno = EMSGSIZE;
	return -1;
}

static int from_environment(const char *name, char *out, size_t size)
{
	const char *value = getenv(name);
	size_t n = value ? strlen(value) : 0;

	if (n < size) {
		memcpy(out, value ? value : "", n + 1);
		return finish(out, size, n);
	}
	errno = EMSGSIZE;
	return -1;
}

int secret_find(const char *name, char *out, size_t size)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	/* LoadCredential=secrets:FOLDER gives each file of the folder the name secrets_FILE */
	const struct {
		const char *folder, *prefix;
	} places[] = { { credentials, "" }, { credentials, "secrets_" }, { RD_SYSCONF "/secrets", "" } };

	if (!secret_is_name(name)) {
		errno = EINVAL;
		return -1;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (!places[i].folder)
			continue;
		if (!from_file(places[i].folder, places[i].prefix, name, out, size))
			return 0;
		/* Without the right to look into our own folder (a user trying things by hand), the environment is
		 * asked. */
		if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
			return -1;
	}
	return from_environment(name, out, size);
}

int secret_take(const char *name, char *out, size_t size)
{
	char *place = getenv(name);
	int result, why;

	if (!secret_is_name(name)) {
		errno = EINVAL;
		return -1;
	}
	result = from_environment(name, out, size);
	why = errno;
	if (place)
		secret_wipe(place, strlen(place));
	(void)unsetenv(name); /* fails only for an impossible name */
	errno = why;
	return result;
}
