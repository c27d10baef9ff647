#include "kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "paths.h"

#define SAMPLES_MAX (16 * (TURN_LIMIT_MS + 1000))

static bool is_whole(const struct kept_state *s)
{
	return s->bytes == sizeof *s && s->samples <= SAMPLES_MAX && s->turn.state <= TURN_SPEECH &&
	       s->barge.state <= BARGE_CLEARED && s->floor.at >= 0 && s->floor.at < 4 && !s->name[sizeof s->name - 1] &&
	       !s->pause[sizeof s->pause - 1] && !s->grammar[sizeof s->grammar - 1];
}

int kept_open(struct kept *k, const char *dir, struct kept_state *state)
{
	char path[PATHS_MAX_BYTES];
	struct kept_state found;

	k->fd = -1;
	errno = 0;
	if (!dir)
		return 0;
	if ((size_t)snprintf(path, sizeof path, "%s/hearing", dir) >= sizeof path)
		return errno = ENAMETOOLONG, 0;
	k->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (k->fd < 0)
		return 0;
	errno = 0;
	if (pread(k->fd, &found, sizeof found, 0) != (ssize_t)sizeof found || !is_whole(&found))
		return 0;
	*state = found;
	return 1;
}

void kept_close(struct kept *k)
{
	if (k->fd >= 0)
		close(k->fd);
	k->fd = -1;
}

static off_t place(uint32_t sample)
{
	return (off_t)(sizeof(struct kept_state) + sample * sizeof(int16_t));
}

/* What cannot be written is not kept any more; the call goes on. */
static void put(struct kept *k, const void *bytes, size_t n, off_t at)
{
	if (k->fd < 0 || pwrite(k->fd, bytes, n, at) == (ssize_t)n)
		return;
	(void)!ftruncate(k->fd, 0);
	kept_close(k);
}

void kept_sound(struct kept *k, uint32_t at, const int16_t *samples, size_t n)
{
	if (at + n <= SAMPLES_MAX)
		put(k, samples, n * sizeof *samples, place(at));
}

void kept_say(struct kept *k, const struct kept_state *state)
{
	put(k, state, sizeof *state, 0);
}

size_t kept_read(const struct kept *k, uint32_t at, int16_t *samples, size_t n)
{
	ssize_t got = k->fd < 0 ? 0 : pread(k->fd, samples, n * sizeof *samples, place(at));

	return got > 0 ? (size_t)got / sizeof *samples : 0;
}
