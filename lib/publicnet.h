/* Which addresses are the public network's: what a page or a redirect may lead to. Everything else is somebody's own
 * house: this machine, its neighbours, a cloud's metadata, the far side of a tunnel. Judged by the bytes of an address
 * that is about to be connected to, never by how it was written down. */
#ifndef PUBLICNET_H
#define PUBLICNET_H

#include <stdbool.h>
#include <sys/socket.h>

/* Whether it is a public unicast address by the registries of IANA; other families are not. Never blocks. */
bool publicnet_has(const struct sockaddr *address, socklen_t n);

/* Whether one of this machine's interfaces has it: public or not, who asks from outside would not get in there. */
bool publicnet_is_ours(const struct sockaddr *address, socklen_t n);

/* Whether a host's name may be looked up at all: not "localhost", a single word, or a name of a house's own network
 * (.local, .internal, .home.arpa and so on). An address in whatever spelling passes: its bytes decide. */
bool publicnet_may_ask_for(const char *host);

#endif
