/* A program's options as one static const table: the parser, -h and the check against the man page
 * (tests/unit/pages.sh) come from it. Long names everywhere, a letter where typed often; operands come behind the
 * options. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stddef.h>
#include <stdio.h>

struct conf;

enum option_kind {
	OPTION_FLAG,   /* into: bool *, set to true */
	OPTION_TEXT,   /* into: const char **, points into argv */
	OPTION_NUMBER, /* into: long *, from min to max */
	OPTION_KEY,    /* into: const char **; options_apply sets section and key of the configuration to it */
	OPTION_CALL,   /* call is given the value (NULL if the row has no argument) */
};

struct option_row {
	const char *name; /* without its dashes */
	char letter;	  /* 0: none */
	enum option_kind kind;
	void *into; /* left alone when the option is not given: holds the default */
	long min, max;
	const char *argument;	   /* what -h calls the value, e.g. "FILE"; NULL for a flag */
	const char *section, *key; /* of OPTION_KEY; section "agent" means the agent at hand */
	const char *help;	   /* one line, lower case, no full stop */
	int (*call)(const char *value, char *error, size_t size); /* 0, or -1 with error filled */
};

/* `--name value`, `--name=value`, `-c value`, `-cvalue`; the last one wins; `--` or the first operand ends them. The
 * index of the first operand (argc: none), or -1 with error: "--modle: no such option (did you mean --model?)". */
int options_read(const struct option_row *rows, size_t n, int argc, char **argv, char *error, size_t size);

/* Lays the OPTION_KEY values over the configuration, section "agent" meaning the one titled agent. 0, or -1 with
 * error. */
int options_apply(const struct option_row *rows, size_t n, struct conf *c, const char *agent, char *error, size_t size);

/* What -h prints: `usage: PROGRAM SYNOPSIS`, the purpose, a line an option. Two tables of one program: _rows again. */
void options_help(const struct option_row *rows, size_t n, const char *program, const char *synopsis,
		  const char *purpose, FILE *out);
void options_help_rows(const struct option_row *rows, size_t n, FILE *out);

#endif
