/* rd-phone: a telephone in the shell. It plays Twilio: webhook, TwiML, Media Streams; speaks sentences and listens.
 * rd-phone(1) exit 0 the call was answered and came to an end, 100 it was refused or would fail again, 111 try again */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call.h"
#include "clock.h"
#include "log.h"
#include "options.h"
#include "paths.h"
#include "secret.h"
#include "typist.h"
#include "voice.h"
#include "ws.h"

static struct {
	const char *url, *public_url, *connect, *from, *to, *token_name, *account, *call, *status, *dial, *out;
	const char *voice, *show;
	long hangup_s, timeout_s, patience_s, silence_ms, speed;
	bool type, json, verbose, help, version;
	long interrupt_ms; /* for the act that comes next, -1: none */
	long seed;
	struct badline line;
	struct manners manners;
} given = {
	.from = "+15551234567",
	.to = "+15550100000",
	.token_name = "TWILIO_AUTH_TOKEN",
	.status = "/status",
	.dial = "completed",
	.voice = "rms", /* not the assistant's */
	.speed = 100,
	.account = "AC00000000000000000000000000000001",
	.hangup_s = 10,
	.timeout_s = 120,
	.patience_s = 8,
	.silence_ms = 700,
	.interrupt_ms = -1,
	.seed = 1,
	.line = BADLINE_GOOD,
	.manners = MANNERS_GOOD,
};

static struct loop loop;
static struct summary summary;
static struct progress progress;
static struct call call;
static struct typist typist;
static struct timer limit;
static char token[SECRET_MAX_BYTES];

/* --- the caller's acts, in the order of the options */

static int add_act(struct act *a, char *error, size_t size)
{
	a->interrupt_ms = given.interrupt_ms;
	given.interrupt_ms = -1;
	if (caller_add(&call.talk.caller, a) == 0)
		return 0;
	act_drop(a);
	snprintf(error, size, "more than %d of --say, --wav and --dtmf", CALLER_ACTS);
	return -1;
}

static int add_say(const char *value, char *error, size_t size)
{
	struct act a = { .name = value };

	return voice_speak(&a.clip, given.voice, (unsigned)given.speed, value, error, size) < 0
		       ? -1
		       : add_act(&a, error, size);
}

static int add_wav(const char *value, char *error, size_t size)
{
	struct act a = { .name = value };

	return voice_read(&a.clip, value, error, size) < 0 ? -1 : add_act(&a, error, size);
}

static int add_keys(const char *value, char *error, size_t size)
{
	struct act a = { .name = value, .keys = true };

	if (!caller_are_keys(value)) {
		snprintf(error, size, "--dtmf %s: digits of 0-9 * # A-D expected", value);
		return -1;
	}
	return add_act(&a, error, size);
}

static int add_parameter(const char *value, char *error, size_t size)
{
	struct dialer *d = &call.dialer;
	const char *equals = strchr(value, '=');

	if (!equals || equals == value || d->extra_count == sizeof d->extra / sizeof d->extra[0]) {
		snprintf(error, size, "--param %s: NAME=VALUE expected, at most %zu times", value,
			 sizeof d->extra / sizeof d->extra[0]);
		return -1;
	}
	d->extra[d->extra_count].name = strndup(value, (size_t)(equals - value));
	if (!d->extra[d->extra_count].name)
		return snprintf(error, size, "--param: no memory"), -1;
	d->extra[d->extra_count++].value = equals + 1;
	return 0;
}

static int set_line(const char *value, char *error, size_t size)
{
	return badline_read(&given.line, value, error, size);
}

static int set_manners(const char *value, char *error, size_t size)
{
	return manners_read(&given.manners, value, error, size);
}

static const struct option_row options[] = {
	{ "url", 'u', OPTION_TEXT, &given.url, .argument = "URL",
	  .help = "the assistant's webhook, or ws(s):// for a stream alone" },
	{ "public-url", 0, OPTION_TEXT, &given.public_url, .argument = "URL",
	  .help = "the webhook as Twilio would know it; signed" },
	{ "connect", 0, OPTION_TEXT, &given.connect, .argument = "HOST:PORT",
	  .help = "reach the webhook's host there, by plain TCP" },
	{ "from", 'f', OPTION_TEXT, &given.from, .argument = "NUMBER", .help = "who calls (default +15551234567)" },
	{ "to", 't', OPTION_TEXT, &given.to, .argument = "NUMBER", .help = "who is called (default +15550100000)" },
	{ "say", 's', OPTION_CALL, .argument = "TEXT", .call = add_say,
	  .help = "speak it when the assistant has finished; repeatable" },
	{ "wav", 'w', OPTION_CALL, .argument = "FILE", .call = add_wav, .help = "the same with a sound file" },
	{ "dtmf", 'd', OPTION_CALL, .argument = "DIGITS", .call = add_keys, .help = "the same with keys" },
	{ "voice", 0, OPTION_TEXT, &given.voice, .argument = "NAME",
	  .help = "of what is said behind it: slt, rms (default), awb, kal, kal16, or espeak-ng's en-us, en-gb, de" },
	{ "speed", 0, OPTION_NUMBER, &given.speed, 30, 300, "PERCENT", .help = "of what is said behind it (100)" },
	{ "type", 0, OPTION_FLAG, &given.type,
	  .help = "speak the lines that are typed; an empty one interrupts, /123# presses keys, Ctrl-D hangs up" },
	{ "show", 0, OPTION_TEXT, &given.show, .argument = "FILE",
	  .help = "show the lines that come from there with the rest: <(rd-ctl watch)" },
	{ "mic", 0, OPTION_FLAG, &call.talk.handset.mic,
	  .help = "the caller's voice from standard input, raw mu-law; at a terminal from arecord" },
	{ "speaker", 0, OPTION_FLAG, &call.talk.handset.speaker,
	  .help = "what is heard to standard output, raw mu-law; at a terminal to aplay" },
	{ "interrupt-after", 'i', OPTION_NUMBER, &given.interrupt_ms, 0, 600000, "MS",
	  .help = "speak what comes next so long after the assistant began" },
	{ "silence", 0, OPTION_NUMBER, &given.silence_ms, 100, 10000, "MS",
	  .help = "so much of it, and the assistant has finished (700)" },
	{ "patience", 0, OPTION_NUMBER, &given.patience_s, 1, 600, "S",
	  .help = "speak after so long without an answer (8)" },
	{ "hangup-after", 0, OPTION_NUMBER, &given.hangup_s, 1, 3600, "S",
	  .help = "hang up after so long a silence at the end (10)" },
	{ "timeout", 0, OPTION_NUMBER, &given.timeout_s, 1, 86400, "S", .help = "hang up whatever happens (120)" },
	{ "dial", 0, OPTION_TEXT, &given.dial, .argument = "RESULT",
	  .help = "of a <Dial>: completed (default), busy, no-answer, failed, canceled" },
	{ "status", 0, OPTION_TEXT, &given.status, .argument = "URL",
	  .help = "of the status callback (/status), or none" },
	{ "param", 'p', OPTION_CALL, .argument = "NAME=VALUE", .call = add_parameter,
	  .help = "a field of the webhook, added or replaced" },
	{ "line", 'l', OPTION_CALL, .argument = "WORDS", .call = set_line,
	  .help = "a bad one: loss=5%,jitter=40ms,late-marks=50ms-500ms,vad,echo,noise,stall=1s/10s,drift=100ppm" },
	{ "manners", 'm', OPTION_CALL, .argument = "WORDS", .call = set_manners,
	  .help = "Twilio's bad ones: duplicate-webhook, break=3s, half-open=3s, second-stream; more in the manual" },
	{ "seed", 0, OPTION_NUMBER, &given.seed, 0, 2147483647, "N", .help = "of what is left to chance (1)" },
	{ "auth-token-env", 0, OPTION_TEXT, &given.token_name, .argument = "NAME",
	  .help = "where the token stands that signs (TWILIO_AUTH_TOKEN)" },
	{ "account", 0, OPTION_TEXT, &given.account, .argument = "SID", .help = "AccountSid" },
	{ "call", 0, OPTION_TEXT, &given.call, .argument = "SID", .help = "CallSid (default: a new one)" },
	{ "out", 'o', OPTION_TEXT, &given.out, .argument = "FILE",
	  .help = "record to a WAV: left the caller, right the assistant" },
	{ "json", 'j', OPTION_FLAG, &given.json, .help = "the summary as JSON" },
	{ "verbose", 'v', OPTION_FLAG, &given.verbose,
	  .help = "tell on standard error what happens, also where it is no terminal" },
	{ "help", 'h', OPTION_FLAG, &given.help, .help = "this text" },
	{ "version", 'V', OPTION_FLAG, &given.version, .help = "the version" },
};
#define OPTIONS (sizeof options / sizeof options[0])

static void help(void)
{
	options_help(options, OPTIONS, "rd-phone", "--url URL [--say TEXT …] [--json] [--out FILE]",
		     "A telephone: calls the assistant as Twilio would, speaks, listens, and says how it was.", stdout);
	exit(0);
}

static bool is_sid(const char *text, const char *kind)
{
	return paths_call_id(text) && strncmp(text, kind, 2) == 0;
}

static bool is_dial_result(const char *text)
{
	static const char *const results[] = { "completed", "busy", "no-answer", "failed", "canceled" };

	for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
		if (strcmp(text, results[i]) == 0)
			return true;
	return false;
}

static void read_options(int argc, char **argv)
{
	char error[512];
	int first = options_read(options, OPTIONS, argc, argv, error, sizeof error);

	if (first < 0)
		log_die(100, "%s", error);
	if (given.help)
		help();
	if (given.version) {
		printf("rd-phone %s\n", RD_VERSION);
		exit(0);
	}
	if (first < argc)
		log_die(100, "%s: no operand expected", argv[first]);
	if (!given.url)
		log_die(100, "--url URL expected (rd-phone --help)");
	if (given.interrupt_ms >= 0)
		log_die(100, "--interrupt-after %ld: a --say, --wav or --dtmf expected behind it", given.interrupt_ms);
	if (given.type && call.talk.handset.mic && !isatty(0))
		log_die(100, "--type and --mic: a terminal expected as standard input");
	if (!is_sid(given.account, "AC"))
		log_die(100, "--account %s: AC and 32 hexadecimal digits expected", given.account);
	if (given.call && !is_sid(given.call, "CA"))
		log_die(100, "--call %s: CA and 32 hexadecimal digits expected", given.call);
	if (!is_dial_result(given.dial))
		log_die(100, "--dial %s: completed, busy, no-answer, failed or canceled expected", given.dial);
}

static void on_over(void *ctx)
{
	(void)ctx;
	loop_stop(&loop);
}

/* Whoever spoke or typed at standard input is gone. */
static void on_person_gone(void *ctx)
{
	(void)ctx;
	call_end(&call, "caller", NULL);
}

static void on_limit(void *ctx)
{
	(void)ctx;
	call_end(&call, "timeout", NULL);
}

static void on_signal(void *ctx, int signo)
{
	(void)ctx;
	(void)signo;
	if (summary.end) /* asked twice */
		loop_stop(&loop);
	call_end(&call, "caller", NULL);
}

static void open_dialer(void)
{
	struct dialer *d = &call.dialer;
	char error[512];

	d->loop = &loop;
	d->account = given.account;
	d->from = given.from;
	d->to = given.to;
	if (given.call)
		memcpy(d->call, given.call, sizeof d->call);
	if (secret_take(given.token_name, token, sizeof token) == 0)
		d->token = token;
	else if (strncmp(given.url, "http", 4) == 0)
		log_warn("nothing is signed: %s is not set", given.token_name);
	if (dialer_open(d, given.url, given.public_url, given.connect, error, sizeof error) < 0)
		log_die(100, "%s", error);
	if (d->real.tls && mishap_needs_wire(&given.line, &given.manners))
		log_die(100, "jitter, stall, reset, half-open and slow-upgrade need plain TCP: http://, ws:// or "
			     "--connect HOST:PORT expected");
}

static void open_talk(void)
{
	struct talk *t = &call.talk;
	char error[512] = "";

	t->loop = &loop;
	t->summary = &summary;
	t->progress = &progress;
	given.line.seed = (uint64_t)given.seed;
	t->line = &given.line;
	t->manners = &given.manners;
	t->caller.patience_us = (uint64_t)given.patience_s * SECOND;
	t->caller.hangup_us = (uint64_t)given.hangup_s * SECOND;
	if (t->handset.mic) /* only the person knows when they have nothing more to say */
		t->caller.hangup_us = UINT64_MAX;
	t->handset.on_end = on_person_gone;
	t->heard.silence_us = t->mouth.silence_us = (uint64_t)given.silence_ms * MS;
	if (talk_open(t) < 0)
		log_die(111, "cannot begin: no memory");
	if (handset_open(&t->handset, &loop, error, sizeof error) < 0)
		log_die(100, "%s", error);
	if (*error && !given.out)
		given.out = "call.wav";
	if (*error)
		log_warn("no loudspeaker: %s; what is heard goes to %s", error, given.out);
	if (given.out && tape_open(&t->tape, given.out, error, sizeof error) < 0)
		log_die(111, "%s", error);
}

static void open_typist(void)
{
	char error[512];

	typist.talk = &call.talk;
	typist.voice = given.voice;
	typist.speed = (unsigned)given.speed;
	typist.hangup_us = (uint64_t)given.hangup_s * SECOND;
	typist.on_hang_up = on_person_gone;
	if (typist_open(&typist, given.type, given.show, error, sizeof error) < 0)
		log_die(100, "%s", error);
}

static void open_call(void)
{
	call.loop = &loop;
	call.summary = &summary;
	call.progress = &progress;
	call.manners = &given.manners;
	call.url = given.url;
	call.status = strcmp(given.status, "none") ? given.status : NULL;
	call.dial_result = given.dial;
	call.on_over = on_over;
	open_dialer();
	open_talk();
	open_typist();
	limit = (struct timer){ .name = "limit", .on = on_limit };
	timer_after(&loop, &limit, (uint64_t)given.timeout_s * SECOND);
	if (loop_signal(&loop, SIGINT, on_signal, NULL) < 0 || loop_signal(&loop, SIGTERM, on_signal, NULL) < 0 ||
	    loop_signal(&loop, SIGPIPE, NULL, NULL) < 0)
		log_die(111, "cannot take signals: %s", strerror(errno));
}

static void print_summary(void)
{
	uint64_t now = clock_us();
	char *text;

	progress_close(&progress);
	talk_facts(&call.talk);
	if (call.talk.handset.speaker && call.talk.handset.out_fd == 1)
		(void)dup2(2, 1); /* standard output is for the voice */
	if (!given.json) {
		summary_print(&summary, &call.talk.playout, now);
		return;
	}
	text = summary_json(&summary, call.dialer.call, &call.talk.playout, now);
	puts(text ? text : "{}");
	free(text);
}

static int exit_code(void)
{
	if (summary.answered && (strcmp(summary.end, "caller") == 0 || strcmp(summary.end, "assistant") == 0))
		return 0;
	if (strstr(summary.error, "HTTP 429")) /* too many requests: later perhaps */
		return 111;
	return strcmp(summary.end, "reject") == 0 || strstr(summary.error, "HTTP 4") ? 100 : 111;
}

int main(int argc, char **argv)
{
	log_open("rd-phone", NULL);
	read_options(argc, argv);
	if (loop_open(&loop) < 0 || ws_open(&loop, true) < 0 || summary_open(&summary) < 0)
		log_die(111, "cannot begin: no memory or descriptors");
	progress_open(&progress, given.verbose);
	open_call();
	call_begin(&call);
	if (loop_run(&loop) < 0)
		log_die(111, "cannot wait for events");
	typist_close(&typist);
	print_summary();
	dialer_close(&call.dialer);
	secret_wipe(token, sizeof token);
	ws_close_all(&loop);
	talk_close(&call.talk);
	summary_close(&summary);
	loop_close(&loop);
	return exit_code();
}
