#include "decoder.h"

#include <pocketsphinx.h>

#include "model.h"

/* The mean cepstrum of speech through a telephone: what the first words of a call are measured by, before the caller's
 * own is known. (With the model's own mean, of wideband speech, a third of first sentences were recognised; with this,
 * nine of ten of natural voices.) */
static const float telephone[DECODER_CEPSTRA] = { 43.23f,  6.17f, -15.59f, 30.72f, -16.55f, 4.54f, 1.57f,
						  -13.93f, 7.41f, -9.79f,  9.82f,  -2.84f,  1.68f };

ps_decoder_t *decoder_open(bool loop)
{
	cmd_ln_t *settings =
		cmd_ln_init(NULL, ps_args(), FALSE, "-hmm", model_acoustic, "-dict", "/dev/null", "-bestpath", "no",
			    "-remove_noise", "no", "-remove_silence", "no", "-pl_window", "0", NULL);
	ps_decoder_t *decoder = NULL;

	if (settings && loop) {
		cmd_ln_set_boolean_r(settings, "-allphone_ci", TRUE);
		cmd_ln_set_float_r(settings, "-lw", 2.0);
		cmd_ln_set_float_r(settings, "-pip", 0.3);
		cmd_ln_set_float_r(settings, "-beam", 1e-20);
		cmd_ln_set_float_r(settings, "-pbeam", 1e-20);
	}
	if (settings && !loop) {
		cmd_ln_set_float_r(settings, "-lw",
				   3.0); /* of all that is no sound: a pause behind a word costs little */
		cmd_ln_set_float_r(settings, "-silprob", 0.1);
	}
	if (settings)
		decoder = ps_init(settings);
	if (settings)
		cmd_ln_free_r(settings); /* the decoder has its own hold of it */
	if (decoder && loop &&
	    (ps_set_allphone_file(decoder, "loop", NULL) < 0 || ps_set_search(decoder, "loop") < 0)) {
		ps_free(decoder);
		decoder = NULL;
	}
	return decoder;
}

void decoder_mean_set(ps_decoder_t *decoder, const float *mean)
{
	cmn_live_set(ps_get_feat(decoder)->cmn_struct, (mfcc_t *)mean);
}

void decoder_forget(ps_decoder_t *decoder)
{
	decoder_mean_set(decoder, telephone);
}

int decoder_adapt(ps_decoder_t *decoder, const char *file)
{
	ps_mllr_t *moved = ps_mllr_read(file);

	return moved && ps_update_mllr(decoder, moved) ? 0 : -1;
}
