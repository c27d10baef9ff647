/* What callers, models and strangers wrote is shown on the operator's terminal: nothing in it may steer the terminal.
 */
#ifndef SCREEN_H
#define SCREEN_H

/* Control characters become blanks, in place; returns text. */
static inline char *screen_safe(char *text)
{
	for (char *p = text; p && *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = ' ';
		else if ((unsigned char)p[0] == 0xc2 && (unsigned char)p[1] >= 0x80 && (unsigned char)p[1] < 0xa0)
			p[1] = (char)0xa0; /* U+0080 to U+009F become a blank that is none to break at */
	return text;
}

#endif
