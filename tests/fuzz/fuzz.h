/* What the fuzz targets share. A target, f_NAME.c, is one function that takes any bytes: they come from libFuzzer
 * (`make fuzz`) or, file by file, from corpus/NAME (replay.c, `make check`). Beyond "does not crash" it says what must
 * be true of every input: EXPECT. What depends on an earlier input (a global, a file) is put back by the target itself.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define EXPECT(truth)                                                                                                  \
	do {                                                                                                           \
		if (!(truth)) {                                                                                        \
			fprintf(stderr, "%s:%d: expected: %s\n", __FILE__, __LINE__, #truth);                          \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/* A copy of exactly n bytes, so that the sanitizer sees who reads the one behind them. */
static inline void *fuzz_bytes(const void *bytes, size_t n)
{
	void *copy = calloc(1, n ? n : 1);

	EXPECT(copy);
	if (n)
		memcpy(copy, bytes, n);
	return copy;
}

/* The same with a NUL behind it; it may hold others. */
static inline char *fuzz_text(const void *bytes, size_t n)
{
	char *copy = malloc(n + 1);

	EXPECT(copy);
	if (n)
		memcpy(copy, bytes, n);
	copy[n] = 0;
	return copy;
}

/* Takes the first byte off; 0 when there is none. */
static inline uint8_t fuzz_byte(const uint8_t **bytes, size_t *n)
{
	if (!*n)
		return 0;
	--*n;
	return *(*bytes)++;
}

/* Takes a line off, without its newline, as a text of its own; NULL when there is none. */
static inline char *fuzz_line(const uint8_t **bytes, size_t *n)
{
	const uint8_t *newline = *n ? memchr(*bytes, '\n', *n) : NULL;
	size_t length = newline ? (size_t)(newline - *bytes) : *n, gone = newline ? length + 1 : length;
	char *line = *n ? fuzz_text(*bytes, length) : NULL;

	*bytes += gone;
	*n -= gone;
	return line;
}

static inline char *fuzz_folder_name(void)
{
	static char name[32];

	return name;
}

static inline int fuzz_remove(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static inline void fuzz_folder_remove(void)
{
	(void)nftw(fuzz_folder_name(), fuzz_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* A folder of this process, made when it is asked for first, in memory where that can be; removed at the end. */
static inline const char *fuzz_folder(void)
{
	char *name = fuzz_folder_name();

	if (!*name) {
		snprintf(name, 32, "%s/rd-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
		EXPECT(mkdtemp(name));
		atexit(fuzz_folder_remove);
	}
	return name;
}

/* Writes a file of that folder; its name is in path from then on. */
static inline void fuzz_file(char path[96], const char *name, const void *bytes, size_t n)
{
	FILE *file;

	snprintf(path, 96, "%s/%s", fuzz_folder(), name);
	file = fopen(path, "w");
	EXPECT(file && fwrite(bytes, 1, n, file) == n && fclose(file) == 0);
}

#endif
