/* Numbers in English words. */
#ifndef SAY_NUMBER_H
#define SAY_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "say.h"

struct say_number { /* as it is written, borrowed */
	bool minus, commas;
	const char *whole, *fraction; /* digits; whole may hold commas between threes */
	size_t whole_n, fraction_n;   /* 0: there is none */
	uint64_t value;		      /* of the whole part */
	size_t digits;		      /* that it has */
	size_t length;		      /* of it all */
};

/* A number at the beginning of text: 1,234.5, -3, .5. false: there is none. */
bool say_number_read(struct say_number *n, const char *text, size_t size);
/* Whether all of the text is one. */
bool say_number_is(struct say_number *n, const char *text, size_t size);

void say_cardinal(struct say *s, uint64_t n);
void say_ordinal(struct say *s, uint64_t n);
void say_year(struct say *s, uint64_t n);
/* One by one. */
void say_digits(struct say *s, const char *digits, size_t n);
void say_number(struct say *s, const struct say_number *n);

#endif
