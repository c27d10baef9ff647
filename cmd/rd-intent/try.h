/* Sentences tried in the shell, without a call. */
#ifndef TRY_H
#define TRY_H

struct conf;
struct sentences;

/* -t: reads the file and says what is in it, on standard output; exits with its mistakes. */
void try_check(const struct conf *conf, const char *agent);

/* Texts on standard input, a line each; on standard output what each means, a JSON object a line: grammar, intent
 * (null: no sentence), slots {name: text}, and says: what would be asked or answered. Returns the exit status. */
int try_match(const struct sentences *s, const char *grammar);

#endif
