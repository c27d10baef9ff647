/* WebSocket by libwebsockets, hung into our loop: text messages, whole and bounded, both ways. One context a process.
 *
 *   server: ws_adopt() of a TCP connection, also one whose request head another process has read
 *   client: ws_connect(), TLS with the system's CA folder
 *
 * A message that is handed out is borrowed until the callback returns. What is sent waits in a bounded queue, one
 * message for each time the socket is writable. libwebsockets is included in ws.c and hub.c alone. */
#ifndef WS_H
#define WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"

struct ws; /* one connection; its own until on_close has returned, then freed by lib */

struct ws_calls {
	void (*on_open)(struct ws *w, void *ctx);
	/* text is NUL-terminated behind n and may be changed in place. */
	void (*on_text)(struct ws *w, void *ctx, char *text, size_t n);
	void (*on_binary)(struct ws *w, void *ctx, size_t n); /* a binary message came and was dropped; NULL: as text */
	/* The connection is over or never came about; said once. status is the close code, the HTTP status of a refused
	 * handshake, or 0; why is for a log line. After it w is gone. */
	void (*on_close)(struct ws *w, void *ctx, int status, const char *why);
};

struct ws_limits {
	size_t message_bytes; /* a longer message closes the connection with 1009 */
	size_t queue_bytes;   /* what may wait to be sent; more: ws_send fails with ENOBUFS */
	unsigned ping_s;      /* ping after so much silence, 0: never; close when as much again stays silent */
};

/* Hangs libwebsockets into the loop (call once, before any other). -1: no memory. `tls` prepares for wss://
 * clients, who trust the folder /etc/ssl/certs (or $SSL_CERT_DIR, and $SSL_CERT_FILE besides): a sandbox must leave it
 * readable, and ws_open keeps /dev/urandom open. ws_close_all cuts what is still open, with on_close, before
 * loop_close. */
int ws_open(struct loop *l, bool tls);
/* For a stage's on_warm: what ws_open would make and forks may share. It has then little left to do. -1: no memory. */
int ws_warm(bool tls);
void ws_close_all(struct loop *l);

/* All callbacks come from the loop, none from inside a function of this header but ws_close_all. on_text and on_open do
 * not come after ws_close or ws_abort. */

/* Serves an accepted TCP connection of which `bytes` were read already: none, a piece of the request's head, or more
 * than the head. The descriptor is taken over in any case. NULL: errno. on_open comes when the upgrade is answered. The
 * head may have 8 KiB, and 10 s to come. */
struct ws *ws_adopt(int fd, const void *bytes, size_t n, const struct ws_calls *calls, const struct ws_limits *limits,
		    void *ctx);

/* Connects to ws:// or wss://. headers: "Name: value\r\n" lines or NULL, copied. NULL: the URL is none (errno EINVAL)
 * or there is no memory; any other failure comes as on_close. protocol: a sub-protocol to ask for, or NULL. The host
 * name is looked up beside the loop (resolve.h). */
struct ws *ws_connect(const char *url, const char *headers, const char *protocol, const struct ws_calls *calls,
		      const struct ws_limits *limits, void *ctx);

/* Queues a text message (copied). 0, or -1: ENOBUFS (queue full), ENOTCONN (closing). */
int ws_send(struct ws *w, const char *text, size_t n);
size_t ws_queued(const struct ws *w); /* bytes that wait */

/* Closes with a code (1000…) and a short reason or NULL, after what waits was sent; on_close follows. ws_abort cuts
 * the connection without a word: on_close follows from the loop. */
void ws_close(struct ws *w, int code, const char *reason);
void ws_abort(struct ws *w);

#endif
