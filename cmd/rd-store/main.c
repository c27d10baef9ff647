/* rd-store: the memory of all calls, a service; the only program that opens the database. rd-store(8)
 *   in   requests on the Unix socket RUNTIME/store, one JSON message each
 *   out  answers there; ready on fd 3
 *   exit 0 SIGTERM, 100 usage or configuration, 111 try again */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "clock.h"
#include "conf.h"
#include "door.h"
#include "log.h"
#include "sandbox.h"
#include "service.h"
#include "store.h"

#define PRUNE_US (3600 * SECOND)
#define PRUNE_MORE_US (200 * MS) /* between two portions, so that a call's turn is not kept waiting */

static struct {
	struct store store;
	struct door door;
	struct timer prune;
} memory;

static void on_prune(void *ctx)
{
	struct service *s = ctx;

	timer_after(&s->loop, &memory.prune, store_prune(&memory.store) ? PRUNE_MORE_US : PRUNE_US);
}

/* The door says it on /healthz. By hand nobody is told. */
static void on_health(void *ctx, bool well)
{
	const char *message = well ? "{\"do\":\"health\",\"faults\":[]}" : "{\"do\":\"health\",\"faults\":[\"store\"]}";

	if (service_line_send(ctx, message, NULL, 0, -1) < 0)
		log_debug("cannot tell the supervisor: %s", strerror(errno));
}

static const struct service_program program = {
	.name = "rd-store",
	.synopsis = "[options]",
	.purpose = "Keeps the memory of all calls and answers questions about it.",
};

static void find_places(const struct conf *c, char file[PATHS_MAX_BYTES], char socket[PATHS_MAX_BYTES])
{
	char state[PATHS_MAX_BYTES], runtime[PATHS_MAX_BYTES];

	if (paths_state(c, state, sizeof state) < 0 || paths_runtime(c, runtime, sizeof runtime) < 0)
		log_die(100, "cannot find the folders: %s", strerror(errno));
	if (paths_mkdir(runtime) < 0)
		log_die(111, "cannot make %s: %s", runtime, strerror(errno));
	if (paths_format(file, PATHS_MAX_BYTES, "%s/memory.db", state) < 0 ||
	    paths_format(socket, PATHS_MAX_BYTES, "%s/store", runtime) < 0)
		log_die(100, "cannot name %s/memory.db: %s", state, strerror(errno));
}

int main(int argc, char **argv)
{
	char file[PATHS_MAX_BYTES], socket[PATHS_MAX_BYTES];
	struct service service;
	int status;

	(void)umask(077);
	service_open(&service, &program, NULL, argc, argv);
	find_places(service.conf, file, socket);
	if (door_open(&memory.door, &service.loop, &memory.store, socket) < 0)
		log_die(errno == ENAMETOOLONG ? 100 : 111, "cannot bind %s: %s", socket, strerror(errno));
	store_open(&memory.store, file, conf_number(service.conf, "limits", NULL, "keep-days"));
	start_sandbox(SANDBOX_PLAIN);
	memory.prune = (struct timer){ .name = "prune", .on = on_prune, .ctx = &service };
	timer_after(&service.loop, &memory.prune, SECOND);
	if (service_ready(&service) < 0)
		log_die(111, "cannot say ready: %s", strerror(errno));
	memory.store.on_health = on_health;
	memory.store.ctx = &service;
	on_health(&service, store_well(&memory.store)); /* the one before may have said otherwise */
	status = service_run(&service);
	door_close(&memory.door);
	store_close(&memory.store);
	service_close(&service);
	return status;
}
