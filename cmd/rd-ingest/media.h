/* The short way through the message that comes fifty times a second: a caller's 20 ms, read in one pass and without
 * memory of its own. It understands only what is plain, and is right about that; whatever else there may be is for
 * twilio_parse. */
#ifndef MEDIA_H
#define MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct twilio_message;

/* True: it is a media message of the caller's, and m is what twilio_parse would make of it. False: ask that; m and
 * audio (TWILIO_AUDIO_BYTES) hold anything. */
bool media_scan(struct twilio_message *m, const char *text, size_t n, uint8_t *audio);

#endif
