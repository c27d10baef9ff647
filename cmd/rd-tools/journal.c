#include "journal.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "paths.h"

#ifndef __clang__ /* gcc's analyzer does not see that a list or an array keeps what was put into it */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

#define LINE_BYTES_MAX (256u * 1024u) /* arguments or a result, whatever their escapes */
#define RESULTS_KEPT 16u	      /* of the calls that came last */
#define SAME_START_MS 5000	      /* from the line "begun" to the start of the process that it names, at most */

static const char *const states[] = { "taken", "begun", "done", "told" };

static int find_state(const char *name)
{
	for (int i = 0; name && i < 4; i++)
		if (strcmp(name, states[i]) == 0)
			return i;
	return -1;
}

struct journal_entry *journal_find(const struct journal *j, const char *id)
{
	for (size_t i = j->count; i-- > 0;)
		if (strcmp(j->entries[i].id, id) == 0)
			return &j->entries[i];
	return NULL;
}

/* Nobody asks again for what was told long ago. */
static void forget_result(struct journal *j)
{
	struct journal_entry *e = j->count >= RESULTS_KEPT ? &j->entries[j->count - RESULTS_KEPT] : NULL;

	if (!e || e->state != JOURNAL_TOLD)
		return;
	cJSON_Delete(e->result);
	e->result = NULL;
}

static struct journal_entry *add(struct journal *j, const char *id)
{
	struct journal_entry *e;
	char *copy;

	if (j->count == JOURNAL_ENTRIES_MAX)
		return errno = ENOBUFS, NULL;
	if (j->count == j->room) {
		size_t room = j->room ? j->room * 2 : 16;
		struct journal_entry *more = realloc(j->entries, room * sizeof *more);

		if (!more)
			return NULL;
		j->entries = more;
		j->room = room;
	}
	copy = strdup(id);
	if (!copy)
		return NULL;
	forget_result(j);
	e = &j->entries[j->count++];
	*e = (struct journal_entry){ .id = copy };
	return e;
}

/* Only the last thing said of an id is kept in memory. */
static void set(struct journal_entry *e, enum journal_state state, struct cJSON *arguments, struct cJSON *result)
{
	cJSON_Delete(e->arguments);
	cJSON_Delete(e->result);
	e->state = state;
	e->arguments = arguments;
	e->result = result;
}

static int read_line(struct journal *j, const char *text, size_t n)
{
	struct cJSON *line = json_parse(text, n);
	const char *id = json_text(line, "id"), *name = json_text(line, "name");
	int state = find_state(json_text(line, "state")), effect = tool_effect_find(json_text(line, "effect"));
	struct journal_entry *e = NULL;

	if (id && name && tool_is_name(name) && state >= 0) {
		e = journal_find(j, id);
		if (!e)
			e = add(j, id);
	}
	if (e) {
		struct cJSON *arguments = cJSON_DetachItemFromObjectCaseSensitive(line, "arguments"), *result;

		if (state == JOURNAL_BEGUN) { /* they stand in the line before */
			cJSON_Delete(arguments);
			arguments = e->arguments;
			e->arguments = NULL;
		}
		result = cJSON_DetachItemFromObjectCaseSensitive(line, "result");
		if (state == JOURNAL_TOLD) {
			cJSON_Delete(result);
			result = e->result;
			e->result = NULL;
		}
		set(e, (enum journal_state)state, arguments, result);
		snprintf(e->name, sizeof e->name, "%s", name);
		e->effect = effect < 0 ? TOOL_OUTSIDE : (enum tool_effect)effect; /* if in doubt, never twice */
		e->pid = (pid_t)json_whole(line, "pid", 0, 0, INT_MAX);
		e->started_ms = (uint64_t)json_whole(line, "started", 0, 0, JSON_WHOLE_MAX);
	}
	cJSON_Delete(line);
	return e ? 0 : -1;
}

/* A line without its end was torn by the crash: it is closed so that the next one stands alone, and counts only if
 * nothing but its newline is missing, as it will for who reads it then. */
static int read_all(struct journal *j, FILE *file)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t n;
	bool torn = false;

	while ((n = getline(&text, &room, file)) > 0) {
		torn = text[n - 1] != '\n';
		if ((size_t)n > LINE_BYTES_MAX || read_line(j, text, (size_t)n) < 0)
			j->unread++;
	}
	free(text);
	return torn && write(j->fd, "\n", 1) != 1 ? -1 : 0;
}

/* A fifo in its place would be read for ever. */
static bool is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

int journal_open(struct journal *j, const char *dir)
{
	char path[PATHS_MAX_BYTES];
	FILE *file;
	int copy;

	*j = (struct journal){ .fd = -1 };
	if (!dir)
		return 0;
	if (paths_format(path, sizeof path, "%s/journal", dir) < 0)
		return -1;
	j->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (j->fd < 0)
		return -1;
	if (!is_file(j->fd)) {
		close(j->fd);
		j->fd = -1;
		return errno = ENOTSUP, -1;
	}
	copy = fcntl(j->fd, F_DUPFD_CLOEXEC, 0);
	file = copy < 0 ? NULL : fdopen(copy, "r");
	if (!file) {
		if (copy >= 0)
			close(copy);
		return -1;
	}
	if (read_all(j, file) < 0) {
		fclose(file);
		return -1;
	}
	fclose(file);
	return 0;
}

void journal_close(struct journal *j)
{
	for (size_t i = 0; i < j->count; i++) {
		set(&j->entries[i], JOURNAL_TOLD, NULL, NULL);
		free(j->entries[i].id);
	}
	free(j->entries);
	if (j->fd > 0)
		close(j->fd);
	*j = (struct journal){ .fd = -1 };
}

/* One write a line: whole if there is room. What a full disk has torn is closed first, so that the next line stands
 * alone. */
static int put(struct journal *j, const struct journal_entry *e, const struct cJSON *arguments)
{
	char *text;
	ssize_t done;
	size_t n;

	if (j->fd < 0)
		return 0;
	text = json_print(json_make("id:s name:s state:s effect:s pid:n started:n arguments:j? result:j?", e->id,
				    e->name, states[e->state], tool_effect_name(e->effect), (long long)e->pid,
				    (long long)e->started_ms, cJSON_Duplicate(arguments, true),
				    e->state == JOURNAL_DONE ? cJSON_Duplicate(e->result, true) : NULL));
	if (!text)
		return errno = ENOMEM, -1;
	n = strlen(text);
	text[n] = '\n'; /* in place of its NUL */
	if (j->torn && write(j->fd, "\n", 1) == 1)
		j->torn = false;
	done = j->torn ? -1 : write(j->fd, text, n + 1);
	j->torn |= done > 0 && done < (ssize_t)n + 1;
	free(text);
	return done == (ssize_t)n + 1 ? 0 : -1;
}

struct journal_entry *journal_take(struct journal *j, const char *id, const char *name, const struct cJSON *arguments)
{
	struct journal_entry *e = add(j, id);

	if (!e)
		return NULL;
	set(e, JOURNAL_TAKEN, cJSON_Duplicate(arguments, true), NULL);
	snprintf(e->name, sizeof e->name, "%s", name);
	(void)put(j, e, arguments); /* if this fails journal_begun will too, and that counts */
	return e;
}

int journal_begun(struct journal *j, struct journal_entry *e, enum tool_effect effect)
{
	e->state = JOURNAL_BEGUN;
	e->effect = effect;
	e->pid = 0;
	e->started_ms = clock_boot_ms();
	return put(j, e, NULL);
}

int journal_running(struct journal *j, struct journal_entry *e, pid_t pid)
{
	e->pid = pid;
	return put(j, e, NULL);
}

int journal_done(struct journal *j, struct journal_entry *e, struct cJSON *result)
{
	set(e, JOURNAL_DONE, NULL, result);
	return put(j, e, NULL);
}

int journal_told(struct journal *j, struct journal_entry *e)
{
	e->state = JOURNAL_TOLD;
	return put(j, e, NULL);
}

/* When a process was started, ms of CLOCK_BOOTTIME: field 22 of its stat, behind a name that may hold anything. */
static int read_start(pid_t pid, uint64_t *ms)
{
	char path[32], text[1024], *p;
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	n = paths_read_bounded(path, text, sizeof text);
	p = n > 0 ? strrchr(text, ')') : NULL;
	for (int field = 2; p && field < 22; field++) {
		p = strchr(p, ' ');
		p = p ? p + 1 : NULL;
	}
	if (!p)
		return -1;
	*ms = strtoull(p, NULL, 10) * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
	return 0;
}

bool journal_survives(const struct journal_entry *e)
{
	uint64_t ms;

	return e->pid > 1 && read_start(e->pid, &ms) == 0 && ms + 20 >= e->started_ms &&
	       ms <= e->started_ms + SAME_START_MS;
}
