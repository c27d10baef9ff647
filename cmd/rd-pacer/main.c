/* rd-pacer: owns silence. rd-pacer(8)
 *   in   what happens in the call, and the sound on its way to the caller
 *   out  all of it; a cue when an answer is late, a question when nobody says anything, then farewell and call.next
 *   exit 0 end of input, 100 usage or configuration, 111 try again */
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "conf.h"
#include "pacer.h"
#include "sandbox.h"

static long cue_ms = 720; /* an answer that was sent within 700 ms has come by here then */
static struct pacer pacer;

static const struct option_row options[] = {
	{ "cue", 0, OPTION_NUMBER, &cue_ms, 0, 60000, "MS",
	  .help = "how late an answer may be without a word; 0: as late as it likes" },
};

static const char *const needs[] = { "call.start", "call.mute", "assistant.state", NULL };

static void on_check(struct stage *s)
{
	printf("# an answer may be late by %ld ms; idle after %ld s\n", cue_ms,
	       conf_number(s->conf, "limits", NULL, "idle-seconds"));
}

int main(int argc, char **argv)
{
	const struct stage_program program = {
		.name = "rd-pacer",
		.synopsis = "[--cue MS]",
		.purpose = "Breaks a silence: a cue when an answer is late, a question and an end when nobody speaks.",
		.options = options,
		.option_count = sizeof options / sizeof options[0],
		.rows = ring_rows,
		.row_count = ring_row_count,
		.needs = needs,
		.on_warm = cues_warm,
		.on_check = on_check,
	};
	int status;

	stage_open(&pacer.stage, &program, &pacer, argc, argv);
	cues_open(&pacer.cues, pacer.stage.conf, pacer.stage.agent, (unsigned)getpid());
	cues_recall(&pacer.cues, pacer.stage.dir);
	pacer.silence.cue_us = (uint64_t)cue_ms * MS;
	pacer.silence.idle_us = (uint64_t)conf_number(pacer.stage.conf, "limits", NULL, "idle-seconds") * SECOND;
	pacer.silence.asked = pacer.stage.life > 0; /* by then, mostly; else a late greeting has a cue, too */
	pacer.timer = (struct timer){ .name = "silence", .on = said_look, .ctx = &pacer };
	start_sandbox(SANDBOX_PLAIN);
	status = stage_run(&pacer.stage);
	cues_close(&pacer.cues);
	stage_close(&pacer.stage);
	return status;
}
