/* A second WebSocket to where a stream is open already, with the same token: it must be refused. */
#ifndef TWIN_H
#define TWIN_H

struct ws;

struct twin { /* zeroed is none */
	struct ws *ws;
	void (*on_refused)(void *ctx, int status, const char *why); /* 101: it was not */
	void *ctx;
};

/* on_refused and ctx are set. -1: no URL or no memory. */
int twin_open(struct twin *t, const char *url, const char *headers);
void twin_close(struct twin *t);

#endif
