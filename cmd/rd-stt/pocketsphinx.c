/* The local back end: pocketsphinx with the grammars of the agent's sentences.
 *
 * Two decoders hear the same. One walks the grammar; the other, the loop, knows phones only and takes any that fit: how
 * much worse the grammar explains the sound than the loop does is how unlike a sentence it was. A grammar alone finds a
 * sentence in everything. */
#include <errno.h>
#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "decoder.h"
#include "hiss.h"
#include "judge.h"
#include "language.h"
#include "lexicon.h"
#include "log.h"
#include "model.h"
#include "net.h"
#include "recogniser.h"
#include "sentences.h"

#define GRAMMARS_MAX 32
#define FRAMES_MAX 4096 /* of an utterance: longer than any turn may be */
#define STEP 1600	/* samples that are taken in at once */

struct grammar {
	char *name, *text;
	struct net net; /* made when it is first needed: the nets of all grammars are 50 MB, which only forks share */
};

static struct {
	ps_decoder_t *words, *loop;
	struct grammar grammars[GRAMMARS_MAX], *now;
	size_t count;
	char language[16], file[512];
	mfcc_t mean[DECODER_CEPSTRA]; /* before the utterance */
	struct hiss hiss;	      /* in it */
} p;

/* --- the decoders */

static void pocket_reset(void)
{
	decoder_forget(p.words);
	decoder_forget(p.loop);
}

static int decoders_adapt(const struct conf *conf, char *error, size_t size)
{
	char file[PATHS_MAX_BYTES];

	(void)snprintf(file, sizeof file, "%s/speech/en-us-telephone.mllr",
		       conf_text(conf, "general", NULL, "data-dir"));
	if (access(file, R_OK) < 0)
		return snprintf(error, size, "cannot read %s: %s", file, strerror(errno)), -1;
	if (decoder_adapt(p.words, file) < 0 || decoder_adapt(p.loop, file) < 0)
		return snprintf(error, size, "cannot read %s: it is damaged", file), -1;
	pocket_reset();
	return 0;
}

static int decoders_open(const struct conf *conf, char *error, size_t size)
{
	if (p.words)
		return 0;
	if (model_check(error, size) < 0)
		return -1;
	err_set_logfp(NULL);
	p.words = decoder_open(false);
	p.loop = decoder_open(true);
	if (p.words && p.loop)
		return decoders_adapt(conf, error, size);
	snprintf(error, size,
		 "cannot load the acoustic model %s: files of it are missing or damaged (the package %s brings it)",
		 model_acoustic, MODEL_PACKAGE);
	return -1;
}

/* --- its dictionary */

static bool word_find(const char *word, char phones[PRONOUNCE_BYTES])
{
	char *known = ps_lookup_word(p.words, word);

	if (!known)
		return false;
	(void)snprintf(phones, PRONOUNCE_BYTES, "%s", known);
	ckd_free(known);
	return true;
}

static void word_add(const char *word, const char *phones)
{
	(void)ps_add_word(p.words, word, phones, FALSE);
}

static const struct lexicon lexicon = { word_find, word_add, model_dictionary };

static bool word_begins(const char *word, const char *beginning)
{
	return lexicon_begins(&lexicon, word, beginning);
}

/* --- the grammars */

static struct grammar *grammar_find(const char *name)
{
	for (size_t i = 0; i < p.count; i++)
		if (strcmp(p.grammars[i].name, name) == 0)
			return &p.grammars[i];
	return NULL;
}

static int search_set(struct grammar *g, char *error, size_t size)
{
	if (net_open(&g->net, g->name, g->text, ps_get_logmath(p.words)) < 0) {
		snprintf(error, size, "cannot compile the grammar %s: %s", g->name, strerror(errno));
		return -1;
	}
	if (lexicon_teach(&lexicon, &g->net) < 0) {
		snprintf(error, size, "cannot read %s: %s (the package %s brings it)", model_dictionary,
			 strerror(errno), MODEL_PACKAGE);
		return -1;
	}
	if (ps_set_fsg(p.words, g->name, g->net.model) == 0)
		return 0;
	snprintf(error, size, "cannot compile the grammar %s: a word without pronunciation", g->name);
	return -1;
}

/* A grammar that is known by the same text is left alone: what the template compiled its forks need not. */
static int grammar_know(const char *name, char *text, char *error, size_t size)
{
	struct grammar *g = grammar_find(name);

	if (!g && p.count == GRAMMARS_MAX) {
		free(text);
		return snprintf(error, size, "cannot use %s: more than %d grammars", name, GRAMMARS_MAX), -1;
	}
	if (!g) {
		g = &p.grammars[p.count++];
		g->name = strdup(name);
		g->text = text;
		return g->name ? 0 : (snprintf(error, size, "no memory"), -1);
	}
	if (strcmp(g->text, text) == 0) {
		free(text);
		return 0;
	}
	net_close(&g->net);
	free(g->text);
	g->text = text;
	return 0;
}

static int grammar_make(struct grammar *g, char *error, size_t size)
{
	return g->net.model ? 0 : search_set(g, error, size);
}

static int sentences_compile(const struct conf *conf, const char *agent, char *error, size_t size)
{
	struct sentences *s = sentences_open(conf, agent, error, size);
	int ok = s ? 0 : -1;
	bool deaf;

	if (!s)
		return -1;
	(void)snprintf(p.file, sizeof p.file, "%s", sentences_file(s));
	(void)snprintf(p.language, sizeof p.language, "%s", sentences_language(s));
	deaf = !language_is_heard(p.language);
	if (deaf)
		log_warn("no acoustic model for language %s: nothing that is said will be understood, keys will",
			 p.language);
	for (const char *const *name = sentences_grammars(s); ok == 0 && *name; name++) {
		char *text;

		if (deaf && name[1]) /* the last, a small one, does for what is not understood */
			continue;
		text = sentences_grammar(s, *name);
		ok = text ? grammar_know(*name, text, error, size) : -1;
	}
	sentences_close(s);
	return ok;
}

static int pocket_open(const struct conf *conf, const char *agent, char *error, size_t size)
{
	if (decoders_open(conf, error, size) < 0)
		return -1;
	lexicon_murmurs(&lexicon);
	if (sentences_compile(conf, agent, error, size) < 0)
		return -1;
	return p.count ? grammar_make(&p.grammars[0], error, size) : (snprintf(error, size, "no grammar"), -1);
}

/* Those that nearly every call needs; the others take memory where they are used. */
static int pocket_warm(const struct conf *conf, char *error, size_t size)
{
	static const char *const warm[] = { "main", "confirm", "reading" };
	int ok = pocket_open(conf, conf_text(conf, "general", NULL, "default-agent"), error, size);

	for (size_t i = 0; ok == 0 && i < sizeof warm / sizeof *warm; i++)
		if (grammar_find(warm[i]))
			ok = grammar_make(grammar_find(warm[i]), error, size);
	return ok;
}

/* One that cannot be made, which opening would have told, leaves the first. */
static struct grammar *grammar_ready(const char *name)
{
	struct grammar *g = grammar_find(name);
	char error[256];

	if (g && grammar_make(g, error, sizeof error) < 0) {
		log_warn("%s", error);
		g = NULL;
	}
	return g ? g : &p.grammars[0];
}

static bool pocket_is_prepared(const char *grammar)
{
	const struct grammar *g = grammar_find(grammar);

	return !g || g->net.model;
}

static void pocket_prepare(const char *grammar)
{
	(void)grammar_ready(grammar);
}

static void pocket_close(void)
{
	for (size_t i = 0; i < p.count; i++) {
		net_close(&p.grammars[i].net);
		free(p.grammars[i].name);
		free(p.grammars[i].text);
	}
	if (p.words)
		ps_free(p.words);
	if (p.loop) { /* which forgets to free what it found last, but not before the next utterance */
		(void)ps_start_utt(p.loop);
		(void)ps_end_utt(p.loop);
		ps_free(p.loop);
	}
	memset(&p, 0, sizeof p);
}

/* --- an utterance */

static void pocket_begin(const char *grammar)
{
	p.now = grammar_ready(grammar);
	p.hiss = (struct hiss){ 0 };
	cmn_live_get(ps_get_feat(p.words)->cmn_struct, p.mean);
	(void)ps_set_search(p.words, p.now->name);
	(void)ps_start_stream(p.words);
	(void)ps_start_stream(p.loop);
	(void)ps_start_utt(p.words);
	(void)ps_start_utt(p.loop);
}

static void pocket_feed(const int16_t *samples, size_t n)
{
	int16_t step[STEP];

	for (size_t at = 0; at < n; at += STEP) {
		size_t part = n - at < STEP ? n - at : STEP;

		hiss_add(&p.hiss, samples + at, part, step);
		(void)ps_process_raw(p.words, step, part, FALSE, FALSE);
		(void)ps_process_raw(p.loop, step, part, FALSE, FALSE);
	}
}

/* What the loop made of the sound up to each frame. How many frames that is. */
static int loop_scores(int32 *score)
{
	int32 sum = 0, acoustic;
	int first, last, n = 0;

	for (ps_seg_t *seg = ps_seg_iter(p.loop); seg; seg = ps_seg_next(seg)) {
		ps_seg_frames(seg, &first, &last);
		(void)ps_seg_prob(seg, &acoustic, NULL, NULL);
		for (n = first; n <= last && n < FRAMES_MAX; n++)
			score[n] = sum + (int32)((double)acoustic * (n - first + 1) / (last - first + 1));
		sum += acoustic;
	}
	return n;
}

static bool is_filler(const char *word)
{
	return word[0] == '<' || word[0] == '[' || word[0] == '(';
}

static void append_word(char *text, const char *word)
{
	size_t n = strlen(text);
	int length = (int)strcspn(word, "(");

	(void)snprintf(text + n, RECOGNISER_TEXT_BYTES - n, "%s%.*s", n ? " " : "", length, word);
}

/* How much worse the grammar explains a stretch than the loop does: below 0, if it does. */
static int32 worse(ps_seg_t *seg, const int32 *loop, int first, int last)
{
	int32 acoustic;

	(void)ps_seg_prob(seg, &acoustic, NULL, NULL);
	return acoustic - (loop[last] - (first > 0 ? loop[first - 1] : 0));
}

static struct judge look(struct recogniser_heard *heard)
{
	static int32 loop[FRAMES_MAX];
	struct judge judge = { 0 };
	int frames = loop_scores(loop), first, last;
	bool words = false, murmur = false, silence = false;
	const char *broken =
		NULL; /* a word's beginning with nothing but silence behind it: its end was too soft to hear */

	*heard = (struct recogniser_heard){ 0 };
	for (ps_seg_t *seg = ps_seg_iter(p.words); seg; seg = ps_seg_next(seg)) {
		const char *word = ps_seg_word(seg);

		ps_seg_frames(seg, &first, &last);
		silence = word && is_filler(word);
		if (!word || last >= frames || first > last)
			continue;
		if (silence) {
			judge_silence(&judge, worse(seg, loop, first, last), last - first + 1);
			continue;
		}
		judge_word(&judge, worse(seg, loop, first, last), last - first + 1);
		broken = lexicon_is_beginning(word) ? word : NULL;
		murmur |= lexicon_is_murmur(word);
		words |= !lexicon_is_murmur(word);
		if (word[0] != NET_MARK)
			append_word(heard->text, word);
	}
	heard->murmur = murmur && !words;
	heard->frames = judge.frames;
	heard->likeness = judge_likeness(&judge);
	heard->confidence = judge_confidence(&judge);
	heard->reach = net_reach(&p.now->net, heard->text, silence ? broken : NULL, word_begins);
	return judge;
}

/* What an English model makes of another language is no sentence of it. */
static void drop_strange(struct recogniser_heard *heard)
{
	if (language_is_heard(p.language))
		return;
	heard->text[0] = '\0';
	heard->reach = REACH_NOTHING;
	heard->confidence = 0;
}

static void pocket_look(struct recogniser_heard *heard)
{
	(void)look(heard);
	drop_strange(heard);
}

static void pocket_end(struct recogniser_heard *heard)
{
	struct judge judge;

	(void)ps_end_utt(p.words);
	(void)ps_end_utt(p.loop);
	judge = look(heard);
	heard->murmur &= judge_is_all(&judge); /* "uh-huh" and more that was not understood is no murmur */
	/* what was no sentence tells nothing of the caller's voice */
	if (heard->reach < REACH_WHOLE || heard->confidence < 0.5) {
		decoder_mean_set(p.words, p.mean);
		decoder_mean_set(p.loop, p.mean);
	}
	drop_strange(heard);
}

static const char *pocket_language(void)
{
	return p.language;
}

static void pocket_print(FILE *out)
{
	fprintf(out, "# recogniser: pocketsphinx, model %s, sentences %s, grammars %zu\n", model_acoustic, p.file,
		p.count);
	if (!language_is_heard(p.language))
		fprintf(out, "# --- there is no model for language %s: nothing that is said will be understood\n",
			p.language);
}

const struct recogniser_back recogniser_pocketsphinx = {
	.name = "pocketsphinx",
	.warm = pocket_warm,
	.open = pocket_open,
	.reset = pocket_reset,
	.is_prepared = pocket_is_prepared,
	.prepare = pocket_prepare,
	.begin = pocket_begin,
	.feed = pocket_feed,
	.look = pocket_look,
	.end = pocket_end,
	.print = pocket_print,
	.language = pocket_language,
	.close = pocket_close,
};
