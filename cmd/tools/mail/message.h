/* One mail as it goes over the wire (RFC 5322, MIME), by GMime: taken to pieces for the ear, and made. GMime stands in
 * message.c alone. What comes from a server is bounded before. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define MESSAGE_MAX_BYTES 524288u /* of what is read; of a longer one the beginning */
#define MESSAGE_LINE_BYTES 161u
#define MESSAGE_TEXT_MAX_BYTES 65536u

struct message {		       /* zeroed is empty; valid UTF-8 */
	char name[MESSAGE_LINE_BYTES]; /* of who wrote it; their address where there is none */
	char address[256], subject[MESSAGE_LINE_BYTES], id[256];
	time_t at;  /* 0: it does not say */
	char *text; /* as written, plain; "" where it has none */
	int attachments;
	bool html; /* the text was made of a web page */
};

/* A whole mail, or its head alone (with_text false: text stays NULL). 0, or -1 without memory. */
int message_read(struct message *m, const char *bytes, size_t n, bool with_text);
void message_close(struct message *m);

struct message_draft {
	const char *from;		 /* "Anna Smith <anna@example.com>" */
	const char *const *to;		 /* addresses, NULL behind the last */
	const char *subject, *text, *id; /* id without brackets */
	time_t at;
};

/* The mail with CRLF lines, the caller's; *n is its length. NULL without memory, or if from is no address. */
char *message_make(const struct message_draft *d, size_t *n);

/* The address within "Anna Smith <anna@example.com>" into out. 0, or -1: there is none that we may send as. */
int message_address(const char *from, char *out, size_t size);

#endif
