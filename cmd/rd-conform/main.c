/* rd-conform: whether a program is a stage as rd-frames(7) says. rd-conform(1)
 *   exit 0 every check passed, 1 one did not, 100 usage, 111 it could not be tried */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "check.h"
#include "clock.h"
#include "cmdline.h"
#include "log.h"
#include "options.h"

#define NAMES 32
#define LOG_LINES 4 /* shown of a check that fails */

static struct subject_plan plan;
static struct names {
	const char *word[NAMES];
	size_t count;
} only, without;
static long limit_s = 10;
static bool list, help, version;

static int add_name(struct names *names, const char *value, char *error, size_t size)
{
	if (names->count < NAMES) {
		names->word[names->count++] = value;
		return 0;
	}
	snprintf(error, size, "%s: at most %d names expected", value, NAMES);
	return -1;
}

static int add_only(const char *value, char *error, size_t size)
{
	return add_name(&only, value, error, size);
}

static int add_without(const char *value, char *error, size_t size)
{
	return add_name(&without, value, error, size);
}

static int set_role(const char *value, char *error, size_t size)
{
	if (strcmp(value, "carrier") == 0) {
		plan.down = AUDIO_ENDS;
		plan.carrier = true;
	} else if (strcmp(value, "brain") == 0) {
		plan.up = AUDIO_ENDS;
	} else {
		snprintf(error, size, "--role %s: carrier or brain expected", value);
		return -1;
	}
	return 0;
}

static int set_changes(const char *value, char *error, size_t size)
{
	if (strcmp(value, "up") == 0) {
		plan.up = AUDIO_CHANGES;
	} else if (strcmp(value, "down") == 0) {
		plan.down = AUDIO_CHANGES;
	} else {
		snprintf(error, size, "--changes %s: up or down expected", value);
		return -1;
	}
	return 0;
}

static const struct option_row options[] = {
	{ "config", 'c', OPTION_TEXT, &plan.file, .argument = "FILE", .help = "configuration, for the program" },
	{ "agent", 'a', OPTION_TEXT, &plan.agent, .argument = "AGENT", .help = "agent, for the program" },
	{ "role", 'r', OPTION_CALL, .argument = "ROLE", .call = set_role,
	  .help = "carrier: audio down ends in it; brain: audio up does" },
	{ "changes", 0, OPTION_CALL, .argument = "up|down", .call = set_changes,
	  .help = "audio of this direction comes out as something else" },
	{ "only", 'k', OPTION_CALL, .argument = "NAME", .call = add_only, .help = "this check, and others so named" },
	{ "except", 'x', OPTION_CALL, .argument = "NAME", .call = add_without, .help = "all but this check" },
	{ "limit", 0, OPTION_NUMBER, &limit_s, 1, 3600, "SECONDS", .help = "how long one check may take" },
	{ "list", 'l', OPTION_FLAG, &list, .help = "the checks and what each expects" },
	{ "verbose", 'v', OPTION_FLAG, &plan.verbose, .help = "show frames and the program's log" },
	{ "help", 'h', OPTION_FLAG, &help, .help = "this text" },
	{ "version", 'V', OPTION_FLAG, &version, .help = "the version" },
};
#define OPTIONS (sizeof options / sizeof options[0])

static const struct check *const tables[] = { passing_checks, recovery_checks, input_checks,
					      load_checks,    ending_checks,   hand_checks };
#define TABLES (sizeof tables / sizeof tables[0])

static const struct check *find(const char *name)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct check *c = tables[t]; c->name; c++)
			if (strcmp(c->name, name) == 0)
				return c;
	return NULL;
}

static bool has(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->word[i], name) == 0)
			return true;
	return false;
}

static void know_names(const struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		if (!find(names->word[i]))
			log_die(100, "%s: no such check (rd-conform --list)", names->word[i]);
}

static void print_list(void)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct check *c = tables[t]; c->name; c++)
			printf("%-18s %s\n", c->name, c->what);
}

static void find_program(void)
{
	static char path[PATHS_MAX_BYTES];
	char folder[PATHS_MAX_BYTES];

	if (cmdline_own_folder(folder, sizeof folder) < 0 || cmdline_find(folder, plan.words[0], path, sizeof path) < 0)
		log_die(100, "cannot find %s: %s", plan.words[0], strerror(errno));
	plan.path = path;
}

static void read_options(int argc, char **argv)
{
	char error[512];
	int first = options_read(options, OPTIONS, argc, argv, error, sizeof error);

	if (first < 0)
		log_die(100, "%s", error);
	if (help)
		options_help(options, OPTIONS, "rd-conform", "[options] PROGRAM [ARGUMENT ...]",
			     "Tells whether a program is a stage as rd-frames(7) says.", stdout);
	else if (version)
		printf("rd-conform %s\n", RD_VERSION);
	else if (list)
		print_list();
	if (help || version || list)
		exit(0);
	know_names(&only);
	know_names(&without);
	if (first == argc || argc - first > SUBJECT_WORDS)
		log_die(100, "a program and up to %d words expected", SUBJECT_WORDS - 1);
	plan.words = (const char *const *)argv + first;
	find_program();
	plan.limit_us = (uint64_t)limit_s * SECOND;
}

/* The last of what it said itself, which often tells why. */
static void print_log(const struct subject *s)
{
	int lines = 0;

	for (const char *p = s->log_text; *p; p++)
		lines += *p == '\n';
	for (const char *p = s->log_text; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (lines-- <= LOG_LINES)
			printf("     | %.*s\n", (int)strcspn(p, "\n"), p);
}

static bool run(const struct check *c)
{
	static struct subject s;
	bool passed;

	if (plan.verbose)
		fprintf(stderr, "%s: %s\n", c->name, c->what);
	subject_open(&s, &plan);
	c->run(&s);
	passed = !s.failure[0];
	if (!passed)
		printf("FAILED %s: %s\n", c->name, s.failure);
	else
		printf("ok     %s%s%s%s\n", c->name, s.note[0] ? " (" : "", s.note, s.note[0] ? ")" : "");
	if (!passed && !plan.verbose)
		print_log(&s);
	fflush(stdout);
	subject_close(&s);
	return passed;
}

static void on_signal(int signo)
{
	subject_interrupted = signo;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
	unsigned passed = 0, failed = 0;

	log_open("rd-conform", NULL);
	read_options(argc, argv);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigaction(SIGINT, &action, NULL); /* a second one ends us at once */
	(void)sigaction(SIGTERM, &action, NULL);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) /* who is left behind becomes our child, and so is seen */
		log_die(111, "cannot watch for children: %s", strerror(errno));
	for (size_t t = 0; t < TABLES; t++)
		for (const struct check *c = tables[t]; c->name; c++) {
			if ((only.count && !has(&only, c->name)) || has(&without, c->name) || subject_interrupted)
				continue;
			if (run(c))
				passed++;
			else
				failed++;
		}
	printf("%u passed, %u failed\n", passed, failed);
	return subject_interrupted ? 111 : failed ? 1 : 0;
}
