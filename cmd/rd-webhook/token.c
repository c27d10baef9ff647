#include "token.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "paths.h"

#define TOKEN_FILE_BYTES 80

int token_open(const char *runtime)
{
	char path[PATHS_MAX_BYTES];

	return paths_format(path, sizeof path, "%s/tokens", runtime) < 0 ? -1 : paths_mkdir(path);
}

static int path_of(char *path, size_t size, const char *runtime, const char *name)
{
	return paths_format(path, size, "%s/tokens/%s", runtime, name);
}

static int random_hex(char hex[TOKEN_CHARS + 1])
{
	unsigned char bits[TOKEN_CHARS / 2];
	ssize_t n;

	do
		n = getrandom(bits, sizeof bits, 0);
	while (n < 0 && errno == EINTR);
	if (n != sizeof bits) /* up to 256 bytes come whole */
		return -1;
	for (size_t i = 0; i < sizeof bits; i++)
		snprintf(hex + 2 * i, 3, "%02x", bits[i]);
	return 0;
}

int token_make(const char *runtime, const char *call, unsigned step, uint64_t now_ms, char hex[TOKEN_CHARS + 1])
{
	char path[PATHS_MAX_BYTES], text[TOKEN_FILE_BYTES];
	int n;

	if (!paths_call_id(call)) {
		errno = EINVAL;
		return -1;
	}
	if (random_hex(hex) < 0 || path_of(path, sizeof path, runtime, hex) < 0)
		return -1;
	n = snprintf(text, sizeof text, "%s %u %llu\n", call, step, (unsigned long long)now_ms + TOKEN_LIFE_MS);
	return paths_write_atomically(path, text, (size_t)n);
}

/* "CALL STEP EXPIRY" and nothing else. */
static bool read_text(struct token *t, uint64_t *expiry_ms, char *text)
{
	const size_t call_bytes = sizeof t->call - 1;
	unsigned long long step;
	char *end;

	if (strlen(text) <= call_bytes || text[call_bytes] != ' ')
		return false;
	memcpy(t->call, text, call_bytes);
	t->call[call_bytes] = '\0';
	errno = 0;
	step = strtoull(text + call_bytes + 1, &end, 10);
	if (errno || *end != ' ' || step > UINT32_MAX || !paths_call_id(t->call))
		return false;
	t->step = (unsigned)step;
	*expiry_ms = strtoull(end + 1, &end, 10);
	return !errno && strcmp(end, "\n") == 0;
}

/* 0; -1: ETIME, EBADMSG or why it could not be read. */
static int read_file(const char *path, uint64_t now_ms, struct token *t)
{
	char text[TOKEN_FILE_BYTES];
	uint64_t expiry_ms;

	if (paths_read_bounded(path, text, sizeof text) < 0)
		return -1;
	if (!read_text(t, &expiry_ms, text)) {
		errno = EBADMSG;
		return -1;
	}
	if (now_ms >= expiry_ms) {
		errno = ETIME;
		return -1;
	}
	return 0;
}

int token_spend(const char *runtime, const char *hex, uint64_t now_ms, struct token *t)
{
	char path[PATHS_MAX_BYTES], spent[PATHS_MAX_BYTES];
	int rc, error;

	if (strlen(hex) != TOKEN_CHARS || hex[strspn(hex, "0123456789abcdef")]) {
		errno = EINVAL;
		return -1;
	}
	if (path_of(path, sizeof path, runtime, hex) < 0 || paths_format(spent, sizeof spent, "%s.spent", path) < 0)
		return -1;
	if (rename(path, spent) < 0) /* one winner: for all others it is gone */
		return -1;
	rc = read_file(spent, now_ms, t);
	error = errno;
	(void)unlink(spent); /* what stays is swept */
	errno = error;
	return rc;
}

int token_sweep(const char *runtime, uint64_t now_ms)
{
	char path[PATHS_MAX_BYTES];
	struct dirent *entry;
	struct token t;
	int swept = 0;
	DIR *dir;

	if (path_of(path, sizeof path, runtime, "") < 0)
		return -1;
	dir = opendir(path);
	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || path_of(path, sizeof path, runtime, entry->d_name) < 0)
			continue;
		if (read_file(path, now_ms, &t) < 0 && unlink(path) == 0)
			swept++;
	}
	closedir(dir);
	return swept;
}
