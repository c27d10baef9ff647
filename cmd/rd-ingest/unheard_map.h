/* The mapped file of the play-out queue: its layout, and how it is opened, checked, grown and left. For unheard.c
 * alone. */
#ifndef UNHEARD_MAP_H
#define UNHEARD_MAP_H

#include "unheard.h"

#define UNHEARD_MAGIC "ringdown unheard"
#define UNHEARD_STEP_BYTES                                                                                             \
	65536u /* the ring is reserved on the file system in such steps: a full one must not be a SIGBUS */

enum segment_flag { ENDED = 1, DROPPED = 2 };

/* What is atomic makes valid what was written before it: by one store, in the order of the program. */
struct segment {
	uint32_t item;
	_Atomic uint32_t flags;
	uint64_t before; /* bytes of the item in segments before this one */
	uint64_t start;	 /* in the ring, counted without its turns */
	_Atomic uint64_t length, heard;
};

struct unheard_map {
	char magic[sizeof UNHEARD_MAGIC];
	uint32_t bytes, segment_count; /* of this layout */
	_Atomic uint32_t facts[UNHEARD_FACTS];
	_Atomic uint64_t head, tail; /* segments that left, segments that came */
	struct segment segments[UNHEARD_SEGMENTS];
	_Atomic uint32_t errand_bytes;
	char errand[UNHEARD_ERRAND_BYTES];
	uint8_t audio[UNHEARD_AUDIO_BYTES];
};

/* Room for so many bytes of the ring. On a full file system the queue goes on in memory. -1: no memory. */
int unheard_map_reserve(struct unheard *u, size_t bytes);

/* A long answer is over: what it took of the file system is given back. */
void unheard_map_give_back(struct unheard *u);

#endif
