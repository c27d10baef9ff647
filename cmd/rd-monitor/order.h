/* What a client of rd-monitor may ask for: {"do":"inject","event":{…}} with an event that an operator may say. */
#ifndef ORDER_H
#define ORDER_H

#include <stddef.h>

struct cJSON;

/* The event of an order, the caller's; NULL with error: no such order, an event with wrong fields, or one that only
 * others may say (events.tbl, said by monitor). *id is the order's "id" as JSON for the answer, "" if it has none. */
struct cJSON *order_read(const char *line, size_t n, char id[24], char *error, size_t size);

#endif
