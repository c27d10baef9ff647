#include "server.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "log.h"
#include "toolenv.h"
#include "utf8.h"

#define OPENING_US (60 * SECOND) /* npx may have to fetch it first */
#define STEADY_US (60 * SECOND)	 /* who was well for so long is started at once */
#define OLD_S 300
/* When the phone rings, one that was tried so long ago is tried again. A start of a program that ends again and again
 * would cost the call. */
#define EAGER_US (3 * SECOND)
#define EAGER_PROGRAM_US (60 * SECOND)

#define SETTLE_US (200 * MS) /* changes of its list come in swarms */

static const unsigned pauses_s[] = { 0, 1, 5, 15, 60, 300 };
#define PAUSES (sizeof pauses_s / sizeof *pauses_s)

bool server_is_program(const struct server *s)
{
	return !*s->terms.url;
}

static void on_again(void *ctx)
{
	server_start(ctx);
}

static void on_opening_late(void *ctx)
{
	server_down(ctx, "it did not open within 60 s", false);
}

static void on_settled(void *ctx)
{
	opening_list(ctx);
}

void server_open(struct server *s)
{
	s->ping_ms = -1;
	s->again = (struct timer){ .name = "server again", .on = on_again, .ctx = s };
	s->opening = (struct timer){ .name = "server opening", .on = on_opening_late, .ctx = s };
	s->settle = (struct timer){ .name = "list again", .on = on_settled, .ctx = s };
	if (server_is_program(s))
		return;
	s->http.url = s->terms.url;
	s->http.bearer = *s->secret && strcmp(s->terms.auth, "bearer") == 0 ? s->secret : NULL;
	s->http.basic = *s->secret && strcmp(s->terms.auth, "basic") == 0 ? s->secret : NULL;
}

static void hang_up(struct server *s, bool politely)
{
	stdio_close(&s->stdio, !politely);
	http_end(&s->http, politely);
	timer_stop(s->loop, &s->opening);
	timer_stop(s->loop, &s->settle);
	catalogue_close(&s->incoming);
	cJSON_Delete(s->cursors);
	s->cursors = NULL;
	s->listing = s->relist = false;
}

void server_close(struct server *s, bool politely)
{
	request_fail_all(s, "it is closed", true);
	hang_up(s, politely);
	timer_stop(s->loop, &s->again);
	catalogue_close(&s->tools);
	cJSON_Delete(s->info);
	free(s->instructions);
	secret_wipe(s->secret, sizeof s->secret);
	s->info = NULL;
	s->instructions = NULL;
}

/* Its environment: what programs need to run at all, and its secret by its name. */
static int make_environment(const struct server *s, struct toolenv *env)
{
	static const char *const inherited[] = { "HOME", "TZ", "XDG_CACHE_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR" };
	const char *path = getenv("PATH"), *name = s->terms.secret_name;
	int failed;

	*env = (struct toolenv){ .count = 0 };
	failed = toolenv_add(env, "PATH", path ? path : "/usr/local/bin:/usr/bin:/bin") < 0 ||
		 toolenv_add(env, "LANG", "C.UTF-8") < 0;
	for (size_t i = 0; i < sizeof inherited / sizeof *inherited; i++)
		failed |= getenv(inherited[i]) && toolenv_add(env, inherited[i], getenv(inherited[i])) < 0;
	failed |= *name && *s->secret && toolenv_add(env, name, s->secret) < 0;
	return failed ? -1 : 0;
}

static int start_program(struct server *s, char *why, size_t size)
{
	struct peer_user user = receive_user;
	const char *const *words = s->terms.command;
	struct toolenv env;
	int failed = -1;

	user.ctx = s;
	if (!words || !words[0]) {
		snprintf(why, size, "it has neither url nor command");
		return -1;
	}
	if (make_environment(s, &env) == 0)
		failed = stdio_open(&s->stdio, s->processes, words, (const char *const *)env.lines, &user);
	if (failed)
		snprintf(why, size, "cannot start %.100s: %s", words[0], strerror(errno));
	toolenv_close(&env);
	return failed;
}

static int start_connection(struct server *s, char *why, size_t size)
{
	struct peer_user user = receive_user;

	user.ctx = s;
	if ((s->http.bearer || s->http.basic) && strncasecmp(s->http.url, "https://", 8) != 0 &&
	    !fetch_is_loopback(s->http.url)) {
		snprintf(why, size, "its URL is not https: its secret would be seen by others");
		return -1;
	}
	http_begin(&s->http, s->loop, s->pool, &user);
	return 0;
}

void server_start(struct server *s)
{
	char why[PEER_WHY_BYTES] = "";

	timer_stop(s->loop, &s->again);
	s->state = SERVER_STARTING;
	s->started_us = clock_us();
	s->noise = s->pages = 0;
	s->tells_changes = s->refused = false;
	timer_after(s->loop, &s->opening, OPENING_US);
	if ((server_is_program(s) ? start_program : start_connection)(s, why, sizeof why) < 0)
		server_down(s, why, true);
	else
		opening_begin(s);
}

/* An old list is what it was; one that cannot be reached any more keeps its own in the cache. */
void server_down(struct server *s, const char *why, bool refused)
{
	bool steady = s->state == SERVER_READY && clock_us() - s->ready_us > STEADY_US;
	unsigned pause_s;

	snprintf(s->why, sizeof s->why, "%s", why); /* why may be our own */
	utf8_clean(s->why, strlen(s->why));
	s->state = SERVER_DOWN;
	s->refused = refused;
	if (steady)
		s->failures = 0;
	pause_s = refused ? pauses_s[PAUSES - 1] : pauses_s[s->failures < PAUSES ? s->failures : PAUSES - 1];
	s->failures++;
	log_warn("server is down name=%s why=\"%s\" again_in_s=%u", s->terms.name, s->why, pause_s);
	timer_after(s->loop, &s->again, pause_s * SECOND);
	hang_up(s, false);
	request_fail_all(s, s->why, pause_s > 1);
	s->on_change(s, false);
}

void server_warm(struct server *s)
{
	uint64_t now = clock_us();
	uint64_t eager_us = server_is_program(s) ? EAGER_PROGRAM_US : EAGER_US;

	if (s->state == SERVER_DOWN && !s->refused && now - s->started_us > eager_us)
		server_start(s);
	else if (s->state == SERVER_READY && s->listed_at + OLD_S < time(NULL) && !s->settle.set)
		timer_after(s->loop, &s->settle, SETTLE_US);
}
