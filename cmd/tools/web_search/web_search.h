/* A search of the web by a service that was chosen in the settings. */
#ifndef WEB_SEARCH_H
#define WEB_SEARCH_H

#include <stddef.h>

struct backend;
struct cJSON;

#define WEB_SEARCH_TIMEOUT_S 15
#define WEB_SEARCH_COUNT 5

/* The service that the settings choose; NULL with what is missing, and how to mend it, in why. */
#define WEB_SEARCH_WHY_BYTES 240
const struct backend *web_search_backend(char why[WEB_SEARCH_WHY_BYTES]);

/* The answer to {query, time?, count?}, the caller's. Blocks on the network. */
struct cJSON *web_search_run(const struct cJSON *arguments);

#endif
