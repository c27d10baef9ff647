#include "toolbox.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmdline.h"
#include "conf.h"
#include "json.h"
#include "memorytools.h"
#include "toolcage.h"

/* Always -1. */
__attribute__((format(printf, 2, 3))) static int miss(struct toolbox_tool *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(t->why, sizeof t->why, format, args);
	va_end(args);
	t->state = TOOLBOX_MISSING;
	return -1;
}

/* --- where it lies */

static bool is_tool_file(const char *path, struct stat *s)
{
	return stat(path, s) == 0 && S_ISREG(s->st_mode) && access(path, X_OK) == 0;
}

static bool look_in(struct toolbox_tool *t, const char *folder, const char *program, struct stat *s)
{
	return paths_format(t->path, sizeof t->path, "%s/%s", folder, program) == 0 && is_tool_file(t->path, s);
}

/* Beside our own binary, wherever it was put: PREFIX/bin and PREFIX/libexec/ringdown/tools, or build/bin and
 * build/tools. */
static bool look_beside_us(struct toolbox_tool *t, const char *program, struct stat *s)
{
	char own[PATHS_MAX_BYTES], folder[PATHS_MAX_BYTES], *slash;

	if (cmdline_own_folder(own, sizeof own) < 0)
		return false;
	slash = strrchr(own, '/');
	if (!slash || strcmp(slash, "/bin") != 0)
		return false;
	*slash = 0;
	return (paths_format(folder, sizeof folder, "%s/libexec/ringdown/tools", own) == 0 &&
		look_in(t, folder, program, s)) ||
	       (paths_format(folder, sizeof folder, "%s/tools", own) == 0 && look_in(t, folder, program, s));
}

static bool search(struct toolbox_tool *t, const char *program, struct stat *s)
{
	static const char *const preset[] = { RD_LIBEXEC "/tools", RD_SYSCONF "/tools" };
	const char *const *folders;
	size_t n = conf_list(t->box->conf, "general", NULL, "tool-path", &folders);

	/* A path that somebody has set means what it says. */
	if (n == 2 && strcmp(folders[0], preset[0]) == 0 && strcmp(folders[1], preset[1]) == 0 &&
	    look_beside_us(t, program, s))
		return true;
	for (size_t i = 0; i < n; i++)
		if (look_in(t, folders[i], program, s))
			return true;
	return false;
}

static int locate(struct toolbox_tool *t, struct stat *s)
{
	const char *const *command;
	size_t n = conf_list(t->box->conf, "tool", t->name, "command", &command);

	if (n > TOOLBOX_WORDS)
		return miss(t, "its command has more than %d words", TOOLBOX_WORDS);
	if (n && strchr(command[0], '/')) {
		if (paths_format(t->path, sizeof t->path, "%s", command[0]) < 0 || !is_tool_file(t->path, s))
			return miss(t, "cannot run %s: %s", command[0],
				    errno == ENOENT ? "there is no such file" : "it is no program");
	} else if (!search(t, n ? command[0] : t->name, s)) {
		return miss(t, "there is no program %s in tool-path", n ? command[0] : t->name);
	}
	if (s->st_mode & S_IWOTH)
		return miss(t, "refused: everybody may write to %s", t->path);
	t->words[0] = t->path;
	for (size_t i = 1; i < n; i++)
		t->words[i] = command[i];
	t->word_count = n > 1 ? n : 1;
	return 0;
}

/* --- what it says */

static bool secret_is_granted(const struct toolbox_tool *t, const char *name)
{
	return strcmp(conf_text(t->box->conf, "tool", t->name, "secret"), name) == 0;
}

/* A description that was read is in effect, unless it is another tool's or wants a secret that nobody gave it. */
static int take_in(struct toolbox_tool *t)
{
	const struct cJSON *name;
	long seconds = conf_number(t->box->conf, "tool", t->name, "timeout-s");

	if (strcmp(t->tool.name, t->name) != 0)
		return miss(t, "it calls itself %s", t->tool.name);
	if (t->tool.unavailable)
		return miss(t, "%s", t->tool.unavailable);
	cJSON_ArrayForEach(name, t->tool.secrets)
		if (!secret_is_granted(t, name->valuestring))
			return miss(t, "it needs a secret; set tool \"%s\" { secret = \"%.64s\" }", t->name,
				    name->valuestring);
	t->timeout_s = seconds > 0 ? (unsigned)seconds : t->tool.timeout_s;
	t->state = TOOLBOX_READY;
	return 0;
}

static int read_answer(struct toolbox_tool *t, const char *text, size_t n)
{
	struct cJSON *document = json_parse(text, n);
	char why[TOOL_WHY_BYTES - 40];

	if (!document)
		return miss(t, "--schema printed no JSON object");
	if (tool_read(&t->tool, document, why, sizeof why) < 0)
		return miss(t, "--schema: %s", why);
	if (!t->tool.unavailable) /* that may change any time */
		(void)toolcache_put(&t->box->cache, &t->key, t->tool.document);
	return take_in(t);
}

static void on_answer(struct worker *w, int status)
{
	struct toolbox_tool *t = w->ctx;
	struct toolbox *b = t->box;

	if (w->why == WORKER_LATE)
		(void)miss(t, "--schema did not answer within five seconds");
	else if (w->why != WORKER_EXITED)
		(void)miss(t, "--schema printed more than %u bytes", TOOL_OUTPUT_MAX_BYTES);
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		(void)miss(t, "--schema ended with %s %d", WIFEXITED(status) ? "exit status" : "signal",
			   WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	else
		(void)read_answer(t, w->output, w->n);
	worker_close(w);
	if (--b->asked == 0) {
		(void)toolcache_save(&b->cache); /* without a cache they are asked again: slower, no more */
		toolcache_close(&b->cache);
	}
	if (b->on_change)
		b->on_change(b);
}

static void ask(struct toolbox_tool *t, struct loop *loop, const struct toolenv *env)
{
	struct toolcage_order caged = { .tool = t->name, .words = t->words, .asked = true };
	struct toolcage cage;
	struct worker_order order = { .path = cage.program,
				      .argv = cage.words,
				      .envp = (const char *const *)env->lines,
				      .output_max = TOOL_OUTPUT_MAX_BYTES,
				      .limit_us = TOOLBOX_ASK_US };

	t->words[t->word_count] = "--schema";
	t->worker.on_end = on_answer;
	t->worker.ctx = t;
	if (toolcage_open(&cage, t->box->conf, &caged) < 0)
		(void)miss(t, "cannot cage it: %s",
			   errno == ENOENT ? "there is no rd-cage beside us" : strerror(errno));
	else if (worker_start(&t->worker, loop, &order) < 0)
		(void)miss(t, "cannot run %s: %s", t->path, strerror(errno));
	else
		t->box->asked++;
	t->words[t->word_count] = NULL;
}

static uint64_t hash_given(const struct toolbox_tool *t, const struct toolenv *env)
{
	struct toolenv words = { .count = 0 };
	uint64_t hash;

	for (size_t i = 1; i < t->word_count; i++)
		(void)toolenv_add(&words, "", t->words[i]); /* without memory: another number, so the tool is asked */
	hash = toolenv_hash(env) ^ toolenv_hash(&words) * 31;
	toolenv_close(&words);
	return hash;
}

static int know_or_ask(struct toolbox_tool *t, struct loop *loop, const struct stat *s)
{
	struct toolenv env;
	struct cJSON *document;

	if (toolenv_open(&env, t->box->conf, t->box->agent, t->name) < 0)
		return miss(t, "cannot make its environment: %s", strerror(errno));
	t->key = (struct toolcache_key){ .path = t->path,
					 .size = (uint64_t)s->st_size,
					 .given = hash_given(t, &env),
					 .mtime_ns = (uint64_t)s->st_mtim.tv_sec * 1000000000u +
						     (uint64_t)s->st_mtim.tv_nsec };
	document = toolcache_find(&t->box->cache, &t->key);
	if (document && tool_read(&t->tool, document, t->why, sizeof t->why) == 0)
		(void)take_in(t);
	else
		ask(t, loop, &env);
	toolenv_close(&env);
	return 0;
}

static int open_tool(struct toolbox_tool *t, struct loop *loop, const char *name)
{
	struct cJSON *document;
	struct stat s = { .st_size = 0 };

	snprintf(t->name, sizeof t->name, "%s", name);
	if (!tool_is_name(name))
		return miss(t, "no name of a tool: letters, digits, _ and - expected");
	document = memorytools_document(name);
	if (document) {
		t->state = TOOLBOX_ELSEWHERE;
		return tool_read(&t->tool, document, t->why, sizeof t->why);
	}
	errno = 0;
	return locate(t, &s) < 0 ? -1 : know_or_ask(t, loop, &s);
}

int toolbox_open(struct toolbox *b, struct loop *loop, const struct conf *c, const char *agent,
		 const char *const *names, size_t count)
{
	char cache[PATHS_MAX_BYTES];

	b->conf = c;
	b->agent = agent;
	if (!names)
		count = conf_list(c, "agent", agent, "tools", &names);
	if (count > TOOLBOX_MAX)
		return errno = E2BIG, -1;
	b->tools = calloc(count ? count : 1, sizeof *b->tools);
	if (!b->tools)
		return -1;
	if (toolcache_open(&b->cache, paths_cache(c, cache, sizeof cache) == 0 ? cache : NULL) < 0) {
		toolbox_close(b);
		return errno = ENOMEM, -1;
	}
	for (size_t i = 0; i < count; i++) {
		if (strncmp(names[i], "mcp:", 4) == 0 || toolbox_find(b, names[i]))
			continue; /* rd-mcp's; named twice */
		b->tools[b->count].box = b;
		(void)open_tool(&b->tools[b->count++], loop, names[i]);
	}
	if (b->asked == 0)
		toolcache_close(&b->cache);
	return 0;
}

void toolbox_close(struct toolbox *b)
{
	for (size_t i = 0; i < b->count; i++) {
		worker_close(&b->tools[i].worker);
		tool_close(&b->tools[i].tool);
	}
	free(b->tools);
	toolcache_close(&b->cache);
	b->tools = NULL;
	b->count = b->asked = 0;
}

int toolbox_open_now(struct toolbox *b, const struct conf *c, const char *agent)
{
	struct loop loop;
	int failed;

	if (loop_open(&loop) < 0)
		return -1;
	failed = toolbox_open(b, &loop, c, agent, NULL, 0);
	while (!failed && b->asked)
		failed = loop_step(&loop, -1);
	if (failed)
		toolbox_close(b); /* while its loop is there */
	loop_close(&loop);
	return failed;
}

struct toolbox_tool *toolbox_find(const struct toolbox *b, const char *name)
{
	for (size_t i = 0; i < b->count; i++)
		if (strcmp(b->tools[i].name, name) == 0)
			return &b->tools[i];
	return NULL;
}

struct cJSON *toolbox_entries(const struct toolbox *b, bool elsewhere)
{
	struct cJSON *entries = cJSON_CreateArray();

	for (size_t i = 0; entries && i < b->count; i++) {
		const struct toolbox_tool *t = &b->tools[i];

		if (t->state == TOOLBOX_READY || (elsewhere && t->state == TOOLBOX_ELSEWHERE))
			cJSON_AddItemToArray(entries, tool_entry(&t->tool));
	}
	return entries;
}
