/* How far the call is, in the call's folder, for a successor: file `voicemail`, one JSON object. The folder is in
 * memory: nothing here waits. */
#ifndef PROGRESS_H
#define PROGRESS_H

struct machine;

/* folder NULL, by hand: there is none. 0, or -1 with errno. */
int progress_write(const char *folder, const struct machine *m);
/* Fills in what was noted. 0; -1: nothing was. */
int progress_read(const char *folder, struct machine *m);

#endif
