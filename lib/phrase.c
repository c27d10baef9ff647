#include "phrase.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "g711.h"
#include "hash.h"
#include "paths.h"

#define FILE_MAX_BYTES 32768u
#define SOUND_MAX_BYTES (60u * PHRASE_RATE_HZ)
#define BEEP_BYTES (PHRASE_RATE_HZ * 2 / 5)

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789.-"
#define VOICE_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_-"
#define FORMAT_EXPECTED "NAME = text expected, a name of small letters, digits, . and -"

static bool is_made_of(const char *word, const char *letters, size_t most)
{
	size_t n = strlen(word);

	return n > 0 && n < most && strspn(word, letters) == n;
}

/* --- whose language, whose voice */

const char *phrase_language(const struct conf *conf, const char *agent)
{
	const char *language = conf_text(conf, "agent", agent, "language");

	return *language ? language : "en";
}

const char *phrase_voice_of(const char *language)
{
	return strcmp(language, "en") == 0 || strncmp(language, "en-", 3) == 0 ? "slt" : language;
}

const char *phrase_voice(const struct conf *conf, const char *agent)
{
	const char *voice = conf_text(conf, "agent", agent, "voice");

	return *voice ? voice : phrase_voice_of(phrase_language(conf, agent));
}

/* --- the texts */

struct texts {
	char path[PATHS_MAX_BYTES];
	char language[16]; /* whose file it is: the agent's, without its country, or English */
	char *bytes, *at;
	unsigned line;
};

static int read_texts(struct texts *t, const struct conf *conf, const char *language)
{
	const char *data = conf_text(conf, "general", NULL, "data-dir");

	snprintf(t->language, sizeof t->language, "%s", language);
	if (!is_made_of(language, VOICE_LETTERS, sizeof t->language))
		return errno = EINVAL, -1;
	if (paths_format(t->path, sizeof t->path, "%s/phrases/%s.conf", data, language) < 0)
		return -1;
	return paths_read_bounded(t->path, t->bytes, FILE_MAX_BYTES) < 0 ? -1 : 0;
}

static int open_texts(struct texts *t, const struct conf *conf, const char *agent)
{
	const char *language = phrase_language(conf, agent);
	char base[16];

	*t = (struct texts){ .bytes = malloc(FILE_MAX_BYTES) };
	if (!t->bytes)
		return -1;
	t->at = t->bytes;
	snprintf(base, sizeof base, "%.*s", (int)strcspn(language, "-_"), language);
	if (read_texts(t, conf, language) == 0 || (errno == ENOENT && read_texts(t, conf, base) == 0) ||
	    (errno == ENOENT && read_texts(t, conf, "en") == 0))
		return 0;
	free(t->bytes);
	t->bytes = NULL;
	return -1;
}

static char *trim(char *text)
{
	size_t n;

	text += strspn(text, " \t");
	n = strlen(text);
	while (n > 0 && isspace((unsigned char)text[n - 1]))
		text[--n] = 0;
	return text;
}

/* The next entry, in place. 1; 0: there is none; -1: the line is no entry, *why tells. */
static int next_text(struct texts *t, const char **name, const char **text, const char **why)
{
	while (*t->at) {
		char *line = t->at, *equals;
		size_t n = strcspn(line, "\n");

		t->at += n + (line[n] == '\n');
		line[n] = 0;
		t->line++;
		line = trim(line);
		if (!*line || *line == '#')
			continue;
		*why = FORMAT_EXPECTED;
		equals = strchr(line, '=');
		if (!equals)
			return -1;
		*equals = 0;
		*name = trim(line);
		*text = trim(equals + 1);
		if (!is_made_of(*name, NAME_LETTERS, PHRASE_NAME_BYTES))
			return -1;
		*why = "a text of 1 to 511 bytes expected behind the =";
		return **text && strlen(*text) < PHRASE_TEXT_BYTES ? 1 : -1;
	}
	return 0;
}

/* The variant of a name in what is left of the texts; how many there are. */
static unsigned pick(struct texts *t, const char *wanted, unsigned variant, char out[PHRASE_TEXT_BYTES])
{
	const char *all[PHRASE_VARIANTS], *name, *text, *why;
	unsigned count = 0;
	int got;

	while ((got = next_text(t, &name, &text, &why)))
		if (got > 0 && count < PHRASE_VARIANTS && strcmp(name, wanted) == 0)
			all[count++] = text;
	if (count)
		snprintf(out, PHRASE_TEXT_BYTES, "%s", all[variant % count]);
	return count;
}

/* --- the sound */

/* 1000 Hz at a quarter of full scale: eight samples are one swing. */
static const uint8_t *beep(void)
{
	static const int16_t swing[] = { 0, 5793, 8192, 5793, 0, -5793, -8192, -5793 };
	static uint8_t sound[BEEP_BYTES];

	for (size_t i = 0; !sound[0] && i < sizeof sound; i++)
		sound[sizeof sound - 1 - i] = g711_to_mulaw(swing[(i + 1) % 8]);
	return sound;
}

int phrase_path(const struct conf *conf, const char *folder, const char *voice, const char *name, const char *text,
		char *out, size_t size)
{
	uint64_t hash = hash_bytes(HASH_BEGIN, text, strlen(text));
	char cache[PATHS_MAX_BYTES];

	if (!is_made_of(voice, VOICE_LETTERS, 64) || !is_made_of(name, NAME_LETTERS, PHRASE_NAME_BYTES))
		return errno = EINVAL, -1;
	if (!folder && paths_cache(conf, cache, sizeof cache) < 0)
		return -1;
	return paths_format(out, size, "%s/phrases/%s/%s.%016llx.ul", folder ? folder : cache, voice, name,
			    (unsigned long long)hash);
}

static int map_sound(struct phrase *p, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *bytes;

	if (fd < 0)
		return -1;
	bytes = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= (off_t)SOUND_MAX_BYTES
			? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)
			: MAP_FAILED;
	close(fd);
	if (bytes == MAP_FAILED)
		return -1;
	p->audio = bytes;
	p->bytes = p->mapped = (size_t)st.st_size;
	return 0;
}

/* Made here, or shipped; by the agent's own voice, else by that of the language: it may be a model's. */
static void find_sound(struct phrase *p, const struct conf *conf, const char *agent, const char *name)
{
	const char *voices[] = { phrase_voice(conf, agent), phrase_voice_of(p->language) };
	const char *folders[] = { NULL, conf_text(conf, "general", NULL, "data-dir") };
	char path[PATHS_MAX_BYTES];

	for (int i = 0; i < 4; i++)
		if (phrase_path(conf, folders[i % 2], voices[i / 2], name, p->text, path, sizeof path) == 0 &&
		    map_sound(p, path) == 0)
			return;
}

int phrase_find(struct phrase *p, const struct conf *conf, const char *agent, const char *name, unsigned variant)
{
	const char *greeting = strcmp(name, "greeting") == 0 ? conf_text(conf, "agent", agent, "greeting") : "";
	struct texts t;

	*p = (struct phrase){ .variants = 1 };
	if (!is_made_of(name, NAME_LETTERS, PHRASE_NAME_BYTES))
		return errno = EINVAL, -1;
	if (strcmp(name, "beep") == 0) {
		p->audio = beep();
		p->bytes = BEEP_BYTES;
		return 0;
	}
	if (open_texts(&t, conf, agent) < 0)
		return -1;
	if (*greeting && strlen(greeting) < sizeof p->text)
		memcpy(p->text, greeting, strlen(greeting) + 1);
	else
		p->variants = pick(&t, name, variant, p->text);
	free(t.bytes);
	if (!p->variants)
		return errno = ENOENT, -1;
	memcpy(p->language, t.language, sizeof p->language);
	find_sound(p, conf, agent, name);
	return 0;
}

void phrase_close(struct phrase *p)
{
	if (p->mapped)
		(void)munmap((void *)(uintptr_t)p->audio, p->mapped); /* what is mapped can be unmapped */
	*p = (struct phrase){ .audio = NULL };
}

/* --- all of them */

int phrase_check(const struct conf *conf, const char *agent, void (*on_mistake)(void *ctx, const char *line), void *ctx)
{
	const char *name, *text, *why;
	char line[PATHS_MAX_BYTES + 128];
	int got, mistakes = 0;
	struct texts t;

	if (open_texts(&t, conf, agent) < 0)
		return -1;
	while ((got = next_text(&t, &name, &text, &why))) {
		if (got > 0)
			continue;
		snprintf(line, sizeof line, "%s:%u: %s", t.path, t.line, why);
		on_mistake(ctx, line);
		mistakes++;
	}
	free(t.bytes);
	return mistakes;
}

/* How many of the names before this one are the same: which variant it is. */
struct known {
	char name[PHRASE_NAME_BYTES];
	unsigned count;
};

static unsigned variant_of(struct known *known, size_t *n, size_t most, const char *name)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].count++;
	if (*n < most) {
		snprintf(known[*n].name, sizeof known[*n].name, "%s", name);
		known[(*n)++].count = 1;
	}
	return 0;
}

int phrase_each(const struct conf *conf, const char *agent,
		void (*each)(void *ctx, const char *name, const struct phrase *p), void *ctx)
{
	const char *name, *text, *why;
	struct known known[64];
	size_t n = 0;
	struct texts t;
	int got;

	if (open_texts(&t, conf, agent) < 0)
		return -1;
	while ((got = next_text(&t, &name, &text, &why))) {
		unsigned variant = got > 0 ? variant_of(known, &n, sizeof known / sizeof *known, name) : 0;
		struct phrase p;

		if (got < 0 || phrase_find(&p, conf, agent, name, variant) < 0)
			continue;
		if (variant < p.variants)
			each(ctx, name, &p);
		phrase_close(&p);
	}
	free(t.bytes);
	return 0;
}
