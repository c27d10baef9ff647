#include "g711.h"

/* A code, its inverted bits put right, is a sign, three bits of segment and four of step. The compiler lays the tables
 * out. mu-law: from the 16 bit value's magnitude shifted by 33 (132 on our scale), so that every segment begins at a
 * power of two. */
#define MULAW_MAGNITUDE(c) (((((c)&15) * 8 + 132) << ((c) >> 4 & 7)) - 132)
#define MULAW(c) (0xff ^ (c)) & 0x80 ? -MULAW_MAGNITUDE(0xff ^ (c)) : MULAW_MAGNITUDE(0xff ^ (c))

/* A-law: the first two segments have steps of one size; every other one begins at a power of two. */
#define ALAW_SEGMENT(c) ((c) >> 4 & 7)
#define ALAW_MAGNITUDE(c)                                                                                              \
	(ALAW_SEGMENT(c) ? (((c)&15) * 16 + 264) << (ALAW_SEGMENT(c) ? ALAW_SEGMENT(c) - 1 : 0) : ((c)&15) * 16 + 8)
#define ALAW(c) (0x55 ^ (c)) & 0x80 ? ALAW_MAGNITUDE(0x55 ^ (c)) : -ALAW_MAGNITUDE(0x55 ^ (c))

#define FOUR(law, c) law(c), law((c) + 1), law((c) + 2), law((c) + 3)
#define SIXTEEN(law, c) FOUR(law, c), FOUR(law, (c) + 4), FOUR(law, (c) + 8), FOUR(law, (c) + 12)
#define SIXTY_FOUR(law, c) SIXTEEN(law, c), SIXTEEN(law, (c) + 16), SIXTEEN(law, (c) + 32), SIXTEEN(law, (c) + 48)
#define ALL(law) SIXTY_FOUR(law, 0), SIXTY_FOUR(law, 64), SIXTY_FOUR(law, 128), SIXTY_FOUR(law, 192)

const int16_t g711_mulaw[256] = { ALL(MULAW) };
const int16_t g711_alaw[256] = { ALL(ALAW) };

/* The reference takes one's complement of what is negative: a value on the border of two steps belongs to the upper
 * one. */
static unsigned magnitude(int16_t sample)
{
	return (unsigned)(sample < 0 ? ~sample : sample);
}

/* The place of the highest bit that is set. */
static unsigned top_bit(unsigned value)
{
	return 31u - (unsigned)__builtin_clz(value);
}

uint8_t g711_to_mulaw(int16_t sample)
{
	unsigned value = magnitude(sample) + 132, segment;

	if (value > 32767)
		value = 32767;
	segment = top_bit(value) - 7;
	return (uint8_t)(~(segment << 4 | (value >> (segment + 3) & 15)) ^ (sample < 0 ? 0x80 : 0));
}

uint8_t g711_to_alaw(int16_t sample)
{
	unsigned value = magnitude(sample);
	unsigned code = value >> 4;

	if (value >= 256) {
		unsigned segment = top_bit(value) - 7;

		code = segment << 4 | (value >> (segment + 3) & 15);
	}
	return (uint8_t)(code ^ 0x55 ^ (sample < 0 ? 0 : 0x80));
}
