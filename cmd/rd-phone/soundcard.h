/* The microphone and the loudspeaker of who sits at the terminal: arecord and aplay (alsa-utils), a process each. */
#ifndef SOUNDCARD_H
#define SOUNDCARD_H

#include <stddef.h>
#include <sys/types.h>

enum soundcard_way { SOUNDCARD_RECORD, SOUNDCARD_PLAY };

struct soundcard { /* zeroed is none */
	pid_t pid;
	int fd; /* raw mu-law of 8000 Hz: to be read, or to be written */
};

/* Tries the device and starts the program. 0, or -1 with why in error: the program is not installed, or there is no
 * device. Waits for the trial, 3 s at most. */
int soundcard_open(struct soundcard *s, enum soundcard_way way, char *error, size_t size);
void soundcard_close(struct soundcard *s);

#endif
