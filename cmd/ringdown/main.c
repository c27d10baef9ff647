/* ringdown: the supervisor. Starts the services, closes one ring of stages per call, restarts what dies, holds links
 * and the listening socket open, passes descriptors on, answers the operator. Exit status: 0 ended on request, 100
 * configuration or usage, 111 the system refused something that may work later. */
#include <errno.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "call.h"
#include "check.h"
#include "clock.h"
#include "cmdline.h"
#include "conf.h"
#include "control.h"
#include "door.h"
#include "generation.h"
#include "heap.h"
#include "log.h"
#include "notify.h"
#include "options.h"
#include "pages.h"
#include "pulse.h"
#include "super.h"
#include "templates.h"

#define FILES_WANTED 65536

static struct {
	const char *config, *agent, *trace;
	bool check, help, version;
} given;

static const struct option_row options[] = {
	{ "config", 'c', OPTION_TEXT, &given.config, .argument = "FILE", .help = "configuration" },
	{ "check", 't', OPTION_FLAG, &given.check, .help = "check, print what is in effect, touch nothing" },
	{ "agent", 'a', OPTION_TEXT, &given.agent, .argument = "AGENT",
	  .help = "with -t: print this agent's joined instructions" },
	{ "trace", 'T', OPTION_TEXT, &given.trace, .argument = "WORDS", .help = "trace frame,json,timer,turn" },
	{ "help", 'h', OPTION_FLAG, &given.help, .help = "this text" },
	{ "version", 'V', OPTION_FLAG, &given.version, .help = "the version" },
};
#define OPTIONS (sizeof options / sizeof *options)

static struct child *find_child(struct super *s, pid_t pid)
{
	struct child *child;

	for (int i = 0; i < SUPER_SERVICES; i++)
		if (s->services[i].pid == pid)
			return &s->services[i];
	child = call_find_child(s, pid);
	return child ? child : templates_find_child(s, pid);
}

static void tell_systemd(const struct super *s)
{
	char state[128];

	snprintf(state, sizeof state, "STATUS=%s, %zu call(s)", s->draining ? "draining" : "answering",
		 calls_with_ring(s));
	if (notify_send(state) < 0)
		log_debug("cannot notify: %s", strerror(errno));
}

static void say_ready(struct super *s)
{
	s->ready = true;
	log_info("ready version=%s listen=%s config=%d ms=%llu", RD_VERSION, s->address, s->generation->number,
		 (unsigned long long)((clock_us() - s->started_us) / MS));
	if (notify_send("READY=1") < 0)
		log_warn("cannot tell systemd that we are ready: %s", strerror(errno));
	pages_drop_files();
	pages_drop_stack();
}

void super_step(struct super *s)
{
	bool all_ready = true;

	for (int i = 0; i < SUPER_SERVICES; i++)
		all_ready &= s->services[i].ready;
	if (s->services[SERVICE_WEBHOOK].ready)
		generation_prove(s);
	if (!s->ready && all_ready && !s->draining)
		say_ready(s);
	if (all_ready && !s->stopping && s->proven == s->generation)
		templates_refresh(s); /* nobody waits for them */
	if (s->draining && !s->stopping && calls_with_ring(s) == 0) {
		s->stopping = true;
		timer_stop(&s->loop, &s->drain_timer);
		services_stop(s);
		templates_end(s);
	}
	if (s->stopping && services_stopped(s) && calls_with_ring(s) == 0 && templates_gone(s))
		loop_stop(&s->loop);
	tell_systemd(s);
}

static void on_drain_over(void *ctx)
{
	struct super *s = ctx;

	if (calls_with_ring(s)) {
		log_warn("drain limit reached, ending calls=%zu", calls_with_ring(s));
		calls_end_all(s, "drain");
	}
	super_step(s);
}

void super_drain(struct super *s, long seconds)
{
	if (!s->draining) {
		log_info("draining calls=%zu seconds=%ld", calls_with_ring(s), seconds);
		s->draining = true;
		(void)notify_send("STOPPING=1"); /* only for systemd's display */
		services_drain(s);
	}
	timer_after(&s->loop, &s->drain_timer, (uint64_t)seconds * SECOND);
	super_step(s);
}

/* The door stays where it is while we run: say so to who has moved it. */
static void compare_listen(struct super *s, const char *before)
{
	const char *now = conf_text(s->generation->conf, "general", NULL, "listen");

	if (strcmp(before, now) != 0)
		log_warn("general.listen changed, which needs a restart: still listening on %s", s->address);
}

int super_reload(struct super *s, char *error, size_t size)
{
	char before[256];
	int read;

	snprintf(before, sizeof before, "%s", conf_text(s->generation->conf, "general", NULL, "listen"));
	(void)notify_send("RELOADING=1"); /* only for systemd's display */
	read = generation_read(s, error, size);
	if (read < 0) {
		log_error("the configuration stays as it was, for these reasons:");
		log_lines(error);
	} else {
		compare_listen(s, before);
		(void)log_limit_name(
			conf_text(s->generation->conf, "general", NULL, "log-level")); /* checked by the schema */
		services_reload(s);
		log_info("configuration read config=%d", s->generation->number);
	}
	if (s->ready)
		(void)notify_send("READY=1");
	return read;
}

static void on_child(void *ctx, int signo)
{
	(void)signo;
	child_reap(ctx, find_child);
}

static void on_hangup(void *ctx, int signo)
{
	char error[4096];

	(void)signo;
	(void)super_reload(ctx, error, sizeof error); /* it has said so */
}

/* The first asks: calls may end by themselves. The second means it. */
static void on_term(void *ctx, int signo)
{
	struct super *s = ctx;

	(void)signo;
	if (s->draining)
		calls_kill_all(s);
	super_drain(s, s->draining ? 0 : conf_number(s->generation->conf, "limits", NULL, "drain-seconds"));
}

static void on_watchdog(void *ctx)
{
	struct super *s = ctx;

	(void)notify_send("WATCHDOG=1"); /* if it is lost, the next one comes in half the time */
	timer_after(&s->loop, &s->watchdog_timer, notify_watchdog_us());
}

static void open_loop(struct super *s)
{
	s->drain_timer = (struct timer){ .name = "drain", .on = on_drain_over, .ctx = s };
	s->watchdog_timer = (struct timer){ .name = "watchdog", .on = on_watchdog, .ctx = s };
	(void)signal(SIGCHLD, SIG_DFL); /* one that was inherited as ignored would never tell us of an end */
	if (loop_open(&s->loop) < 0 || loop_signal(&s->loop, SIGPIPE, NULL, NULL) < 0 ||
	    loop_signal(&s->loop, SIGCHLD, on_child, s) < 0 || loop_signal(&s->loop, SIGHUP, on_hangup, s) < 0 ||
	    loop_signal(&s->loop, SIGTERM, on_term, s) < 0 || loop_signal(&s->loop, SIGINT, on_term, s) < 0)
		log_die(111, "cannot open the loop: %s", strerror(errno));
	if (notify_watchdog_us())
		on_watchdog(s);
}

static void read_options(int argc, char **argv)
{
	char error[512];
	int first = options_read(options, OPTIONS, argc, argv, error, sizeof error);

	if (first < 0 || first < argc)
		log_die(100, "%s%s", first < 0 ? error : argv[first], first < 0 ? "" : ": no operand expected");
	if (given.trace && trace_open(given.trace) < 0)
		log_die(100, "-T %s: frame, json, timer, turn with commas between them expected", given.trace);
	if (given.help)
		options_help(options, OPTIONS, "ringdown", "[-c FILE]",
			     "answers your telephone: starts and supervises the rest", stdout);
	if (given.version)
		printf("ringdown %s\n", RD_VERSION);
	if (given.help || given.version)
		exit(0);
}

/* What a shell had open is not for our children. A call of seven stages takes 21 descriptors, and a shell gives 1024.
 */
static void set_descriptors(void)
{
	struct rlimit files;

	(void)close_range(3, ~0u, CLOSE_RANGE_CLOEXEC); /* an old kernel cannot; then they see what we were given */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < FILES_WANTED) {
		files.rlim_cur = files.rlim_max < FILES_WANTED ? files.rlim_max : FILES_WANTED;
		(void)setrlimit(RLIMIT_NOFILE, &files); /* where it fails there is room for fewer calls */
	}
}

static void open_super(struct super *s)
{
	char error[4096];

	if (cmdline_own_folder(s->bin, sizeof s->bin) < 0)
		log_die(111, "cannot find our own folder: %s", strerror(errno));
	set_descriptors();
	s->door = -1;
	if (generation_read(s, error, sizeof error) < 0) {
		log_lines(error);
		exit(100);
	}
	(void)log_limit_name(conf_text(s->generation->conf, "general", NULL, "log-level")); /* checked by the schema */
	s->door = door_open(conf_text(s->generation->conf, "general", NULL, "listen"), error, sizeof error);
	if (s->door < 0) {
		generation_close_all(s);
		log_die(100, "%s", error);
	}
	door_address(s->door, s->address, sizeof s->address);
	open_loop(s);
	s->control = control_open(s, error, sizeof error);
	if (!s->control)
		log_die(111, "%s", error);
	calls_scan(s);
}

static void close_super(struct super *s)
{
	calls_close(s);
	templates_close(s);
	for (int i = 0; i < SUPER_SERVICES; i++)
		child_close(&s->services[i]);
	control_close(s->control);
	loop_close(&s->loop);
	close(s->door);
	generation_close_all(s);
	close(s->folder);
}

int main(int argc, char **argv)
{
	static struct super s;

	heap_lean();
	log_open("ringdown", NULL);
	read_options(argc, argv);
	if (given.check)
		return check_configuration(given.config, given.agent);
	s.config_option = given.config;
	s.started_us = clock_us();
	open_super(&s);
	services_start(&s);
	pulse_start(&s);
	if (loop_run(&s.loop) < 0)
		log_die(111, "the loop failed: %s", strerror(errno));
	close_super(&s);
	log_info("ended");
	return s.status;
}
