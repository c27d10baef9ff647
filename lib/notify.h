/* systemd's readiness and watchdog protocol, and the sockets it opened for us: the protocol only, no library. */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdint.h>

#define NOTIFY_FDS_START 3

/* Sends e.g. "READY=1\nSTATUS=…" to $NOTIFY_SOCKET. 0: sent, or nobody wants to know; -1 with errno. Never blocks. */
int notify_send(const char *state);

/* Half of WATCHDOG_USEC, the pace at which "WATCHDOG=1" is due; 0: no watchdog is set for this process. */
uint64_t notify_watchdog_us(void);

/* How many descriptors systemd passed to this process, from NOTIFY_FDS_START on. They are made close-on-exec and the
 * variables taken out of the environment, so that no child believes they are its own. */
int notify_listen_fds(void);

#endif
