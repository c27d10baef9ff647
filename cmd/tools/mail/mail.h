/* What one does with mail on the telephone: hear what is new, look for one, have it read, send one. */
#ifndef MAIL_H
#define MAIL_H

struct cJSON;

#define MAIL_TO_MAX_BYTES 300
#define MAIL_WORDS_MAX_BYTES 120
#define MAIL_SUBJECT_MAX_BYTES 150
#define MAIL_TEXT_MAX_BYTES 20000

/* The answer to {do, to?, subject?, text?, from?, words?, when?, id?, part?}, the caller's. Blocks on the network. */
struct cJSON *mail_run(const struct cJSON *arguments);

#endif
