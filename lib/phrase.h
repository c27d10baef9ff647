/* Phrases: what is said so often, or when nothing else works, that its sound is prepared: greeting, cues, apologies,
 * goodbyes. Their texts stand in DATA/phrases/LANGUAGE.conf, a text a line, several of one name being variants; the
 * greeting is the agent's own if it has one. Their sound is made by `rd-tts --prepare` in the cache, and by
 * `make install` in DATA; whoever plays it needs no speech engine. */
#ifndef PHRASE_H
#define PHRASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PHRASE_NAME_BYTES 32
#define PHRASE_TEXT_BYTES 512
#define PHRASE_VARIANTS 16
#define PHRASE_RATE_HZ 8000 /* of the sound, mu-law */

struct conf;

struct phrase {			      /* zeroed is none */
	char text[PHRASE_TEXT_BYTES]; /* what it says; "" of the tone `beep` */
	char language[16];	      /* of the text: English where nothing is written in the agent's */
	unsigned variants;	      /* how many texts the name has */
	const uint8_t *audio;	      /* mu-law, 8000 a second; NULL: not prepared */
	size_t bytes;
	size_t mapped; /* lib's own: length of the mapping, 0 if there is none */
};

/* The phrase in the agent's language and voice, variant counting round its variants. 0, also where no sound is
 * prepared; -1 with errno: ENOENT (no such phrase, no such file), EINVAL (not a name), or what the file says. Blocks on
 * the disk: ask at the start for what you will play later. Close it with phrase_close. */
int phrase_find(struct phrase *p, const struct conf *conf, const char *agent, const char *name, unsigned variant);
void phrase_close(struct phrase *p); /* may be called twice */

/* What the file of the agent's language has wrong: how many mistakes; each is given to on_mistake as "FILE:LINE: what
 * was expected". -1 with errno if it cannot be read; ENOENT: it is not there. */
int phrase_check(const struct conf *conf, const char *agent, void (*on_mistake)(void *ctx, const char *line),
		 void *ctx);

/* Each text of the agent's language once, with its sound if it is prepared; borrowed until each returns. -1 with errno
 * if the file cannot be read. */
int phrase_each(const struct conf *conf, const char *agent,
		void (*each)(void *ctx, const char *name, const struct phrase *p), void *ctx);

/* The voice of ours that speaks for an agent: its own, or that of its language (slt for English, else the language's
 * name, which is espeak-ng's voice for it). Borrowed from conf, or constant. */
const char *phrase_language(const struct conf *conf, const char *agent); /* "en" if it has none */
const char *phrase_voice(const struct conf *conf, const char *agent);
const char *phrase_voice_of(const char *language);

/* Where its sound belongs: FOLDER/phrases/VOICE/NAME.HASH.ul, the hash being of the text, so that another text is
 * another file. folder NULL: the cache. 0, or -1 with errno. */
int phrase_path(const struct conf *conf, const char *folder, const char *voice, const char *name, const char *text,
		char *out, size_t size);

#endif
