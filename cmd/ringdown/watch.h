/* Events for operators: who watches gets the lines of each call's rd-monitor, who injects one gets its answer. */
#ifndef WATCH_H
#define WATCH_H

struct cJSON;
struct call;
struct client;
struct control;

void watch_begin(struct client *c, struct call *call, const struct cJSON *request); /* call NULL: all */
void watch_inject(struct client *c, struct call *call, const struct cJSON *request);

/* The feed of a call that has ended (NULL: none has), and those that nobody watches any more. */
void watch_close_feeds(struct control *control, const struct call *ended);

#endif
