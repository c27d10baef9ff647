/* rd-ingest: the carrier stage for Twilio Media Streams. Audio of the caller in by WebSocket and out as frames up;
 * frames down in and out by WebSocket, ahead of the play-out by a bounded lead; what the caller has really heard is
 * said as call.heard. Exit: 0 the call is over, 100 it would fail again the same way, 111 somebody should go on with
 * the call. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ingest.h"
#include "log.h"
#include "sandbox.h"
#include "ws.h"

static struct ingest ingest = { .options = { .from = "", .to = "", .lead_ms = PLAYOUT_LEAD_MS } };

static const struct option_row options[] = {
	{ "listen", 'l', OPTION_TEXT, &ingest.options.listen, .argument = "ADDRESS:PORT",
	  .help = "take one call here, without a supervisor" },
	{ "from", 0, OPTION_TEXT, &ingest.options.from, .argument = "NUMBER", .help = "who calls, with --listen" },
	{ "to", 0, OPTION_TEXT, &ingest.options.to, .argument = "NUMBER", .help = "who is called, with --listen" },
	{ "lead", 0, OPTION_NUMBER, &ingest.options.lead_ms, PLAYOUT_LEAD_MIN_MS, 600000, "MS",
	  .help = "audio sent ahead of its play-out" },
};

static const char *const needs[] = { "assistant.state", "call.mute", NULL };

static void on_check(struct stage *s)
{
	(void)s;
	printf("# lead = %ld ms\n", ingest.options.lead_ms);
}

static void on_warm(const struct conf *conf)
{
	(void)conf;
	if (ws_warm(false) < 0)
		log_die(111, "cannot open libwebsockets: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	const struct stage_program program = {
		.name = "rd-ingest",
		.synopsis = "[-c FILE] [-a AGENT] [--call ID --dir FOLDER] [--listen ADDRESS:PORT]",
		.purpose = "the carrier stage for Twilio Media Streams",
		.options = options,
		.option_count = sizeof options / sizeof options[0],
		.rows = ring_rows,
		.row_count = ring_row_count,
		.states = ring_states,
		.state_count = ring_state_count,
		.needs = needs,
		.on_end = call_on_end,
		.on_line = call_on_line,
		.on_warm = on_warm,
		.on_check = on_check,
		.source = true,
	};
	int status;

	stage_open(&ingest.stage, &program, &ingest, argc, argv);
	if (!ingest.stage.in_ring && !ingest.options.listen)
		log_die(100, "no call: --listen ADDRESS:PORT expected, or --origin and a line to the supervisor");
	if (ws_open(&ingest.stage.loop, false) < 0)
		log_die(111, "cannot open libwebsockets: %s", strerror(errno));
	(void)stage_back_offer(&ingest.stage); /* else the ring carries the answer */
	call_open(&ingest);
	start_sandbox(SANDBOX_PLAIN);
	call_begin(&ingest);
	status = stage_run(&ingest.stage);
	ws_close_all(&ingest.stage.loop);
	call_close(&ingest);
	stage_close(&ingest.stage);
	return status;
}
