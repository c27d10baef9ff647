/* A connection that is to become a WebSocket: head and messages in any pieces, by libwebsockets as ws.c holds it. It
 * opens at most once, closes exactly once, and hands out only texts within the limit. First byte: how many bytes at
 * once. */
#include "fuzz.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "ws.h"

#define MESSAGE_MAX 1024

static struct loop loop;
static unsigned opened, closed;

static void on_open(struct ws *w, void *ctx)
{
	(void)w;
	(void)ctx;
	opened++;
}

static void on_text(struct ws *w, void *ctx, char *text, size_t n)
{
	(void)ctx;
	EXPECT(opened == 1 && !closed && n <= MESSAGE_MAX && text[n] == 0);
	(void)ws_send(w, text, n);
}

static void on_close(struct ws *w, void *ctx, int status, const char *why)
{
	(void)w;
	(void)ctx;
	EXPECT(status >= 0 && why);
	closed++;
	loop_stop(&loop);
}

static void on_pause(void *ctx)
{
	(void)ctx;
	loop_stop(&loop);
}

/* Until it is over, or nothing more can come of what was sent. */
static void run(uint64_t us)
{
	static struct timer pause = { .name = "pause", .on = on_pause };

	loop.stopped = false;
	timer_after(&loop, &pause, us);
	EXPECT(loop_run(&loop) == 0);
	timer_stop(&loop, &pause);
}

static void connected(int ends[2])
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof a;
	struct linger at_once = { 1, 0 }; /* no TIME_WAIT for each input */
	int door = socket(AF_INET, SOCK_STREAM, 0);

	ends[1] = socket(AF_INET, SOCK_STREAM, 0);
	EXPECT(bind(door, (struct sockaddr *)&a, size) == 0 && listen(door, 1) == 0);
	EXPECT(getsockname(door, (struct sockaddr *)&a, &size) == 0);
	EXPECT(connect(ends[1], (struct sockaddr *)&a, size) == 0);
	ends[0] = accept(door, NULL, NULL);
	EXPECT(setsockopt(ends[1], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
	close(door);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const struct ws_calls calls = { .on_open = on_open, .on_text = on_text, .on_close = on_close };
	static const struct ws_limits limits = { .message_bytes = MESSAGE_MAX, .queue_bytes = 8 * MESSAGE_MAX };
	static bool ready;
	size_t piece = fuzz_byte(&bytes, &n) * 8u + 1;
	int ends[2];

	if (!ready)
		ready = loop_open(&loop) == 0 && ws_open(&loop, false) == 0;
	opened = closed = 0;
	connected(ends);
	EXPECT(ws_adopt(ends[0], bytes, n < piece ? n : piece, &calls, &limits, NULL));
	bytes += n < piece ? n : piece;
	n -= n < piece ? n : piece;
	for (size_t k; n && !closed; bytes += k, n -= k) {
		k = n < piece ? n : piece;
		if (send(ends[1], bytes, k, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			break;
		run(200);
	}
	shutdown(ends[1], SHUT_WR);
	for (int i = 0; i < 100 && !closed; i++)
		run(2 * MS);
	close(ends[1]);
	for (int i = 0; i < 100 && !closed; i++)
		run(10 * MS);
	EXPECT(opened <= 1 && closed == 1);
	return 0;
}
