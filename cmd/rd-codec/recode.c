#include "recode.h"

#include "audio.h"

static bool is_known(const struct frame *f)
{
	return frame_sample_bytes(f->codec) &&
	       (f->rate_100hz == 80 || f->rate_100hz == 160 || f->rate_100hz == 240 || f->rate_100hz == 480);
}

/* Whether the frame goes on where the last one ended: else the resampler begins anew. A frame without audio (an END)
 * has whatever format the audio before it had. */
static bool goes_on(const struct recode *r, const struct frame *f)
{
	return f->item == r->item && r->from_codec &&
	       (f->length == 0 || (f->codec == r->from_codec && f->rate_100hz == r->from_rate_100hz));
}

static bool prepare(struct recode *r, const struct frame *f)
{
	if (!goes_on(r, f)) {
		if (!is_known(f))
			return false;
		convert_stop(&r->convert);
		r->item = f->item;
		r->from_codec = f->codec;
		r->from_rate_100hz = f->rate_100hz;
	}
	return r->from_rate_100hz == r->rate_100hz || r->convert.soxr ||
	       convert_start(&r->convert, r->from_rate_100hz * 100u, r->rate_100hz * 100u) == 0;
}

/* What one call has in common for all that it gives. */
struct giving {
	struct recode *r;
	const struct frame *like;
	void (*give)(void *ctx, const struct frame *f);
	void *ctx;
	size_t room; /* samples of one frame */
};

static void give_samples(const struct giving *g, const int16_t *samples, size_t n, bool last)
{
	struct frame f = *g->like;

	audio_encode(g->r->bytes, g->r->codec, samples, n);
	f.codec = g->r->codec;
	f.rate_100hz = g->r->rate_100hz;
	f.length = (uint32_t)(n * frame_sample_bytes(f.codec));
	f.payload = g->r->bytes;
	if (!last)
		f.flags &= (uint8_t)~FRAME_END;
	g->give(g->ctx, &f);
}

static void flow(const struct giving *g, size_t n)
{
	size_t fed = 0, took, gave;

	do {
		convert_flow(&g->r->convert, g->r->in + fed, n - fed, &took, g->r->out, g->room, &gave);
		fed += took;
		if (gave)
			give_samples(g, g->r->out, gave, false);
	} while (fed < n || gave == g->room);
}

static void drain(const struct giving *g)
{
	size_t gave;

	do {
		convert_drain(&g->r->convert, g->r->out, g->room, &gave);
		give_samples(g, g->r->out, gave, gave < g->room);
	} while (gave == g->room);
	convert_stop(&g->r->convert);
}

enum recode_verdict recode_frame(struct recode *r, const struct frame *f,
				 void (*give)(void *ctx, const struct frame *f), void *ctx)
{
	struct giving g = { r, f, give, ctx, FRAME_AUDIO_MAX / frame_sample_bytes(r->codec) };
	size_t sample, left, n;
	const uint8_t *from = f->payload;

	if (f->codec == r->codec && f->rate_100hz == r->rate_100hz && !(r->convert.soxr && goes_on(r, f)))
		return RECODE_SAME;
	if (f->length == 0 && !goes_on(r, f)) { /* the END of what had no sound has no format either */
		give_samples(&g, r->in, 0, true);
		return RECODE_DONE;
	}
	if (!prepare(r, f))
		return RECODE_UNKNOWN;
	sample = frame_sample_bytes(r->from_codec);
	left = f->length / sample;
	do {
		n = left < g.room ? left : g.room;
		audio_decode(r->in, r->from_codec, from, n);
		from += n * sample;
		left -= n;
		if (r->convert.soxr)
			flow(&g, n);
		else
			give_samples(&g, r->in, n, left == 0);
	} while (left);
	if (r->convert.soxr && f->flags & FRAME_END)
		drain(&g);
	return RECODE_DONE;
}

void recode_clear(struct recode *r, uint32_t newest)
{
	if (!newest || r->item >> 24 != newest >> 24 || r->item <= newest)
		convert_stop(&r->convert);
}

void recode_close(struct recode *r)
{
	convert_stop(&r->convert);
}
