#include "heap.h"

#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define LARGE (32 * 1024) /* is mapped by itself: untouched pages cost nothing, and it leaves no hole */
#define SPARE (16 * 1024) /* stays at the heap's end, so that not each message moves it */
#define STEP 16u	  /* glibc keeps free pieces by sizes that are so far apart */

struct plug {
	struct plug *next;
};
static struct plug *plugs; /* never freed */

/* Whether there was a hole of that size in the heap. Of another malloc, a sanitizer's, nothing is there: it would be
 * filled for ever. */
static bool plug(size_t size, const char *begin, const char *end)
{
	struct plug *p = malloc(size);

	if (!p || (const char *)p < begin || (const char *)p >= end) {
		free(p);
		return false;
	}
	p->next = plugs;
	plugs = p;
	return true;
}

void heap_lean(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
	(void)mallopt(M_TRIM_THRESHOLD, 2 * SPARE);
	(void)mallopt(M_TOP_PAD, SPARE);
	(void)mallopt(M_ARENA_MAX, 1);
}

void heap_trim(void)
{
	(void)malloc_trim(0);
}

void heap_settle(void)
{
	const char *begin, *end;
	struct mallinfo2 heap;

	(void)malloc_trim(0);
	heap = mallinfo2();
	end = (const char *)sbrk(0) - heap.keepcost;
	begin = (const char *)sbrk(0) - heap.arena;
	for (size_t size = LARGE - STEP; size > 0; size -= STEP)
		while (plug(size, begin, end))
			;
	(void)malloc_trim(0); /* each try that found no hole has written behind the end */
}
