/* G.711, both laws, exact as the ITU's reference software (G.191) has them: decoding is a table, encoding finds the
 * segment of a value; neither needs more than 1 KiB of memory or a start. */
#ifndef G711_H
#define G711_H

#include <stddef.h>
#include <stdint.h>

extern const int16_t g711_mulaw[256], g711_alaw[256]; /* what a code means, on the scale of signed 16 bit */

uint8_t g711_to_mulaw(int16_t sample);
uint8_t g711_to_alaw(int16_t sample);

#endif
