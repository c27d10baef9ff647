/* The URLs of our own protocols, http(s) and ws(s), taken to pieces: strictly, for they become request lines. */
#ifndef URL_H
#define URL_H

#include <stdbool.h>
#include <stddef.h>

#define URL_BYTES 2048 /* with its NUL */

struct url {
	char scheme[6];		/* http, https, ws or wss */
	char host[128];		/* without the brackets of an IPv6 address */
	char target[URL_BYTES]; /* path and query, "/" at least */
	int port;		/* the scheme's own if none was given */
	bool port_given;
	bool tls;
};

/* 0, or -1: another scheme, a user name, no host, a bad port, a blank or control character, too long. A fragment is
 * left out: it is never sent. */
int url_read(struct url *u, const char *text);

/* host, or host:port where it is not the scheme's own: the Host line. Cut off at size. Returns out. */
char *url_authority(const struct url *u, char *out, size_t size);

/* The whole again, the port only if it was given. Returns out. */
char *url_print(const struct url *u, char *out, size_t size);

/* What a document of `base` means by `text`: a whole URL, or one that begins with "/", "?" or a name. 0 or -1 as
 * url_read. */
int url_resolve(struct url *u, const struct url *base, const char *text);

#endif
