/* What the assistant says: the model's audio as frames, its words as events, and the asking for a response. */
#ifndef ANSWER_H
#define ANSWER_H

struct bridge;
struct realtime_event;

/* Wants a response; words NULL: a plain answer. Sent when the place is free. */
void answer_ask(struct bridge *b, const char *words);
/* Wants exactly this to be said. */
void answer_say(struct bridge *b, const char *text);
/* Sends what can be sent now. */
void answer_next(struct bridge *b);

/* The model's word. */
void answer_created(struct bridge *b, const struct realtime_event *e);
void answer_added(struct bridge *b, const struct realtime_event *e);
void answer_audio(struct bridge *b, const struct realtime_event *e);
void answer_audio_done(struct bridge *b, const struct realtime_event *e);
void answer_words(struct bridge *b, const struct realtime_event *e);
void answer_words_done(struct bridge *b, const struct realtime_event *e);
void answer_item_done(struct bridge *b, const struct realtime_event *e);
void answer_done(struct bridge *b, const struct realtime_event *e);

/* A response failed, or could not be made (words: what it was to say, "" a plain one): asked for again a few times, for
 * load passes; then on another connection; then the call needs another brain, or an apology: nobody is to stay in
 * silence. The same at once where it is final. */
void answer_failed(struct bridge *b, const char *words, const char *code, const char *message);

/* The connection was lost: what was begun is as long as it is. */
void answer_lost(struct bridge *b);

#endif
