/* Where rd-tap's frames are shown: as lines, as frames in a file that rd-replay plays, or their audio as a WAV file. */
#ifndef SHOW_H
#define SHOW_H

#include <stdbool.h>

#include "frame.h"
#include "wav.h"

struct show { /* zeroed is closed */
	int (*put)(struct show *s, const struct frame *f);
	int fd;
	char *line;	  /* lines: room for one */
	const char *path; /* of the WAV file; begun with the first audio, whose rate it has */
	struct wav wav;
	char error[256]; /* what was wrong when something failed */
};

/* Each 0, or -1 with error filled. Files are made with mode 0600: they hold what was said. */
int show_lines(struct show *s, int fd);
int show_file(struct show *s, const char *path);
int show_wav(struct show *s, const char *path);

/* 0, or -1 with error filled: nothing more can be shown. Blocks on the disk or terminal. */
int show_frame(struct show *s, const struct frame *f);
void show_close(struct show *s);

#endif
