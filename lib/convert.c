#include "convert.h"

#include <soxr.h>

/* libsoxr is made for files: by default it holds back 14 to 114 ms and gives it in bursts. With the smallest transforms
 * (both bounds: the smaller one alone changes nothing) and a wide transition band it holds back 1 to 13 ms; what
 * aliases lies at -59 dB, or between 8 and 16 kHz above what a telephone carries. */
#define DFT_LOG2 8
#define PASSBAND_END 0.80
#define STOPBAND_BEGIN 1.20

int convert_start(struct convert *c, unsigned from_hz, unsigned to_hz)
{
	soxr_io_spec_t io = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I);
	soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, SOXR_LINEAR_PHASE);
	soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
	soxr_error_t error;

	convert_stop(c);
	io.flags = SOXR_NO_DITHER; /* silence stays silence, and the same input gives the same output */
	quality.passband_end = PASSBAND_END;
	quality.stopband_begin = STOPBAND_BEGIN;
	runtime.log2_min_dft_size = DFT_LOG2;
	runtime.log2_large_dft_size = DFT_LOG2;
	c->soxr = soxr_create(from_hz, to_hz, 1, &error, &io, &quality, &runtime);
	if (error) {
		convert_stop(c);
		return -1;
	}
	c->from_hz = from_hz;
	c->to_hz = to_hz;
	return 0;
}

void convert_stop(struct convert *c)
{
	soxr_delete(c->soxr);
	*c = (struct convert){ 0 };
}

/* soxr_process can only fail for want of memory at its first call; the frame is lost then, and the next one tries
 * again. */
void convert_flow(struct convert *c, const int16_t *in, size_t n, size_t *took, int16_t *out, size_t room, size_t *gave)
{
	if (soxr_process(c->soxr, in, n, took, out, room, gave)) {
		*took = n;
		*gave = 0;
	}
}

void convert_drain(struct convert *c, int16_t *out, size_t room, size_t *gave)
{
	if (soxr_process(c->soxr, NULL, 0, NULL, out, room, gave))
		*gave = 0;
}
