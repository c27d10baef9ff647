/* The operator's socket: any bytes, in any pieces, are answered line by line with JSON objects that have the request's
 * id, as many as there were lines. The supervisor behind it is a stand-in that does nothing. */
#include "fuzz.h"

#include <cjson/cJSON.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../cmd/ringdown/call.h"
#include "../../cmd/ringdown/control.h"
#include "../../cmd/ringdown/feed.h"
#include "../../cmd/ringdown/generation.h"
#include "../../cmd/ringdown/report.h"
#include "../../cmd/ringdown/super.h"

#include "conf.h"
#include "json.h"
#include "log.h"

#define CALL_ID "CA00000000000000000000000000000001"

static struct call the_call = { .id = CALL_ID, .has_ring = true };
static struct ring_stage the_stage = { .place = 1 };

struct call *call_find(struct super *s, const char *id)
{
	(void)s;
	return strcmp(id, CALL_ID) == 0 ? &the_call : NULL;
}

void call_end(struct call *c, const char *reason, const char *say)
{
	EXPECT(c == &the_call && reason && !say);
}

int ring_restart(struct ring *r, const char *stage, const char *with, char *error, size_t size)
{
	EXPECT(r == &the_call.ring && stage && (!with || *with));
	snprintf(error, size, "no such stage");
	return *stage == 'r' ? 0 : -1;
}

struct ring_stage *ring_find_stage(struct ring *r, const char *name)
{
	EXPECT(r == &the_call.ring);
	return *name == 'r' ? &the_stage : NULL;
}

int agent_switch(struct call *c, const char *agent, const char *by, char *error, size_t size)
{
	EXPECT(c == &the_call && agent && strcmp(by, "operator") == 0);
	snprintf(error, size, "no such agent");
	return *agent == 'a' ? 0 : -1;
}

bool service_restart(struct super *s, const char *name)
{
	(void)s;
	return strcmp(name, "rd-store") == 0;
}

void services_tell(struct super *s, const char *json)
{
	struct cJSON *order = json_parse(json, strlen(json));

	(void)s;
	EXPECT(order);
	cJSON_Delete(order);
}

void calls_tell(struct super *s, const char *json)
{
	services_tell(s, json);
}

int services_webhook_send(struct super *s, const char *json)
{
	services_tell(s, json);
	return -1;
}

int super_reload(struct super *s, char *error, size_t size)
{
	(void)s;
	snprintf(error, size, "refused");
	return -1;
}

void super_drain(struct super *s, long seconds)
{
	(void)s;
	EXPECT(seconds >= 0 && seconds <= 86400);
}

struct cJSON *report_status(const struct super *s, double id)
{
	(void)s;
	return json_make("id:f ok:b", id, 1);
}

struct cJSON *report_show(struct call *c, double id)
{
	EXPECT(c == &the_call);
	return json_make("id:f ok:b", id, 1);
}

struct feed *feed_open(struct loop *loop, struct call *call,
		       void (*on_line)(void *ctx, struct feed *f, const char *line, size_t n), void *ctx)
{
	(void)loop;
	(void)call;
	(void)on_line;
	(void)ctx;
	return NULL;
}

void feed_take(struct feed *f)
{
	(void)f;
}

void feed_close(struct feed *f)
{
	(void)f;
}

static int connect_to(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof a.sun_path, "%.90s/control", path);
	EXPECT(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
	return fd;
}

static size_t have; /* of an answer that has not come whole */

/* Reads all answers; how many. */
static unsigned answers(int fd)
{
	static char text[1 << 16];
	unsigned count = 0;
	ssize_t n;

	while ((n = recv(fd, text + have, sizeof text - have, MSG_DONTWAIT)) > 0) {
		const uint8_t *at = (const uint8_t *)text;
		size_t left = have + (size_t)n;

		while (left && memchr(at, '\n', left)) {
			char *line = fuzz_line(&at, &left);
			struct cJSON *object = json_parse(line, strlen(line));

			EXPECT(cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(object, "id")));
			EXPECT(json_flag(object, "ok", true) || json_text(object, "error"));
			cJSON_Delete(object);
			free(line);
			count++;
		}
		memmove(text, at, left);
		have = left;
	}
	return count;
}

/* Until nothing is to be done: many lines are handed out by and by, and answered as they are read. How many answers. */
static size_t settle(struct loop *loop, int fd)
{
	size_t all = 0, more;

	do {
		EXPECT(loop_step(loop, 0) == 0);
		more = answers(fd);
		all += more;
	} while (more || loop->timers);
	return all;
}

static unsigned lines_in(const uint8_t *bytes, size_t n)
{
	unsigned count = 0;

	for (size_t i = 1; i < n; i++)
		count += bytes[i] == '\n' && bytes[i - 1] != '\n';
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct super s;
	static struct generation generation;
	size_t piece = fuzz_byte(&bytes, &n) * 8u + 1, expected = lines_in(bytes, n), got = 0;
	struct control *control;
	char error[256];
	int fd;

	if (!generation.conf) {
		snprintf(s.runtime, sizeof s.runtime, "%s", fuzz_folder());
		log_limit(LOG_LEVEL_ERROR); /* what clients do fills the log */
		EXPECT(loop_open(&s.loop) == 0);
		s.generation = &generation;
		generation.conf = conf_open(NULL, error, sizeof error);
	}
	have = 0;
	control = control_open(&s, error, sizeof error);
	EXPECT(control);
	fd = connect_to(s.runtime);
	EXPECT(loop_step(&s.loop, 0) == 0);
	for (size_t k; n; bytes += k, n -= k) {
		k = n < piece ? n : piece;
		if (send(fd, bytes, k, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			break;
		got += settle(&s.loop, fd);
		control_swapped(control, &the_call, the_stage.place, NULL);
		got += settle(&s.loop, fd);
	}
	EXPECT(n || got == expected);
	close(fd);
	EXPECT(loop_step(&s.loop, 0) == 0);
	control_close(control);
	return 0;
}
