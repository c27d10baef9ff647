/* The noise suppression and the voice detector of the webrtc library, at 16 kHz. Built without the library (RD_WEBRTC
 * not defined) opening it fails, and there is nothing else. */
#ifndef WEBRTC_H
#define WEBRTC_H

#include <stdbool.h>
#include <stdint.h>

/* 0, or -1: then both are NULL. */
int webrtc_open(void **noise, void **detector);
void webrtc_close(void *noise, void *detector); /* NULL is fine */

/* Whether there is a voice in n samples, whole 10 ms; clean: the same without noise. */
bool webrtc_hear(void *noise, void *detector, const int16_t *samples, int16_t *clean, int n);

#endif
