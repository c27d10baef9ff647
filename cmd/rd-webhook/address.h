/* Whose connection it is, as the key that connections are counted by: an IPv4 address, or of an IPv6 address the first
 * 64 bits, which is the least that a customer has. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>

#include "guard.h"

struct sockaddr;

/* The key of a connected peer; "unknown" for a family that is neither. Returns whether it is this machine's loopback,
 * where a TLS front may stand before us. */
bool address_of(const struct sockaddr *peer, char out[GUARD_KEY_BYTES]);

/* The key of whom a front took the connection from: the last address of X-Forwarded-For, which the front put there;
 * what stands before it a stranger may have written. -1: there is no address. */
int address_forwarded(const char *header, char out[GUARD_KEY_BYTES]);

#endif
