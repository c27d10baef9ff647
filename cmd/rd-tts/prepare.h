/* Beside the calls: the sound of the phrases, the voices that a template loads, what -t prints, --say. */
#ifndef PREPARE_H
#define PREPARE_H

struct conf;
struct mouth;
struct stage;

/* Makes what is not there of the phrases of an agent, in the folder (NULL: the cache). The exit status. */
int prepare_phrases(const struct conf *conf, const char *agent, const char *folder);

/* For a template: loads and tries flite's voices of the agents that rd-tts speaks for, and has a child of its own make
 * their phrases where they are missing. */
void prepare_warm(const struct conf *conf);

void prepare_check(struct stage *s);

/* --say: the text, or "-" for what stands on the input. */
void prepare_say(struct mouth *m, const char *text);

#endif
