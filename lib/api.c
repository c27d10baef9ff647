#include "api.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "json.h"
#include "url.h"

#define CONNECT_MS 5000u
#define TOTAL_MS 15000u
#define IDLE_MS 10000u
#define LIMIT_BYTES 1048576u
#define REQUEST_ID_BYTES 64
#define PATH_BYTES 4096

bool api_is_safe(const char *base)
{
	struct url u;

	return url_read(&u, base) == 0 && (strcmp(u.scheme, "https") == 0 || fetch_is_loopback(base));
}

int api_open(struct api *a, const char *base, unsigned seconds)
{
	struct url u;
	size_t n = strlen(base);

	*a = (struct api){ .bearer = NULL };
	while (n && base[n - 1] == '/')
		n--;
	if (n >= sizeof a->base || url_read(&u, base) < 0 || strncmp(u.scheme, "http", 4) != 0)
		return errno = EINVAL, -1;
	snprintf(a->base, sizeof a->base, "%.*s", (int)n, base);
	if (ask_open(&a->session) < 0)
		return -1;
	a->session.until_us = clock_us() + seconds * SECOND;
	return 0;
}

void api_close(struct api *a)
{
	ask_close(&a->session);
}

static void ask_once(struct api *a, const char *method, const char *path, const char *request_id, const char *body,
		     struct api_reply *r)
{
	const char *headers[API_HEADERS + 4];
	char url[API_BASE_BYTES + PATH_BYTES], id[REQUEST_ID_BYTES];
	size_t n = 0;
	struct fetch_request request = { .url = url,
					 .method = method,
					 .headers = headers,
					 .body = body,
					 .body_bytes = body ? strlen(body) : 0,
					 .bearer = a->bearer,
					 .connect_ms = CONNECT_MS,
					 .total_ms = TOTAL_MS,
					 .idle_ms = IDLE_MS,
					 .limit_bytes = LIMIT_BYTES };

	while (a->headers[n] && n < API_HEADERS) {
		headers[n] = a->headers[n];
		n++;
	}
	headers[n++] = "Accept: application/json";
	if (body)
		headers[n++] = "Content-Type: application/json";
	if (request_id) {
		snprintf(id, sizeof id, "X-Request-Id: %s", request_id);
		headers[n++] = id;
	}
	headers[n] = NULL;
	snprintf(url, sizeof url, "%s%s", a->base, path);
	ask_for(&a->session, &r->answer, &request, NULL);
	r->json = json_parse(r->answer.body, r->answer.body_bytes);
}

/* It may go better in a moment. */
static bool may_pass(const struct ask_answer *a)
{
	static const int passing[] = { 0, 408, 429, 500, 502, 503, 504 };

	for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
		if (a->status == passing[i])
			return true;
	return false;
}

/* Waits until the next try; false: it would take too long. */
static bool wait_for_next(const struct api *a, const struct ask_answer *last, int tries)
{
	uint64_t wait_us = last->retry_after_s > 0 && last->retry_after_s <= API_PATIENCE_S
				   ? (uint64_t)last->retry_after_s * SECOND
				   : (SECOND << tries) / 2 + clock_us() % (SECOND / 4);
	struct timespec t = { .tv_sec = (time_t)(wait_us / SECOND), .tv_nsec = (long)(wait_us % SECOND) * 1000 };

	if (last->retry_after_s > API_PATIENCE_S || clock_us() + wait_us + SECOND > a->session.until_us)
		return false;
	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
	return true;
}

void api_call(struct api *a, const char *method, const char *path, const char *request_id, struct cJSON *body,
	      struct api_reply *r)
{
	char *text = body ? json_print(body) : NULL;
	bool reads = a->reads || strcmp(method, "GET") == 0;

	*r = (struct api_reply){ .json = NULL };
	if ((body && !text) || strlen(path) >= PATH_BYTES) {
		snprintf(r->answer.why, sizeof r->answer.why, "%s",
			 body && !text ? "there is no memory left" : "the question is too long");
		r->answer.outcome = FETCH_NOT_DONE;
		free(text);
		return;
	}
	for (int tries = 0;; tries++) {
		api_reply_close(r);
		ask_once(a, method, path, request_id, text, r);
		if (tries + 1 == API_TRIES || !(reads ? may_pass(&r->answer) : r->answer.status == 429) ||
		    !wait_for_next(a, &r->answer, tries))
			break;
	}
	free(text);
}

void api_reply_close(struct api_reply *r)
{
	cJSON_Delete(r->json);
	ask_answer_close(&r->answer);
	r->json = NULL;
}

int api_trouble(struct trouble *t, const struct api *a, const char *who, const char *path, const struct api_reply *r)
{
	char url[API_BASE_BYTES + PATH_BYTES];
	struct ask_answer odd = r->answer;

	snprintf(url, sizeof url, "%s%s", a->base, path);
	if (r->answer.status < 200 || r->answer.status >= 300 || r->json)
		return trouble_of(t, who, "ask", url, &r->answer, NULL);
	odd.status = 0; /* it said yes in words of its own: whether it meant it, nobody knows */
	snprintf(odd.why, sizeof odd.why, "the answer is no JSON object");
	trouble_of(t, who, "ask", url, &odd, NULL);
	snprintf(t->text, sizeof t->text, "%s answered something that I do not understand.", who);
	return -1;
}
