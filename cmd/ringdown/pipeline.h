/* A pipeline's text, "rd-ingest | rd-bridge | rd-tools", becomes the stages of a ring. */
#ifndef PIPELINE_H
#define PIPELINE_H

#include <stddef.h>

struct ring;
struct super;

/* Fills r->stages and r->count; no process, no link yet. -1: error says why; ring_free as ever. */
int pipeline_take(struct ring *r, const char *pipeline, char *error, size_t size);

/* The words of a stage in a pipeline, without the blanks around them. 0, or -1: too long. */
int pipeline_words(const char *from, size_t n, char *out, size_t size);

/* Whether every program of a pipeline exists. 0; -1: error names the one that does not. */
int pipeline_check(struct super *s, const char *pipeline, char *error, size_t size);

#endif
