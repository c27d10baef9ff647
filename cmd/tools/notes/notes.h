/* A caller's notes: in the order in which they were taken, counted from 1; -1 is the newest. */
#ifndef NOTES_H
#define NOTES_H

#include <stddef.h>

struct cJSON;

#define NOTES_MAX 100
#define NOTES_TEXT_MAX_BYTES 1000u

/* The answer to {do, text?, n?}, the caller's. Blocks on the disk. */
struct cJSON *notes_run(const struct cJSON *arguments);

#endif
