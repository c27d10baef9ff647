/* Pages of the web, read aloud piece by piece. */
#ifndef WEB_READ_H
#define WEB_READ_H

struct cJSON;

#define WEB_READ_TIMEOUT_S 15u /* for a page; its text may take pdftotext some more */
#define WEB_READ_FROM_MAX 100000

/* The answer to {do, url?, from?, long?}, the caller's. Blocks on the network and the disk. */
struct cJSON *web_read_run(const struct cJSON *arguments);

#endif
