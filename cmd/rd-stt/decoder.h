/* pocketsphinx's decoders: how they are set, and how they are fitted to a telephone line. */
#ifndef DECODER_H
#define DECODER_H

#include <stdbool.h>

struct ps_decoder_s;

#define DECODER_CEPSTRA 13

/* One for a grammar's words, or the loop, which takes any phones. NULL: the model cannot be read. */
struct ps_decoder_s *decoder_open(bool loop);

/* The model was made of wideband speech; the file moves it to where a telephone puts its sounds. 0, or -1: the file is
 * damaged. */
int decoder_adapt(struct ps_decoder_s *decoder, const char *file);

/* By which mean cepstrum it hears: this one, or that of any speech through a telephone. */
void decoder_mean_set(struct ps_decoder_s *decoder, const float *mean);
void decoder_forget(struct ps_decoder_s *decoder);

#endif
