#include "sid.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

int sid_make(char out[SID_BYTES], const char *kind)
{
	unsigned char bits[16];

	if (getrandom(bits, sizeof bits, 0) != (ssize_t)sizeof bits) /* so few come whole or not at all */
		return -1;
	memcpy(out, kind, 2);
	for (size_t i = 0; i < sizeof bits; i++)
		snprintf(out + 2 + 2 * i, 3, "%02x", bits[i]);
	return 0;
}
