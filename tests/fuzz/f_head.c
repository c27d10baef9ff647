/* The head of an HTTP request, read as it grows, and the exchange behind it: what head.c judged good, http.c takes,
 * with the same method, target, headers and body. */
#include "fuzz.h"

#include <sys/socket.h>
#include <unistd.h>

#include "../../cmd/rd-webhook/head.h"

#include "http.h"

#define BODY_MAX 4096

static const struct head *judged;
static const char *body;
static size_t body_bytes;
static bool over;

static void slice_is(struct head_slice s, const char *text)
{
	EXPECT(strlen(text) == s.n && memcmp(text, s.at, s.n) == 0);
}

static void on_request(struct http *h, void *ctx, const struct http_request *r)
{
	static char name[HEAD_BYTES + 1], value[HEAD_BYTES + 1];

	(void)ctx;
	slice_is(judged->method, r->method);
	slice_is(judged->target, r->target);
	for (size_t i = 0; i < judged->count; i++) {
		const struct head_slice *one;

		memcpy(name, judged->field[i].name.at, judged->field[i].name.n);
		name[judged->field[i].name.n] = 0;
		one = head_get(judged, name);
		EXPECT((http_header(h, name, value, sizeof value) == 0) == (one != NULL));
		if (one)
			slice_is(*one, value);
	}
	EXPECT(r->body_bytes == (size_t)judged->content_length && r->body_bytes <= body_bytes);
	EXPECT(memcmp(r->body, body, r->body_bytes) == 0 && r->body[r->body_bytes] == 0);
	EXPECT(http_reply(h, 200, "text/plain", "ok", 2) == 0);
	EXPECT(http_reply(h, 200, NULL, NULL, 0) == -1);
}

static void on_over(struct http *h, void *ctx)
{
	(void)h;
	(void)ctx;
	over = true;
}

static void serve(const struct head *h, const char *text, size_t n)
{
	static const struct http_calls calls = { .on_request = on_request, .on_over = on_over };
	struct loop loop;
	struct http *http;
	int ends[2];

	EXPECT(loop_open(&loop) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	judged = h;
	body = text + h->bytes;
	body_bytes = n - h->bytes;
	over = false;
	http = http_adopt(&loop, ends[0], text, n, BODY_MAX, &calls, NULL);
	EXPECT(http);
	for (int i = 0; i < 4 && !over; i++)
		EXPECT(loop_step(&loop, 0) == 0);
	close(ends[1]); /* a body that does not come whole ends here */
	for (int i = 0; i < 8 && !over; i++)
		EXPECT(loop_step(&loop, 0) == 0);
	EXPECT(over);
	loop_close(&loop);
}

static void look_up(const struct head *h)
{
	char token[TOKEN_CHARS + 1], host[64];
	struct head_slice path = head_path(h), query = head_query(h);

	EXPECT(h->count <= HEAD_FIELDS && h->content_length >= 0);
	EXPECT(path.n + query.n + (path.n != h->target.n) == h->target.n);
	(void)head_upgrade(h);
	(void)head_media_token(h, token);
	(void)head_text(h, "Host", host, sizeof host);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = fuzz_bytes(bytes, n);
	struct head h = { 0 }, part;
	enum head_state state = head_read(&h, text, n);

	EXPECT(state != HEAD_MORE || n < HEAD_BYTES);
	EXPECT(state != HEAD_BAD || (h.status >= 400 && h.why));
	for (size_t k = 0; state == HEAD_WHOLE && k < h.bytes; k += 1 + h.bytes / 64)
		EXPECT(head_read(&part, text, k) == HEAD_MORE);
	if (state == HEAD_WHOLE) {
		EXPECT(h.bytes <= n && head_read(&part, text, h.bytes) == HEAD_WHOLE);
		look_up(&h);
		serve(&h, text, n);
	}
	free(text);
	return 0;
}
