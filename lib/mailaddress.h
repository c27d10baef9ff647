/* Addresses of mail as we send to them: plain ones, which no server can take for more than one. */
#ifndef MAILADDRESS_H
#define MAILADDRESS_H

#include <stdbool.h>

#define MAILADDRESS_BYTES 255u /* with its NUL */

/* NAME@HOST of printable ASCII, without quotes, brackets and what else has a meaning in a header or to SMTP. */
bool mailaddress_good(const char *text);

#endif
