#include "pdf.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "sandbox.h"
#include "worker.h"

#define PROGRAM "pdftotext"
#define LIMIT_US (10 * SECOND)
#define CPU_S 8
#define MEMORY_BYTES (400u << 20)
#define OUTPUT_MAX_BYTES 2097152u
#define PATH_BYTES 256

struct child {
	struct worker worker;
	struct loop loop;
	int status;
};

static char *refuse(char why[PDF_WHY_BYTES], const char *words)
{
	snprintf(why, PDF_WHY_BYTES, "%s", words);
	return NULL;
}

static bool find_program(char out[PATH_BYTES])
{
	static const char *const folders[] = { "/usr/bin", "/usr/local/bin", "/bin" };

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		snprintf(out, PATH_BYTES, "%s/%s", folders[i], PROGRAM);
		if (access(out, X_OK) == 0)
			return true;
	}
	return false;
}

static void on_end(struct worker *w, int status)
{
	struct child *c = w->ctx;

	c->status = status;
	loop_stop(&c->loop);
}

/* It was started a moment ago: what it has used since counts, and what is limited it has not yet had time to do. */
static void bind_child(pid_t pid)
{
	static const struct {
		__rlimit_resource_t what;
		rlim_t most;
	} limits[] = { { RLIMIT_CPU, CPU_S }, { RLIMIT_AS, MEMORY_BYTES }, { RLIMIT_FSIZE, 0 }, { RLIMIT_CORE, 0 } };

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		struct rlimit limit = { limits[i].most, limits[i].most };

		(void)prlimit(pid, limits[i].what, &limit, NULL); /* it is gone already: then it did no harm */
	}
}

static int run(struct child *c, const struct worker_order *order)
{
	if (loop_open(&c->loop) < 0)
		return -1;
	c->worker.on_end = on_end;
	c->worker.ctx = c;
	if (worker_start(&c->worker, &c->loop, order) < 0) {
		loop_close(&c->loop);
		return -1;
	}
	bind_child(c->worker.pid);
	return loop_run(&c->loop);
}

/* What a line's end has cut: "tele-" and "phone". */
static void join_words(char *text)
{
	char *out = text;

	for (const char *p = text; *p; p++)
		if (p[0] == '-' && p[1] == '\n' && p > text && islower((unsigned char)p[-1]) &&
		    islower((unsigned char)p[2]))
			p++;
		else
			*out++ = *p;
	*out = 0;
}

static char *judge(const struct child *c, char why[PDF_WHY_BYTES])
{
	char *text;

	if (c->worker.why == WORKER_LATE || (c->worker.why == WORKER_EXITED && WIFSIGNALED(c->status)))
		return refuse(why, "That document takes too long to be read.");
	if (c->worker.why == WORKER_EXITED && WEXITSTATUS(c->status) != 0)
		return refuse(why, "That document is damaged or locked; I cannot read it.");
	text = strndup(c->worker.output ? c->worker.output : "", c->worker.n); /* too much of it: the beginning */
	if (text)
		join_words(text);
	return text ? text : refuse(why, "I cannot read that document: there is no memory left.");
}

char *pdf_to_text(const char *bytes, size_t n, char why[PDF_WHY_BYTES])
{
	static const char *const words[] = { PROGRAM, "-q", "-enc", "UTF-8", "-nopgbrk", "-l", "30", "-", "-", NULL };
	static const char *const environment[] = { "PATH=/usr/bin:/bin", "LANG=C.UTF-8", NULL };
	char path[PATH_BYTES];
	struct child child = { .status = 0 };
	struct worker_order order = { .path = path,
				      .argv = words,
				      .envp = environment,
				      .input = bytes,
				      .n = n,
				      .output_max = OUTPUT_MAX_BYTES,
				      .limit_us = LIMIT_US };
	char *text;

	if (!find_program(path))
		return refuse(why,
			      "That is a PDF, and the program that reads those, pdftotext, is not installed here.");
	if (sandbox_enter(SANDBOX_CHILDREN) < 0 && errno != ENOSYS)
		return refuse(why, "That is a PDF, and I cannot read it safely here.");
	if (run(&child, &order) < 0)
		return refuse(why, "That is a PDF, and the program that reads those cannot be started.");
	text = judge(&child, why);
	worker_close(&child.worker);
	loop_close(&child.loop);
	return text;
}
