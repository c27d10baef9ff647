/* The audio of a frame as signed 16 bit samples, and back: every codec that frame.h knows. */
#ifndef AUDIO_H
#define AUDIO_H

#include <stddef.h>
#include <stdint.h>

/* The codec is one that frame_sample_bytes knows; n counts samples. */
void audio_decode(int16_t *out, uint8_t codec, const uint8_t *in, size_t n);
void audio_encode(uint8_t *out, uint8_t codec, const int16_t *in, size_t n);

#endif
