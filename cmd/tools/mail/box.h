/* Where mail is: servers of IMAP and SMTP (servers.c), or Gmail (gmail.c). Both find, read and send; what they could
 * not do is in the trouble. Everything here blocks on the network, up to the session's limit. */
#ifndef BOX_H
#define BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "google.h"
#include "message.h"
#include "trouble.h"

#define BOX_WHO "The mailbox"
#define BOX_ID_BYTES 64
#define BOX_LIMIT_S 22 /* of all requests together: less than the tool may run */
#define BOX_HEADS_MAX 10

struct box { /* zeroed is closed */
	const struct box_kind *kind;
	struct ask ask;
	struct trouble trouble;
	const char *imap, *smtp, *mailbox, *sent; /* settings; borrowed, NULL: not there */
	char from[300];				  /* who writes: an address, perhaps with a name */
	char login[1024];			  /* "name:password", or empty */
	char base[1024];			  /* Gmail's */
	struct google google;
};

struct query {
	bool unread;
	const char *from, *words; /* NULL: any */
	time_t since, before;	  /* 0: any */
};

struct head {
	char id[BOX_ID_BYTES];
	bool unread;
	struct message message; /* its head */
};

struct heads { /* zeroed is empty; the newest is first */
	struct head all[BOX_HEADS_MAX];
	size_t count;
	long total; /* how many there are */
};

/* What is on its way: the state of a mail that may have been sent (sent.h) keeps `draft` for the next time. */
struct letter {
	const char *address;   /* of from */
	const char *const *to; /* NULL behind the last */
	const char *text;      /* the whole mail */
	size_t bytes;
	const char *id; /* Message-ID, without brackets */
	char draft[BOX_ID_BYTES];
};

struct box_kind {
	int (*find)(struct box *b, const struct query *q, size_t most, struct heads *h); /* 0, -1 */
	int (*read)(struct box *b, const char *id, struct message *m); /* 0; 1: it is gone; -1. It is read then. */
	/* Before anything is sent, what has to be remembered is made: 0, -1. */
	int (*prepare)(struct box *b, struct letter *l);
	int (*send)(struct box *b, const struct letter *l);	/* 0, -1 */
	int (*was_sent)(struct box *b, const struct letter *l); /* 1: yes; 0: no; -1: nobody can say */
};

extern const struct box_kind box_servers, box_gmail;

/* Why there is none, and how to mend it; NULL: the settings are there. */
const char *box_missing(void);
bool box_is_google(void);
bool box_can_read(void);
bool box_can_send(void);
bool box_has_user(void);

/* By the settings and the secret. 0, or -1 with trouble; close it in both cases. */
int box_open(struct box *b);
void box_close(struct box *b);
void heads_close(struct heads *h);

#endif
