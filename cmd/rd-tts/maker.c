#include "maker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine.h"
#include "rate.h"

#define AT_ONCE 16 /* that are handed back before it is the others' turn */
#define STACK_BYTES (1u << 20)
#define WORDS_MAX 256
#define SILENCE 80	   /* what is not louder is none */
#define SILENCE_MAX_MS 400 /* more than that is not cut */
#define KEPT_MS 10	   /* of it */
#define SENTENCE_MS 180u   /* of silence behind one, at least */
#define CLAUSE_MS 60u
#define SAMPLES_MAX (MAKER_AUDIO_BYTES / 2)
#define FIRST_SAMPLES 320 /* the first frame is short, for it is waited for */

/* One work on its way from the engine to the socket. */
struct making {
	struct maker *maker;
	struct maker_work *work;
	struct rate rate;
	unsigned to_hz;
	bool cutting;	  /* still in the silence before it */
	bool over;	  /* the engine has given all */
	size_t cut, sent; /* samples, of to_hz */
	size_t loud;	  /* behind the last one that is not silence */
	size_t word_first, word_count;
	struct {
		size_t word;
		long end_ms;
	} words[WORDS_MAX]; /* that wait for their sound */
	struct maker_made out;
};

static bool is_wanted(const struct making *k)
{
	return atomic_load(&k->maker->wanted) == k->work->number;
}

static int give(struct making *k, enum maker_kind kind)
{
	k->out.work = k->work->number;
	k->out.kind = (uint8_t)kind;
	if (send(k->maker->its, &k->out, offsetof(struct maker_made, bytes) + k->out.n, MSG_NOSIGNAL) < 0)
		return -1;
	k->out.n = 0;
	return 0;
}

/* --- words */

static long to_ms(const struct making *k, size_t samples)
{
	return (long)(samples * 1000 / k->to_hz);
}

/* Those whose sound was given. At the end all: espeak-ng counts the pause behind the last one as part of it. */
static void give_words(struct making *k)
{
	long given_ms = to_ms(k, k->sent), loud_ms = to_ms(k, k->loud);

	for (; k->word_first < k->word_count; k->word_first++) {
		long end_ms = k->words[k->word_first].end_ms - to_ms(k, k->cut);

		if (!k->over && end_ms > given_ms)
			return;
		if (k->over && end_ms > loud_ms)
			end_ms = loud_ms;
		k->out.word = (uint32_t)k->words[k->word_first].word;
		k->out.end_ms = (uint32_t)(end_ms > 0 ? end_ms : 0);
		(void)give(k, MAKER_WORD);
	}
}

static void on_word(void *ctx, size_t word, long end_ms)
{
	struct making *k = ctx;

	if (k->word_first == k->word_count)
		k->word_first = k->word_count = 0;
	if (k->word_count == WORDS_MAX)
		return;
	k->words[k->word_count].word = word;
	k->words[k->word_count++].end_ms = end_ms;
}

/* --- sound */

static bool is_loud(int16_t sample)
{
	return sample > SILENCE || sample < -SILENCE;
}

static int give_audio(struct making *k)
{
	size_t n = k->out.n / 2;

	if (give(k, MAKER_AUDIO) < 0)
		return -1;
	k->sent += n;
	give_words(k);
	return 0;
}

static void note_loud(struct making *k, const int16_t *samples, size_t n)
{
	size_t before = k->sent + k->out.n / 2, i = n;

	while (i > 0 && !is_loud(samples[i - 1]))
		i--;
	if (i)
		k->loud = before + i;
}

static int gather(struct making *k, const int16_t *samples, size_t n)
{
	note_loud(k, samples, n);
	while (n > 0) {
		size_t full = k->sent ? SAMPLES_MAX : FIRST_SAMPLES, room = full - k->out.n / 2;
		size_t some = n < room ? n : room;

		memcpy(k->out.bytes + k->out.n, samples, some * 2);
		k->out.n += (uint32_t)some * 2;
		samples += some;
		n -= some;
		if (some == room && give_audio(k) < 0)
			return -1;
	}
	return 0;
}

/* How much of it is silence that nobody has to wait for. */
static size_t silence(struct making *k, const int16_t *samples, size_t n)
{
	size_t kept = (size_t)k->to_hz * KEPT_MS / 1000, most = (size_t)k->to_hz * SILENCE_MAX_MS / 1000, i = 0;

	while (i < n && !is_loud(samples[i]) && k->cut + i < most)
		i++;
	k->cutting = i == n;
	if (!k->cutting)
		i = i > kept ? i - kept : 0;
	k->cut += i;
	return i;
}

static int on_samples(void *ctx, const int16_t *samples, size_t n)
{
	struct making *k = ctx;
	size_t cut = k->cutting ? silence(k, samples, n) : 0;

	return cut < n ? gather(k, samples + cut, n - cut) : 0;
}

static int on_audio(void *ctx, const int16_t *samples, size_t n)
{
	struct making *k = ctx;

	return is_wanted(k) ? rate_flow(&k->rate, samples, n, on_samples, k) : -1;
}

/* Between two sentences there is a pause, which not every engine makes. */
static void pause_behind(struct making *k)
{
	static const int16_t silent[SAMPLES_MAX];
	size_t n = strlen(k->work->text), made = k->sent + k->out.n / 2;
	size_t wanted = k->to_hz * (n && strchr(".!?", k->work->text[n - 1]) ? SENTENCE_MS : CLAUSE_MS) / 1000;
	size_t behind = made - k->loud;

	while (k->loud && behind < wanted) {
		size_t some = wanted - behind < SAMPLES_MAX ? wanted - behind : SAMPLES_MAX;

		(void)gather(k, silent, some);
		behind += some;
	}
}

static void finish(struct making *k)
{
	k->over = true;
	pause_behind(k);
	if (k->out.n)
		(void)give_audio(k);
	give_words(k); /* of a sound that ended with a full frame */
}

static enum maker_kind speak(struct making *k)
{
	const struct maker_work *w = k->work;
	const struct engine *engine = engine_of(w->voice);
	struct engine_sink sink = { on_audio, on_word, k };
	char error[160];
	unsigned from_hz;
	int failed;

	if (engine->open(w->voice, error, sizeof error) < 0)
		return MAKER_FAILED;
	from_hz = engine->rate_hz(w->voice);
	k->to_hz = from_hz == 8000 ? 8000 : 16000;
	k->out.codec = CODEC_S16;
	k->out.rate_100hz = (uint16_t)(k->to_hz / 100);
	if (rate_begin(&k->rate, from_hz, k->to_hz) < 0)
		return MAKER_FAILED;
	k->cutting = w->first;
	failed = engine->speak(w->voice, w->text, w->rate, &sink);
	rate_end(&k->rate, is_wanted(k) ? on_samples : NULL, k);
	if (is_wanted(k))
		finish(k);
	return failed ? MAKER_FAILED : MAKER_DONE;
}

/* --- phrases */

static enum maker_kind play(struct making *k, const struct phrase *p)
{
	size_t at = 0, n;

	k->out.codec = CODEC_MULAW;
	k->out.rate_100hz = PHRASE_RATE_HZ / 100;
	for (; at < p->bytes && is_wanted(k); at += n) {
		n = at ? MAKER_AUDIO_BYTES / 2 : FIRST_SAMPLES / 2;
		n = p->bytes - at < n ? p->bytes - at : n;
		memcpy(k->out.bytes, p->audio + at, n);
		k->out.n = (uint32_t)n;
		if (give(k, MAKER_AUDIO) < 0)
			return MAKER_FAILED;
	}
	return p->audio ? MAKER_DONE : MAKER_NOTHING;
}

static enum maker_kind phrase(struct making *k)
{
	const struct maker_work *w = k->work;
	enum maker_kind kind;
	struct phrase p;

	if (phrase_find(&p, k->maker->conf, w->agent, w->phrase, w->variant) < 0)
		return MAKER_FAILED;
	k->out.n = (uint32_t)strlen(p.text);
	memcpy(k->out.bytes, p.text, k->out.n);
	if (give(k, MAKER_TEXT) < 0)
		kind = MAKER_FAILED;
	else if (w->rate < 1 || w->rate > 1) /* it is prepared at one speed */
		kind = MAKER_NOTHING;
	else
		kind = play(k, &p);
	phrase_close(&p);
	return kind;
}

/* --- the thread */

static void *run(void *ctx)
{
	struct making *k = ctx;
	struct maker *m = k->maker;
	struct maker_work *work = k->work;

	while (recv(m->its, work, sizeof *work, 0) == (ssize_t)sizeof *work) {
		*k = (struct making){ .maker = m, .work = work };
		if (is_wanted(k) && give(k, *work->phrase ? phrase(k) : speak(k)) < 0)
			break;
	}
	return NULL;
}

static void on_readable(void *ctx, uint32_t events)
{
	static struct maker_made made;
	struct maker *m = ctx;

	(void)events;
	for (int i = 0; i < AT_ONCE && recv(m->ours, &made, sizeof made, MSG_DONTWAIT) > 0; i++)
		if (made.work == atomic_load(&m->wanted))
			m->on_made(m->ctx, &made);
}

static int start(struct maker *m)
{
	pthread_attr_t attributes;
	int failed;

	m->making = calloc(1, sizeof *m->making);
	if (!m->making)
		return -1;
	m->making->maker = m;
	m->making->work = malloc(sizeof *m->making->work);
	if (!m->making->work)
		return -1;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	failed = pthread_create(&m->thread, &attributes, run, m->making);
	pthread_attr_destroy(&attributes);
	m->running = !failed;
	return failed ? (errno = failed, -1) : 0;
}

int maker_open(struct maker *m, struct loop *loop, const struct conf *conf)
{
	int pair[2], why;

	m->conf = conf;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	m->ours = pair[0];
	m->its = pair[1];
	m->watch = (struct watch){ .name = "maker", .on = on_readable, .ctx = m };
	if (start(m) == 0 && loop_watch(loop, &m->watch, m->ours, EPOLLIN) == 0)
		return 0;
	why = errno;
	maker_close(m);
	errno = why;
	return -1;
}

void maker_close(struct maker *m)
{
	maker_give_up(m);
	if (m->ours <= 0)
		return;
	(void)shutdown(m->ours, SHUT_RDWR); /* what it waits for ends */
	if (m->running)
		pthread_join(m->thread, NULL);
	close(m->its);
	close(m->ours);
	if (m->making)
		free(m->making->work);
	free(m->making);
	m->making = NULL;
	m->running = false;
	m->ours = m->its = 0;
}

int maker_begin(struct maker *m, struct maker_work *work)
{
	work->number = atomic_fetch_add(&m->wanted, 1) + 1;
	return send(m->ours, work, sizeof *work, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -1 : 0;
}

void maker_give_up(struct maker *m)
{
	atomic_fetch_add(&m->wanted, 1);
}
