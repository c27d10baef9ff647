/* rd-ring: closes a ring around a pipeline, in the shell. rd-ring(1)
 *   exit 0 the call is over, 100 usage or a stage that would fail again the same way, 111 a stage died */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handcall.h"
#include "log.h"
#include "options.h"
#include "ring.h"

static struct {
	const char *file, *agent, *dir, *from, *level;
	bool help, version;
} given = { .from = "" };

static const struct option_row options[] = {
	{ "config", 'c', OPTION_TEXT, &given.file, .argument = "FILE", .help = "configuration, for every stage" },
	{ "agent", 'a', OPTION_TEXT, &given.agent, .argument = "AGENT", .help = "agent, for every stage" },
	{ "dir", 0, OPTION_TEXT, &given.dir, .argument = "FOLDER", .help = "the call's folder, which then stays" },
	{ "from", 0, OPTION_TEXT, &given.from, .argument = "NUMBER", .help = "who calls, e.g. +15551234567" },
	{ "log", 0, OPTION_TEXT, &given.level, .argument = "LEVEL",
	  .help = "how much rd-ring itself says: error warn info debug" },
	{ "help", 'h', OPTION_FLAG, &given.help, .help = "this text" },
	{ "version", 'V', OPTION_FLAG, &given.version, .help = "the version" },
};
#define OPTIONS (sizeof options / sizeof options[0])

static const char *read_options(int argc, char **argv)
{
	char error[512];
	int first = options_read(options, OPTIONS, argc, argv, error, sizeof error);

	if (first < 0)
		log_die(100, "%s", error);
	if (given.help) {
		options_help(options, OPTIONS, "rd-ring",
			     "[-c FILE] [-a AGENT] [--dir FOLDER] [--from NUMBER] 'STAGE | STAGE …'",
			     "Closes a ring around a pipeline: the last stage's output is the first one's input.",
			     stdout);
		exit(0);
	}
	if (given.version) {
		printf("rd-ring %s\n", RD_VERSION);
		exit(0);
	}
	if (given.level && log_limit_name(given.level) < 0)
		log_die(100, "--log %s: error, warn, info or debug expected", given.level);
	if (argc - first != 1)
		log_die(100, "one pipeline in quotes expected, e.g. 'rd-ingest --listen 127.0.0.1:8080 | rd-bridge'");
	return argv[first];
}

static void on_end_signal(void *ctx, int signo)
{
	(void)signo;
	ring_end(ctx);
}

static void on_child_signal(void *ctx, int signo)
{
	(void)signo;
	ring_reap(ctx);
}

static int take_signals(struct loop *loop, struct ring *ring)
{
	return loop_signal(loop, SIGINT, on_end_signal, ring) < 0 ||
			       loop_signal(loop, SIGTERM, on_end_signal, ring) < 0 ||
			       loop_signal(loop, SIGCHLD, on_child_signal, ring) < 0 ||
			       loop_signal(loop, SIGPIPE, NULL, NULL) < 0
		       ? -1
		       : 0;
}

/* What every stage is given behind its words, but for its place. */
static void give(const char *words[16], const struct handcall *folder)
{
	size_t n = 0;

	if (given.file) {
		words[n++] = "-c";
		words[n++] = given.file;
	}
	if (given.agent) {
		words[n++] = "-a";
		words[n++] = given.agent;
	}
	words[n++] = "--call";
	words[n++] = folder->call;
	words[n++] = "--dir";
	words[n++] = folder->path;
	words[n] = NULL;
}

int main(int argc, char **argv)
{
	static struct ring ring;
	struct handcall folder;
	struct loop loop;
	const char *pipeline, *words[16];
	char error[512];

	log_open("rd-ring", NULL);
	pipeline = read_options(argc, argv);
	if (ring_read(&ring, pipeline, error, sizeof error) < 0)
		log_die(100, "%s", error);
	if (loop_open(&loop) < 0 || take_signals(&loop, &ring) < 0)
		log_die(111, "cannot open the loop: %s", strerror(errno));
	if (handcall_open(&folder, given.dir, given.from, given.agent ? given.agent : "", error, sizeof error) < 0)
		log_die(111, "%s", error);
	give(words, &folder);
	if (ring_start(&ring, &loop, words, error, sizeof error) < 0) {
		log_error("%s", error);
		ring.status = 100;
	} else {
		log_info("ring open call=%s stages=%zu dir=%s", folder.call, ring.count, folder.path);
		if (loop_run(&loop) < 0)
			ring.status = 111;
	}
	ring_close(&ring);
	handcall_close(&folder);
	loop_close(&loop);
	return ring.status;
}
