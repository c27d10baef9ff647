#include "pages.h"

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define STACK_BYTES (128 * 1024u) /* deeper than any of us goes while it starts; whole pages of any size */

/* 4 KiB here, 16 or 64 on an arm64: with a smaller step than the kernel's it would round a range up to pages in use. */
static uintptr_t page_bytes(void)
{
	return (uintptr_t)sysconf(_SC_PAGESIZE);
}

/* What cannot be given back is kept: it costs memory, no more. */
static void drop(uintptr_t from, uintptr_t to)
{
	(void)madvise((void *)from, to - from, MADV_DONTNEED);
}

/* Whether the loader has written addresses even to pages that are not writable: those must stay. No library should be
 * like that; some with hand-written code for 32 bits are. */
static bool is_patched(const struct dl_phdr_info *object)
{
	const ElfW(Dyn) *d = NULL;

	for (int i = 0; i < object->dlpi_phnum; i++)
		if (object->dlpi_phdr[i].p_type == PT_DYNAMIC)
			d = (const void *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
	for (; d && d->d_tag != DT_NULL; d++)
		if (d->d_tag == DT_TEXTREL || (d->d_tag == DT_FLAGS && (d->d_un.d_val & DF_TEXTREL)))
			return true;
	return false;
}

/* Only what nobody has written to: those pages are the file's own, and come back from it. From the last one: this table
 * lies in the first, which reading it once more would bring back. */
static int drop_segments(struct dl_phdr_info *object, size_t size, void *ctx)
{
	uintptr_t page = page_bytes();
	bool first = false;

	(void)size, (void)ctx;
	if (is_patched(object))
		return 0;
	for (int i = object->dlpi_phnum; i-- > 0 && !first;) {
		ElfW(Phdr) p = object->dlpi_phdr[i];
		uintptr_t at = object->dlpi_addr + p.p_vaddr;

		first = p.p_type == PT_LOAD && p.p_offset == 0;
		if (p.p_type == PT_LOAD && !(p.p_flags & PF_W))
			drop(at / page * page, (at + p.p_memsz + page - 1) / page * page);
	}
	return 0;
}

void pages_drop_files(void)
{
	(void)dl_iterate_phdr(drop_segments, NULL);
}

void pages_drop_stack(void)
{
	uintptr_t page = page_bytes(), here = (uintptr_t)__builtin_frame_address(0) / page * page;

	drop(here - STACK_BYTES, here - page); /* in the page below ours, madvise itself runs */
}
