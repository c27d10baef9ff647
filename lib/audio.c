#include "audio.h"

#include "bytes.h"
#include "frame.h"
#include "g711.h"

void audio_decode(int16_t *out, uint8_t codec, const uint8_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++)
		switch (codec) {
		case CODEC_MULAW: out[i] = g711_mulaw[in[i]]; break;
		case CODEC_ALAW: out[i] = g711_alaw[in[i]]; break;
		default: out[i] = (int16_t)get_u16(in + 2 * i); break;
		}
}

void audio_encode(uint8_t *out, uint8_t codec, const int16_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++)
		switch (codec) {
		case CODEC_MULAW: out[i] = g711_to_mulaw(in[i]); break;
		case CODEC_ALAW: out[i] = g711_to_alaw(in[i]); break;
		default: put_u16(out + 2 * i, (uint16_t)in[i]); break;
		}
}
