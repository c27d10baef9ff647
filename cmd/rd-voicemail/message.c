#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"

#define HEADER_BYTES 44u
#define SAMPLE_BYTES 2u
#define SECONDS_MAX 3600u /* of one that is gone on with: more is no message of ours */

/* RIFF, little-endian: the format, 16 bytes of it, and how many bytes of samples follow. Not by lib/wav: that cannot go
 * on with a file that somebody killed left behind, nor say why a write failed. */
static void make_header(const struct message *m, uint8_t out[HEADER_BYTES])
{
	memcpy(out, "RIFF\0\0\0\0WAVEfmt ", 16);
	put_u32(out + 4, (uint32_t)(HEADER_BYTES - 8 + m->bytes));
	put_u32(out + 16, 16);
	put_u16(out + 20, 1); /* samples as they are */
	put_u16(out + 22, 1); /* one channel */
	put_u32(out + 24, m->rate_hz);
	put_u32(out + 28, m->rate_hz * SAMPLE_BYTES);
	put_u16(out + 32, SAMPLE_BYTES);
	put_u16(out + 34, 8 * SAMPLE_BYTES);
	memcpy(out + 36, "data", 4);
	put_u32(out + 40, (uint32_t)m->bytes);
}

static int write_at(int fd, const uint8_t *bytes, size_t n, uint64_t at)
{
	while (n) {
		ssize_t done = pwrite(fd, bytes, n, (off_t)at);

		if (done < 0 && errno != EINTR)
			return -1;
		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
			at += (uint64_t)done;
		}
	}
	return 0;
}

static int write_header(const struct message *m)
{
	uint8_t header[HEADER_BYTES];

	make_header(m, header);
	return write_at(m->fd, header, sizeof header, 0);
}

/* Samples first, then the header that counts them: killed between the two, the file is short by a piece, and whole. */
int message_finish(struct message *m)
{
	if (!m->path[0] || !m->waiting)
		return 0;
	if (write_at(m->fd, m->piece, m->waiting, HEADER_BYTES + m->bytes) < 0)
		return -1;
	m->bytes += m->waiting;
	m->waiting = 0;
	return write_header(m);
}

/* What an earlier life wrote, also behind what its header counted. */
static bool go_on(struct message *m, off_t size)
{
	uint8_t header[HEADER_BYTES];
	uint32_t rate;

	if (size < (off_t)HEADER_BYTES || pread(m->fd, header, sizeof header, 0) != (ssize_t)sizeof header ||
	    memcmp(header, "RIFF", 4) != 0 || memcmp(header + 8, "WAVE", 4) != 0)
		return false;
	rate = get_u32(header + 24);
	if (rate < 8000 || rate > 48000 || (uint64_t)size > HEADER_BYTES + (uint64_t)SECONDS_MAX * rate * SAMPLE_BYTES)
		return false;
	m->rate_hz = rate;
	m->bytes = ((uint64_t)size - HEADER_BYTES) / SAMPLE_BYTES * SAMPLE_BYTES;
	return true;
}

static int fail_open(struct message *m, int why)
{
	if (m->fd >= 0)
		close(m->fd);
	m->path[0] = 0;
	return errno = why, -1;
}

int message_open(struct message *m, const char *folder, const char *call, unsigned rate_hz)
{
	bool new = rate_hz != MESSAGE_RATE_FOUND;
	struct stat st;

	*m = (struct message){ .rate_hz = rate_hz, .fd = -1 };
	if (!paths_call_id(call))
		return errno = EINVAL, -1;
	if (paths_mkdir(folder) < 0 || paths_format(m->path, sizeof m->path, "%s/%s.wav", folder, call) < 0)
		return fail_open(m, errno);
	m->fd = open(m->path, O_RDWR | (new ? O_CREAT : 0) | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (m->fd < 0 || fstat(m->fd, &st) < 0)
		return fail_open(m, errno);
	if (!go_on(m, st.st_size) && !new)
		return fail_open(m, ENOENT); /* no message of ours: the first sound makes one */
	if ((m->bytes || ftruncate(m->fd, 0) == 0) && write_header(m) == 0)
		return 0;
	return fail_open(m, errno);
}

int message_add(struct message *m, const int16_t *samples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (m->waiting == sizeof m->piece && message_finish(m) < 0)
			return -1;
		put_u16(m->piece + m->waiting, (uint16_t)samples[i]);
		m->waiting += SAMPLE_BYTES;
	}
	return m->waiting == sizeof m->piece ? message_finish(m) : 0;
}

unsigned message_ms(const struct message *m)
{
	return m->rate_hz ? (unsigned)((m->bytes + m->waiting) / SAMPLE_BYTES * 1000 / m->rate_hz) : 0;
}

void message_close(struct message *m)
{
	if (!m->path[0])
		return;
	(void)message_finish(m); /* what could not be written before was said then */
	(void)fsync(m->fd); /* what it could not bring to the disk is lost with the next power failure, no sooner */
	close(m->fd);
	m->path[0] = 0;
}

void message_drop(struct message *m)
{
	if (!m->path[0])
		return;
	(void)unlink(m->path); /* what is left of it is silence */
	close(m->fd);
	m->path[0] = 0;
}
