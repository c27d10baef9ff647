/* The documents: regular .txt and .md files of one folder, by name. No path leaves it: a name has no slash, a link is
 * no document. Blocks on the disk. */
#ifndef FOLDER_H
#define FOLDER_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

#define FOLDER_DOCUMENTS_MAX 200
#define FOLDER_NAME_BYTES 256
#define FOLDER_TITLE_BYTES 120
#define FOLDER_FILE_MAX_BYTES 1048576u

struct folder_document {
	char name[FOLDER_NAME_BYTES];	/* of the file */
	char title[FOLDER_TITLE_BYTES]; /* its first heading, else the name without its ending */
	bool markdown;
};

struct folder {				   /* zeroed is closed */
	DIR *dir;			   /* NULL: there is none */
	struct folder_document *documents; /* by name */
	size_t count;
};

/* The folder of the setting, or STATE/documents. A folder that is not there has no documents. 0, or -1 with errno. */
int folder_open(struct folder *f);
void folder_close(struct folder *f);

/* The document that n (from 1) or words mean: a title, a file's name, a part of a title; -1: none, -2: several. */
int folder_find(const struct folder *f, long n, const char *words);

/* All of it, UTF-8 and without a NUL but the last; malloced, the caller's. NULL with errno (EFBIG: too large to read
 * out). */
char *folder_read(const struct folder *f, size_t document);

#endif
