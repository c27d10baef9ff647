/* A command line as words: blanks between them, quotes around blanks, no shell behind it. And where a program lies. */
#ifndef CMDLINE_H
#define CMDLINE_H

#include <stddef.h>

/* Splits line into words (NULL behind the last), which lie in buf. How many, or -1: too many, too long, or an open
 * quote. */
int cmdline_split(const char *line, char *buf, size_t size, const char **words, size_t most);

/* How long the first stage of a pipeline is: up to the next bar outside quotes, or the end. */
size_t cmdline_stage(const char *pipeline);

/* The program of a command line: its name (the last part of the first word, empty if there is none), and where it lies
 * as cmdline_find says. 0, or -1 with errno; then name is filled all the same. */
int cmdline_program(const char *line, const char *folder, char *name, size_t name_size, char *path, size_t path_size);

/* The folder of our own binary. 0, or -1 with errno. */
int cmdline_own_folder(char *out, size_t size);

/* Where a program lies: a name with a slash as it is, else in folder, else in PATH. 0, or -1 with errno (ENOENT). */
int cmdline_find(const char *folder, const char *name, char *out, size_t size);

/* The program in folder that a misspelt name was probably meant to be, as nearest_hint says it. Returns out. */
const char *cmdline_hint(const char *folder, const char *name, char out[96]);

#endif
