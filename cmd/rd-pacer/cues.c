#include "cues.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "log.h"
#include "paths.h"
#include "phrase.h"

#ifndef __clang__ /* gcc's analyzer does not see that an array keeps what was put into it */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

#define AGENTS_MOST 32 /* of different voices */

static const char *const names[SILENCE_ORDERS] = {
	[SILENCE_WAIT] = "cue.wait",
	[SILENCE_STILL] = "cue.still",
	[SILENCE_CHECK] = "idle.check",
	[SILENCE_BYE] = "idle.bye",
};

/* Keeps what is needed of a phrase, its mapping with it. */
static void keep(struct cues *c, int order, struct phrase *p)
{
	struct cue *cue = &c->all[order][c->count[order]];

	cue->text = strdup(p->text);
	if (!cue->text) {
		phrase_close(p);
		return;
	}
	cue->audio = p->audio;
	cue->bytes = p->bytes;
	c->count[order]++;
}

void cues_close(struct cues *c)
{
	for (int order = 0; order < SILENCE_ORDERS; order++)
		while (c->count[order]) {
			struct cue *cue = &c->all[order][--c->count[order]];
			struct phrase p = { .audio = cue->audio, .bytes = cue->bytes, .mapped = cue->bytes };

			phrase_close(&p);
			free(cue->text);
		}
	*c = (struct cues){ .last = "" };
}

/* How many of them have no sound; -1: there are none. */
static int find(struct cues *c, const struct conf *conf, const char *agent, int order)
{
	unsigned variants = 1;
	int silent = 0;
	struct phrase p;

	for (unsigned i = 0; i < variants && i < CUES_VARIANTS; i++) {
		if (phrase_find(&p, conf, agent, names[order], i) < 0)
			return -1;
		variants = p.variants;
		silent += !p.audio;
		keep(c, order, &p);
	}
	return silent;
}

/* How many of them all have no sound; -1 with errno: one is not there, and *missing names it; the others are kept. */
static int find_all(struct cues *c, const struct conf *conf, const char *agent, const char **missing)
{
	int silent = 0, why = 0;

	for (int order = 0; order < SILENCE_ORDERS; order++) {
		int found = names[order] ? find(c, conf, agent, order) : 0;

		if (found < 0) {
			*missing = names[order];
			why = errno;
		} else {
			silent += found;
		}
	}
	return why ? (errno = why, -1) : silent;
}

/* --- before the fork */

static struct {
	const char *language, *voice; /* the configuration's */
	struct cues cues;
} warm[AGENTS_MOST];
static unsigned warmed;

static const struct cues *find_warm(const char *language, const char *voice)
{
	for (unsigned i = 0; i < warmed; i++)
		if (strcmp(warm[i].language, language) == 0 && strcmp(warm[i].voice, voice) == 0)
			return &warm[i].cues;
	return NULL;
}

void cues_warm(const struct conf *conf)
{
	const char *missing, *agent;

	for (size_t i = 0; warmed < AGENTS_MOST && (agent = conf_title(conf, "agent", i)); i++) {
		const char *language = phrase_language(conf, agent), *voice = phrase_voice(conf, agent);
		struct cues c = { .last = "" };

		if (find_warm(language, voice))
			continue;
		if (find_all(&c, conf, agent, &missing) != 0) { /* it may be whole later: each call looks for itself */
			cues_close(&c);
			continue;
		}
		warm[warmed].language = language;
		warm[warmed].voice = voice;
		warm[warmed++].cues = c;
	}
}

/* --- in a call */

void cues_open(struct cues *c, const struct conf *conf, const char *agent, unsigned seed)
{
	const struct cues *known = find_warm(phrase_language(conf, agent), phrase_voice(conf, agent));
	const char *missing;
	int silent = 0;

	if (known)
		*c = *known;
	else
		silent = find_all(c, conf, agent, &missing);
	for (int order = 0; order < SILENCE_ORDERS; order++)
		c->next[order] = seed;
	if (silent < 0)
		log_warn("cannot find the phrase %s: %s", missing, strerror(errno));
	else if (silent > 0)
		log_debug("phrases have no sound yet (rd-tts --prepare) count=%d", silent);
}

void cues_recall(struct cues *c, const char *folder)
{
	char path[PATHS_MAX_BYTES];

	if (folder && paths_format(path, sizeof path, "%s/cue", folder) == 0)
		(void)paths_read_bounded(path, c->last, sizeof c->last); /* mostly there is none */
}

void cues_keep(const struct cues *c, const char *folder)
{
	char path[PATHS_MAX_BYTES];

	if (folder && paths_format(path, sizeof path, "%s/cue", folder) == 0 &&
	    paths_write_atomically(path, c->last, strlen(c->last)) < 0)
		log_warn("cannot write %s: %s", path, strerror(errno));
}

const struct cue *cues_next(struct cues *c, enum silence_order order)
{
	for (unsigned tried = 0; tried < c->count[order]; tried++) {
		const struct cue *cue = &c->all[order][c->next[order]++ % c->count[order]];

		if (order < SILENCE_CHECK && strcmp(cue->text, c->last) == 0)
			continue;
		snprintf(c->last, sizeof c->last, "%s", cue->text);
		return cue;
	}
	return NULL;
}
