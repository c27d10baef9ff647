/* Bad input: what is no frame, no event, no message. It is dropped, or passes; the next good frame passes always. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "check.h"
#include "clock.h"
#include "event.h"
#include "line.h"
#include "rest.h"

static void begin(struct subject *s)
{
	subject_ring(s, "3", 0);
	subject_settle(s);
}

static void send_text(struct subject *s, const void *text, size_t n)
{
	subject_maybe(s, (struct frame){ .kind = FRAME_EVENT, .origin = 4, .length = (uint32_t)n, .payload = text });
}

static void no_events(struct subject *s)
{
#define TEXT(t)                                                                                                        \
	{                                                                                                              \
		t, sizeof t - 1                                                                                        \
	}
	static const struct {
		const char *text;
		size_t n;
	} cases[] = {
		TEXT(""),
		TEXT("{"),
		TEXT("{}"),
		TEXT("[]"),
		TEXT("null"),
		TEXT("\"type\""),
		TEXT("\0"),
		TEXT("\xf5\x52\x01"),
		TEXT("{\"type\":1}"),
		TEXT("{\"type\":null}"),
		TEXT("{\"type\":\"\"}"),
		TEXT("{\"type\":{\"type\":\"call.end\"}}"),
		TEXT("{\"type\":\"conform\"} {\"type\":\"conform\"}"),
		TEXT("{\"type\":\"conform\",}"),
		TEXT("{\"type\":\"conform\""),
		TEXT("{\"type\":\"conform"),
		TEXT("{\"type\":\"conform\\"),
		TEXT("{\"type\":\"\\ud800\"}"),
		TEXT("{\"type\":\"\\u0000\"}"),
		TEXT("{\"type\":\"a\0b\"}"),
		TEXT("{\"type\":\"conform\xff\xfe\xc0\x80\"}"),
		TEXT("\xef\xbb\xbf{\"type\":\"conform\"}"),
		TEXT("{\"type\":\"conform\n\x1b[2J\"}"),
		TEXT("{\"type\":\"conform\",\"type\":\"call.end\"}"),
		TEXT("{\"type\":\"conform\",\"n\":1e999999,\"m\":-1e-999999,\"o\":99999999999999999999999999}"),
		TEXT("{\"type\":\"stage.hello\"}"),
		TEXT("{\"type\":\"stage.hello\",\"needs\":\"context\"}"),
		TEXT("{\"type\":\"stage.hello\",\"needs\":[1,null,{},[\"context\"],\"\"]}"),
		TEXT("{\"type\":\"stage.hello\",\"needs\":["),
		TEXT("{\"type\":\"call.clear\"}"),
		TEXT("{\"type\":\"call.clear\",\"item\":\"999.999.99999\"}"),
		TEXT("{\"type\":\"call.clear\",\"item\":\"4.0.1\xff\",\"id\":[]}"),
	};

	begin(s);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		send_text(s, cases[i].text, cases[i].n);
	subject_settle(s);
	subject_end(s);
}

static void strange_events(struct subject *s)
{
	static char text[FRAME_PAYLOAD_MAX];
	static const uint32_t depths[] = { 100, 1000, 10000, 32000 };
	int n;

	begin(s);
	n = snprintf(text, sizeof text, "{\"type\":\"%010000d\"}", 0);
	send_text(s, text, (size_t)n);
	n = snprintf(text, sizeof text, "{\"x\":\"%060000d\",\"type\":\"conform\"}", 0);
	send_text(s, text, (size_t)n);
	for (size_t i = 0; i < sizeof depths / sizeof depths[0]; i++) {
		n = snprintf(text, sizeof text, "{\"type\":\"stage.hello\",\"needs\":");
		memset(text + n, '[', depths[i]);
		memset(text + n + depths[i], ']', depths[i]);
		text[(size_t)n + 2 * depths[i]] = '}';
		send_text(s, text, (size_t)n + 2 * depths[i] + 1);
		send_text(s, text, (size_t)n + depths[i]);
	}
	n = snprintf(text, sizeof text, "{\"type\":\"stage.hello\",\"needs\":[");
	for (int i = 0; i < 10000; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "\"x\",");
	n += snprintf(text + n, sizeof text - (size_t)n, "\"x\"]}");
	send_text(s, text, (size_t)n);
	subject_settle(s);
	subject_end(s);
}

/* The fields of an event of the table, each with a value of a kind that it has not; or text that forges a line. */
static void make_wrong(const char *fields, bool forged, char *text, size_t size)
{
	size_t n = strlen(text);

	while (*fields) {
		size_t word = strcspn(fields, " "), name = strcspn(fields, "?:");
		char kind = fields[word - 1];
		const char *value = forged ? "\"\\n<3>forged\\u001b[2J\\u0000\"" : kind == 's' ? "{}" : "\"no\"";

		if (forged && (kind == 'n' || kind == 'b'))
			value = kind == 'n' ? "-1e300" : "true";
		else if (forged && (kind == 'o' || kind == 'a'))
			value = kind == 'o' ? "{\"\\n\":[{}]}" : "[null,{\"item\":\"\\n\"},\"\\n\",-1]";
		n += (size_t)snprintf(text + n, size - n, ",\"%.*s\":%s", (int)name, fields, value);
		fields += word;
		fields += strspn(fields, " ");
	}
	snprintf(text + n, size - n, "}");
}

/* A line for systemd may begin with its <priority>; then all do. */
static void check_priorities(struct subject *s)
{
	unsigned lines = 0, with = 0;

	for (const char *p = s->log_text; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		lines++;
		with += p[0] == '<' && p[1] >= '0' && p[1] <= '7' && p[2] == '>';
	}
	if (with && with < lines)
		subject_fail(s, "expected each line on descriptor 2 to begin with its <priority>, got %u of %u without",
			     lines - with, lines);
}

/* Every type of the table: as bare as can be, with every field of a wrong kind, with fields that no one would say. */
static void wrong_fields(struct subject *s)
{
	char text[2048];
	/* from further away: some of these mean more from a neighbour */
	struct frame f = { .kind = FRAME_EVENT, .origin = 4, .hops = 1, .payload = (const uint8_t *)text };

	s->journal = true;
	begin(s);
	for (int how = 0; how < 3; how++)
		for (enum event_type t = EVENT_UNKNOWN + 1; t < EVENT_TYPES; t++) {
			snprintf(text, sizeof text, "{\"type\":\"%s\"", event_info(t)->type);
			make_wrong(how ? event_info(t)->fields : "", how == 2, text, sizeof text);
			f.seq = f.birth_us = 0;
			f.length = (uint32_t)strlen(text);
			subject_pass(s, f);
		}
	subject_settle(s);
	subject_end(s);
	check_priorities(s);
}

static void bad_messages(struct subject *s)
{
	static uint8_t bytes[FRAME_MAX + 100];
	static const size_t sizes[] = { 1, 2, 31, 32, 33, 100, FRAME_MAX };
	struct frame good = { .kind = FRAME_EVENT, .origin = 4, .length = 10 };

	begin(s);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		memset(bytes, 'x', sizeof bytes);
		subject_bytes(s, bytes, sizes[i]);
		frame_pack(&good, bytes);
		if (sizes[i] != FRAME_HEADER + good.length)
			subject_bytes(s, bytes, sizes[i]); /* cut off, or longer than it says */
		subject_settle(s);
	}
	good.length = 0xffffffff;
	frame_pack(&good, bytes);
	subject_bytes(s, bytes, 1000);
	good.length = FRAME_PAYLOAD_MAX + 1;
	frame_pack(&good, bytes);
	subject_bytes(s, bytes, FRAME_MAX + 1);
	for (int i = 0; i < 1000; i++)
		subject_bytes(s, "no frame", 8);
	subject_settle(s);
	subject_end(s);
}

static void other_version(struct subject *s)
{
	uint8_t bytes[FRAME_HEADER];

	begin(s);
	frame_pack(&(struct frame){ .kind = FRAME_EVENT, .origin = 4, .seq = 1 }, bytes);
	bytes[2] = FRAME_VERSION + 1;
	s->ending = true;
	subject_bytes(s, bytes, sizeof bytes);
	subject_exits(s, 100, 2 * SECOND);
	if (!s->log_size)
		subject_fail(s, "expected a line on descriptor 2, got none");
}

static int count_descriptors(const struct subject *s)
{
	char path[64];
	int n = 0;
	DIR *d;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)s->pid);
	d = opendir(path);
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

/* Until what was sent on descriptor 3 was read; it may be left alone. */
static void wait_for_line(struct subject *s)
{
	uint64_t until = clock_us() + 200 * MS;
	int unread = 1;

	while (!s->failure[0] && clock_us() < until && ioctl(s->line, TIOCOUTQ, &unread) == 0 && unread)
		subject_watch(s, MS);
}

static void bad_line(struct subject *s)
{
	static const char *const texts[] = { "garbage",
					     "{",
					     "{}",
					     "[]",
					     "\n",
					     "{\"do\":1}",
					     "{\"do\":\"conform\"}\n\xff\xfe",
					     "{\"do\":\"log\",\"level\":\"\\n<3>forged\"}",
					     "{\"do\":\"log\"}",
					     "{\"do\":\"\\n<3>forged\"}" };
	static char large[LINE_MAX_BYTES];
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), before;

	begin(s);
	rest_wait(s);
	before = count_descriptors(s);
	memset(large, 'x', sizeof large);
	for (int round = 0; round < 2 && !s->failure[0]; round++)
		for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
			(void)line_send(s->line, texts[i], NULL, 0, round ? null : -1);
	(void)line_send(s->line, "{}", large, sizeof large - 3, null); /* too much for one that leaves it alone */
	close(null);
	wait_for_line(s);
	subject_settle(s);
	if (!s->failure[0] && count_descriptors(s) > before)
		subject_fail(s,
			     "expected descriptors that it did not ask for to be closed, got %d more open than before",
			     count_descriptors(s) - before);
	subject_end(s);
}

const struct check input_checks[] = {
	{ "no-events", "what is no JSON, or has no type, passes or is dropped; what follows passes", no_events },
	{ "strange-events", "a type of 10 KB, a text of 60 KB, deep nesting, 10,000 needs: the same", strange_events },
	{ "wrong-fields", "every known type with missing, wrong and forged fields passes; the log stays one of lines",
	  wrong_fields },
	{ "bad-messages", "messages that are no frames are dropped, what follows passes", bad_messages },
	{ "other-version", "another version of the frame: exit status 100 and a line", other_version },
	{ "bad-line", "nonsense on descriptor 3 does no harm, descriptors that come with it are closed", bad_line },
	{ 0 },
};
