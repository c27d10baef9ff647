/* Ids as Twilio gives them: two letters for the kind and 32 hexadecimal digits, random. paths_call_id() checks one. */
#ifndef SID_H
#define SID_H

#define SID_BYTES 35 /* with its NUL */

/* "CA" and so on. 0, or -1 with errno. */
int sid_make(char out[SID_BYTES], const char *kind);

#endif
