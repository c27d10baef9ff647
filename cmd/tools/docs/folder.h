/* The documents: regular .txt and .md files of one folder, by name. No path leaves it: a name has no slash, a link is
 * no document. Blocks on the disk. */
#ifndef FOLDER_H
#define FOLDER_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

#include "paths.h"

#define FOLDER_DOCUMENTS_MAX 2000
#define FOLDER_NAME_BYTES 256
#define FOLDER_TITLE_BYTES 120
#define FOLDER_ID_BYTES 100
#define FOLDER_FILE_MAX_BYTES 1048576u

struct folder_document {
	char name[FOLDER_NAME_BYTES];	/* of the file */
	char title[FOLDER_TITLE_BYTES]; /* its first heading, else the name without its ending */
	bool markdown;
	long long mtime_ns, size;
	char id[FOLDER_ID_BYTES]; /* where it is no file of ours */
};

struct folder { /* zeroed is closed */
	char path[PATHS_MAX_BYTES];
	DIR *dir;			   /* NULL: there is none */
	struct folder_document *documents; /* by name */
	size_t count;
};

/* The folder of the setting, or `documents` in the tool's own. A folder that is not there has no documents. 0, or -1
 * with errno. */
int folder_open(struct folder *f);
void folder_close(struct folder *f);

/* Makes it, if it is our own and not there yet. 0, or -1 with errno. */
int folder_make(struct folder *f);

/* The document that n (from 1) or words mean: a title, a file's name, a part of a title; -1: none, -2: several. */
int folder_find(const struct folder *f, long n, const char *words);

/* The document of exactly this file's name; -1: there is none. */
int folder_find_file(const struct folder *f, const char *name);

/* All of it, UTF-8 and without a NUL but the last; malloced, the caller's. NULL with errno (EFBIG: too large to read
 * out). */
char *folder_read(const struct folder *f, size_t document);

#endif
