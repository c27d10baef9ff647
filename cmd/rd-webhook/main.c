/* rd-webhook: the HTTP door. Webhooks of Twilio in, documents out; WebSockets to the supervisor.
 *
 *   fd 3  the supervisor: asks it for rings, passes it streams; its end is ours      (see rd-webhook(8))
 *   fd 4  the listening socket; without one, by hand, general.listen is bound
 *
 * Exit: 0 done, 100 configuration, 111 try again. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "conf.h"
#include "folder.h"
#include "json.h"
#include "line.h"
#include "listener.h"
#include "log.h"
#include "ring.h"
#include "sandbox.h"
#include "token.h"
#include "webhook.h"

#define LISTENER_FD 4
#define SWEEP_US (60 * SECOND)
#define END_US (2 * SECOND) /* for what is in hand */

static const char *listen_on, *public_url;

static const struct option_row options[] = {
	{ "listen", 'l', OPTION_KEY, &listen_on, .argument = "HOST:PORT", .section = "general", .key = "listen",
	  .help = "where the door is, by hand" },
	{ "public-url", 'u', OPTION_KEY, &public_url, .argument = "URL", .section = "general", .key = "public-url",
	  .help = "the address that Twilio calls" },
};

static void send_requests(struct webhook *w, double id)
{
	char *list = requests_print(&w->requests), *json = NULL;

	if (list && asprintf(&json, "{\"do\":\"requests\",\"id\":%.0f,\"requests\":%s}", id, list) < 0)
		json = NULL;
	if (!json || service_line_send(&w->service, json, NULL, 0, -1) < 0)
		log_warn("cannot send the requests: %s", strerror(errno));
	free(json);
	free(list);
}

static void on_line(struct service *s, const struct cJSON *message, const void *bytes, size_t n, int fd)
{
	struct webhook *w = s->self;
	const char *what = json_text(message, "do");

	(void)bytes;
	(void)n;
	if (fd >= 0)
		close(fd);
	if (!what)
		log_warn("the supervisor sends a message without \"do\"");
	else if (strcmp(what, "prepared") == 0)
		ring_prepared(w, message);
	else if (strcmp(what, "requests") == 0)
		send_requests(w, json_number(message, "id", 0));
	else if (strcmp(what, "health") == 0)
		health_take(&w->health, message);
	else if (strcmp(what, "drain") == 0)
		w->health.draining = true;
	else
		log_debug("the supervisor says what is not known do=%s", what);
}

static void on_end_limit(void *ctx)
{
	door_cut(ctx);
}

/* SIGTERM, or the supervisor is gone: nobody new, and what is in hand is answered. */
static void on_end(struct service *s)
{
	struct webhook *w = s->self;

	if (!ring_reachable(w))
		ring_close(w);
	if (w->end_limit.set)
		return;
	timer_after(&s->loop, &w->end_limit, END_US);
	door_shut(w);
}

static void on_sweep(void *ctx)
{
	struct webhook *w = ctx;

	if (token_sweep(w->runtime, clock_boot_ms()) < 0)
		log_warn("cannot sweep the tokens: %s", strerror(errno));
	timer_after(&w->service.loop, &w->sweep, SWEEP_US);
}

static void on_check(struct service *s)
{
	trust_check(s->conf);
}

static void open_folders(struct webhook *w)
{
	const char *file = conf_file(w->service.conf), *slash = file ? strrchr(file, '/') : NULL;

	if (paths_runtime(w->service.conf, w->runtime, sizeof w->runtime) < 0 || folder_open(w->runtime) < 0 ||
	    token_open(w->runtime) < 0)
		log_die(100, "cannot use the runtime folder %s: %s", w->runtime, strerror(errno));
	if (slash && sscanf(slash, "/config.%9d", &w->generation) != 1)
		w->generation = 0; /* not a copy of the supervisor's */
}

/* The supervisor's socket, or one of our own. */
static int open_listener(const struct webhook *w)
{
	const char *address = conf_text(w->service.conf, "general", NULL, "listen");
	int fd = LISTENER_FD;

	if (ring_reachable(w) && listener_is(fd)) {
		if (listener_take(fd) < 0)
			log_die(111, "cannot use the listening socket: %s", strerror(errno));
		return fd;
	}
	fd = listener_bind(address);
	if (fd < 0)
		log_die(errno == EADDRINUSE ? 111 : 100, "cannot bind %s: %s", address, strerror(errno));
	return fd;
}

static void open_public_url(struct webhook *w, int listener)
{
	const char *url = conf_text(w->service.conf, "general", NULL, "public-url");
	char name[128];

	listener_name(listener, name, sizeof name);
	if (url[0]) {
		if (paths_format(w->public_url, sizeof w->public_url, "%s", url) < 0)
			log_die(100, "cannot use general.public-url: %s", strerror(errno));
	} else {
		snprintf(w->public_url, sizeof w->public_url, "http://%s", name);
		log_warn("general.public-url is not set: Twilio cannot call, only this machine");
	}
	log_info("listening address=%s url=%s", name, w->public_url);
}

int main(int argc, char **argv)
{
	static struct webhook w;
	static const struct service_program program = {
		.name = "rd-webhook",
		.synopsis = "[-c FILE] [-l HOST:PORT] [-u URL] [-t]",
		.purpose = "The HTTP door: webhooks of Twilio in, documents out, WebSockets to the supervisor.",
		.options = options,
		.option_count = sizeof options / sizeof *options,
		.on_line = on_line,
		.on_end = on_end,
		.on_check = on_check,
	};
	int listener, status;

	service_open(&w.service, &program, &w, argc, argv);
	w.supervised = ring_reachable(&w);
	open_folders(&w);
	listener = open_listener(&w);
	open_public_url(&w, listener);
	refusals_open(&w.refusals, &w.service.loop, &w.requests);
	trust_open(&w.trust, w.service.conf, w.public_url, &w.refusals);
	if (door_open(&w, listener) < 0)
		log_die(111, "cannot open the door: %s", strerror(errno));
	w.sweep = (struct timer){ .name = "sweep", .on = on_sweep, .ctx = &w };
	w.end_limit = (struct timer){ .name = "end", .on = on_end_limit, .ctx = &w };
	on_sweep(&w);
	start_sandbox(SANDBOX_PLAIN);
	if (service_ready(&w.service) < 0)
		log_die(111, "cannot tell the supervisor that we are ready: %s", strerror(errno));
	status = service_run(&w.service);
	ring_close(&w);
	documents_close(&w.documents);
	health_close(&w.health);
	trust_close(&w.trust);
	refusals_close(&w.refusals);
	close(listener);
	service_close(&w.service);
	return status;
}
