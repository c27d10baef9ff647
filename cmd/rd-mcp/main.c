/* rd-mcp: the connections to MCP servers and the lists of their tools, shared
 * by all calls, a service. rd-mcp(8) in   requests on the Unix socket
 * RUNTIME/mcp.sock, one JSON object a line out  answers there; ready on fd 3
 *   exit 0 SIGTERM, 100 usage or configuration, 111 try again */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache.h"
#include "clock.h"
#include "conf.h"
#include "door.h"
#include "log.h"
#include "sandbox.h"
#include "server.h"
#include "service.h"
#include "try.h"

#define SAVE_US (500 * MS) /* after a change: servers open at once */
#define END_US (1500 * MS) /* for programs to end by themselves */

static struct {
	struct server *servers;
	size_t count;
	struct processes processes;
	struct fetch_pool *pool;
	struct cache cache;
	struct door door;
	struct timer save, end;
	struct watch saved;
	pid_t saving; /* the process that writes the cache; 0: none */
	struct service *service;
	bool ending;
	const char *url; /* --try */
} mcp;

static const struct option_row options[] = {
	{ "try", 0, OPTION_TEXT, &mcp.url, .argument = "URL", .help = "open this server, call its tools, and end" },
};

static void complain(int error)
{
	log_warn("cannot write the cache of tools: %s", strerror(error));
}

static void on_saved(void *ctx, uint32_t events)
{
	int status = 0;

	(void)ctx;
	(void)events;
	loop_unwatch(&mcp.service->loop, &mcp.saved);
	close(mcp.saved.fd);
	(void)waitpid(mcp.saving, &status, 0);
	mcp.saving = 0;
	if (status)
		complain(WIFEXITED(status) ? WEXITSTATUS(status) : EINTR);
}

static void on_save(void *ctx)
{
	int fd;

	(void)ctx;
	if (mcp.saving) { /* a slow disk */
		timer_after(&mcp.service->loop, &mcp.save, SAVE_US);
		return;
	}
	mcp.saving = cache_save_beside(&mcp.cache, mcp.servers, mcp.count);
	fd = mcp.saving > 0 ? pidfd_open(mcp.saving, 0) : -1;
	if (fd >= 0 && loop_watch(&mcp.service->loop, &mcp.saved, fd, EPOLLIN) == 0)
		return;
	complain(errno);
	if (fd >= 0)
		close(fd);
	if (mcp.saving > 0)
		(void)waitpid(mcp.saving, NULL, 0);
	mcp.saving = 0;
}

static void on_change(struct server *s, bool list)
{
	if (mcp.ending)
		return;
	if (list && !mcp.save.set)
		timer_after(&mcp.service->loop, &mcp.save, SAVE_US);
	door_changed(&mcp.door, s);
}

static void on_ping(struct server *s, long ms)
{
	door_pinged(&mcp.door, s, ms);
}

static enum server_era era_named(const char *name)
{
	return strcmp(name, "legacy") == 0 ? ERA_LEGACY : strcmp(name, "modern") == 0 ? ERA_MODERN : ERA_UNKNOWN;
}

/* Several may share a secret, which is in the environment once. */
static void take_secret(struct server *s, const char *name)
{
	for (size_t i = 0; i < mcp.count; i++)
		if (&mcp.servers[i] != s && mcp.servers[i].secret[0] &&
		    strcmp(mcp.servers[i].terms.secret_name, name) == 0) {
			memcpy(s->secret, mcp.servers[i].secret, sizeof s->secret);
			return;
		}
	if (*name && secret_take(name, s->secret, sizeof s->secret) < 0)
		log_warn("secret of a server is not there name=%s secret=%s: %s", s->terms.name, name, strerror(errno));
}

static void take_server(struct server *s, const struct conf *c, const char *name)
{
	s->terms = (struct server_terms){ .name = name,
					  .url = conf_text(c, "mcp", name, "url"),
					  .secret_name = conf_text(c, "mcp", name, "secret"),
					  .auth = conf_text(c, "mcp", name, "auth"),
					  .era = era_named(conf_text(c, "mcp", name, "era")),
					  .timeout_s = (unsigned)conf_number(c, "mcp", name, "timeout-s") };
	(void)conf_list(c, "mcp", name, "command", &s->terms.command);
	s->terms.allow_count = conf_list(c, "mcp", name, "allow", &s->terms.allow);
	s->loop = &mcp.service->loop;
	s->processes = &mcp.processes;
	s->pool = mcp.pool;
	s->on_change = on_change;
	s->on_ping = on_ping;
	take_secret(s, s->terms.secret_name);
	server_open(s);
	cache_restore(&mcp.cache, s);
}

static void take_servers(struct service *service)
{
	size_t n = conf_count(service->conf, "mcp");

	mcp.service = service;
	mcp.servers = calloc(n ? n : 1, sizeof *mcp.servers);
	mcp.pool = fetch_pool_open(&service->loop);
	if (!mcp.servers || !mcp.pool)
		log_die(111, "cannot begin: no memory");
	mcp.processes.loop = &service->loop;
	mcp.save = (struct timer){ .name = "save", .on = on_save };
	mcp.saved = (struct watch){ .name = "saved", .on = on_saved };
	cache_open(&mcp.cache, service->conf);
	while (mcp.count < n) {
		const char *name = conf_title(service->conf, "mcp", mcp.count);

		take_server(&mcp.servers[mcp.count], service->conf, name);
		mcp.count++;
	}
	cache_close(&mcp.cache);
}

static void on_ended(void *ctx)
{
	service_end(ctx, 0);
}

/* The inputs of programs are closed: all but the worst end by that. */
static void on_end(struct service *s)
{
	if (mcp.ending)
		return;
	mcp.ending = true;
	if (mcp.save.set && cache_save(&mcp.cache, mcp.servers, mcp.count) < 0)
		complain(errno);
	door_close(&mcp.door);
	for (size_t i = 0; i < mcp.count; i++)
		server_close(&mcp.servers[i], true);
	mcp.processes.on_empty = on_ended;
	mcp.processes.ctx = s;
	mcp.end = (struct timer){ .name = "end", .on = on_ended, .ctx = s };
	timer_after(&s->loop, &mcp.end, mcp.processes.first ? END_US : END_US / 10);
}

static const struct service_program program = {
	.name = "rd-mcp",
	.synopsis = "[options]",
	.purpose = "Keeps the connections to MCP servers and the lists of their "
		   "tools, for all calls.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.on_end = on_end,
};

static void open_door(struct service *service)
{
	char runtime[PATHS_MAX_BYTES], socket[PATHS_MAX_BYTES];

	if (paths_runtime(service->conf, runtime, sizeof runtime) < 0 ||
	    paths_format(socket, sizeof socket, "%s/mcp.sock", runtime) < 0)
		log_die(100, "cannot find the runtime folder: %s", strerror(errno));
	if (paths_mkdir(runtime) < 0)
		log_die(111, "cannot make %s: %s", runtime, strerror(errno));
	if (door_open(&mcp.door, &service->loop, mcp.servers, mcp.count, socket) < 0)
		log_die(errno == ENAMETOOLONG ? 100 : 111, "cannot bind %s: %s", socket, strerror(errno));
}

int main(int argc, char **argv)
{
	struct service service;
	int status;

	if (argc > 2 && strcmp(argv[1], PROCESS_WORD) == 0)
		return process_become(argv + 2);
	(void)umask(077);
	service_open(&service, &program, NULL, argc, argv);
	if (mcp.url)
		return try_server(mcp.url);
	take_servers(&service);
	open_door(&service);
	start_sandbox(SANDBOX_CHILDREN | SANDBOX_SOCKETS);
	if (service_ready(&service) < 0)
		log_die(111, "cannot say ready: %s", strerror(errno));
	for (size_t i = 0; i < mcp.count; i++)
		server_start(&mcp.servers[i]);
	status = service_run(&service);
	door_close(&mcp.door);
	processes_close(&mcp.processes);
	fetch_pool_close(mcp.pool);
	free(mcp.servers);
	service_close(&service);
	return status;
}
