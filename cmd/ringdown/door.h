/* The listening socket: systemd's if it passed one, else our own. The supervisor holds it, so that a restart of
 * rd-webhook refuses nobody. */
#ifndef DOOR_H
#define DOOR_H

#include <stddef.h>

/* "127.0.0.1:8080", "[::1]:8080" or ":8080" as the configuration has it. The descriptor, or -1: error says why, with
 * the process that holds the port if it can be known. */
int door_open(const char *listen, char *error, size_t size);

/* Where a socket listens, "127.0.0.1:8080", with the port that the kernel chose for 0. Returns out. */
char *door_address(int fd, char *out, size_t size);

#endif
