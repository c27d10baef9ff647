/* The line to the supervisor: its control socket, one JSON object a line, asked and answered. Waits, 5 s at most. */
#ifndef CONTROL_H
#define CONTROL_H

#include <stddef.h>

struct cJSON;

struct control { /* fd -1: closed */
	int fd;
	char *buf;
	size_t start, end;
	double id;
};

/* 0, or -1 with errno. */
int control_open(struct control *c, const char *path);
void control_close(struct control *c);

/* Sends a request (taken over; an "id" is added) and waits for its answer: the caller's, whatever it says. NULL with
 * error. */
struct cJSON *control_ask(struct control *c, struct cJSON *request, char *error, size_t size);

/* The next line, NUL-terminated, borrowed until the next call; NULL with errno, 0 if the other side has closed. limit_s
 * 0: waits for ever. */
char *control_line(struct control *c, unsigned limit_s);

#endif
