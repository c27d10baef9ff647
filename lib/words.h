/* Words heard: how much of an assistant's sentence had reached the caller when it was cut off. The one place that knows
 * (rd-memory writes it down, rd-chat remembers it). */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

struct cJSON;

/* How many bytes of text (UTF-8) were heard after heard_ms of its sent_ms of audio, cut behind the last whole word,
 * without the spaces behind it. spans: an array of [characters, ms], one stretch of speech behind the other (so pieces
 * are joined by appending); NULL or unusable: in proportion. Scripts without spaces are cut between characters. */
size_t words_heard(const char *text, const struct cJSON *spans, long heard_ms, long sent_ms);

#endif
