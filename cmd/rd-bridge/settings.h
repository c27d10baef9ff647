/* The agent's settings as the service wants them: its address, the header with the key, the first message. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

struct bridge;
struct format;
struct stage;

#define SETTINGS_MODEL "gpt-realtime-2.1"
#define SETTINGS_VOICE "marin"
#define SETTINGS_URL "wss://api.openai.com/v1/realtime"

/* A key of the agent's, "" where it has none. Borrowed until the configuration changes. */
const char *settings_of(const struct bridge *b, const char *key);

/* The secret that opens the service, "" if there is none; dies if it cannot be read. The caller wipes it. */
void settings_key(const struct bridge *b, char *key, size_t size);

/* For -t: what the model would be told. */
void settings_show(struct stage *s);

/* Fills the session's model, url, host and headers. key may be "". NULL, or brain.failed's word for what cannot be
 * used, of which error says more, never the key. */
const char *settings_read(struct bridge *b, const char *key, char *error, size_t size);

/* The model and the address alone, when they have changed. As settings_read. */
const char *settings_address(struct bridge *b, char *error, size_t size);

/* One of the formats of sound that the service offers, by the ring's name for it. -1: it is none of them. */
int settings_format(struct format *f, const char *name);

/* session.update with all that is known now, malloced, the caller's. NULL without memory. */
char *settings_message(struct bridge *b, const char *event_id);

/* An update that has the server find the caller's turns as configured, or not at all. Malloced, NULL without memory. */
char *settings_turns(struct bridge *b, const char *event_id, bool on);

#endif
