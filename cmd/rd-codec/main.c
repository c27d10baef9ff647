/* rd-codec: audio up comes out in the format of --up, audio down in that of --down; all else passes. rd-codec(8)
 *   in   audio in any known format; call.clear forgets what the resampler holds back
 *   out  the same audio, format and length changed
 *   exit 0 end of input, 100 usage or configuration, 111 try again */
#include "recode.h"

#include <stdio.h>

#include "json.h"
#include "log.h"
#include "sandbox.h"
#include "stage.h"

static struct side {
	const char *name;
	bool wanted;
	uint64_t dropped; /* frames of unknown formats since the last good one */
	struct recode recode;
} up = { .name = "up" }, down = { .name = "down" };

static int set_format(struct side *side, const char *value, char *error, size_t size)
{
	side->wanted = true;
	if (frame_format_parse(value, &side->recode.codec, &side->recode.rate_100hz) == 0)
		return 0;
	snprintf(error, size, "--%s %s: mulaw, alaw or s16, a slash, and 8000, 16000, 24000 or 48000 expected",
		 side->name, value);
	return -1;
}

static int set_up(const char *value, char *error, size_t size)
{
	return set_format(&up, value, error, size);
}

static int set_down(const char *value, char *error, size_t size)
{
	return set_format(&down, value, error, size);
}

static const struct option_row options[] = {
	{ "up", 'u', OPTION_CALL, .argument = "FORMAT", .call = set_up,
	  .help = "format of audio from the caller, e.g. s16/16000" },
	{ "down", 'd', OPTION_CALL, .argument = "FORMAT", .call = set_down,
	  .help = "format of audio to the caller, e.g. mulaw/8000" },
};

static void on_given(void *ctx, const struct frame *f)
{
	(void)stage_pass(ctx, f);
}

/* Says at the first and at the end of a row of frames that cannot be told, not at each. */
static void note_unknown(struct side *side, const struct frame *f)
{
	char format[24];

	if (side->dropped++ == 0)
		log_warn("audio %s of an unknown format is dropped format=%s", side->name,
			 frame_format_name(f->codec, f->rate_100hz, format, sizeof format));
}

static void note_known(struct side *side)
{
	if (side->dropped)
		log_info("audio %s is known again dropped=%llu", side->name, (unsigned long long)side->dropped);
	side->dropped = 0;
}

static enum stage_verdict on_audio(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	struct side *side = f->kind == FRAME_UP ? &up : &down;
	enum recode_verdict verdict;

	(void)event;
	if (!side->wanted)
		return STAGE_PASS;
	verdict = recode_frame(&side->recode, f, on_given, s);
	if (verdict == RECODE_UNKNOWN)
		note_unknown(side, f);
	else
		note_known(side);
	return verdict == RECODE_SAME ? STAGE_PASS : STAGE_TAKE;
}

static enum stage_verdict on_clear(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	(void)f;
	recode_clear(&down.recode, frame_item_parse(json_text(event, "item")));
	return STAGE_PASS;
}

static const struct stage_row rows[] = {
	{ FRAME_UP, NULL, on_audio },		 /* the caller's voice, for the brain */
	{ FRAME_DOWN, NULL, on_audio },		 /* the assistant's, for the carrier */
	{ FRAME_EVENT, "call.clear", on_clear }, /* forget what is held back */
};

static const struct stage_program program = {
	.name = "rd-codec",
	.synopsis = "[--up FORMAT] [--down FORMAT]",
	.purpose = "Brings audio into another format on its way up or down.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
};

int main(int argc, char **argv)
{
	struct stage stage;
	int status;

	stage_open(&stage, &program, NULL, argc, argv);
	if (!up.wanted && !down.wanted)
		log_die(100, "--up or --down expected");
	start_sandbox(SANDBOX_PLAIN);
	status = stage_run(&stage);
	note_known(&up);
	note_known(&down);
	recode_close(&up.recode);
	recode_close(&down.recode);
	stage_close(&stage);
	return status;
}
