/* rd-tap: copies standard input to standard output and changes no byte; shows the frames that pass. rd-tap(1)
 *   exit 0 end of input or a signal, 100 usage, 111 the input or output failed */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "copy.h"
#include "filter.h"
#include "log.h"
#include "options.h"
#include "reader.h"
#include "show.h"

static struct {
	const char *kinds, *out, *wav, *ignored;
	const char *way;
	bool help, version;
	struct filter filter;
} given = { .way = "both" };

static const struct option_row options[] = {
	{ "kind", 'k', OPTION_TEXT, &given.kinds, .argument = "WORDS",
	  .help = "show only event, up, down (commas between)" },
	{ "type", 0, OPTION_TEXT, &given.filter.types, .argument = "PATTERNS",
	  .help = "show only these events, e.g. 'call.*'" },
	{ "way", 0, OPTION_TEXT, &given.way, .argument = "WAY",
	  .help = "show only what goes ahead, or back, over the link; or both (default)" },
	{ "out", 'o', OPTION_TEXT, &given.out, .argument = "FILE", .help = "write the frames there, for rd-replay" },
	{ "wav", 'w', OPTION_TEXT, &given.wav, .argument = "FILE",
	  .help = "write the audio of --kind up or --kind down there" },
	{ "help", 'h', OPTION_FLAG, &given.help, .help = "this text" },
	{ "version", 'V', OPTION_FLAG, &given.version, .help = "the version" },
};
#define OPTIONS (sizeof options / sizeof options[0])

/* What every stage of a ring is given. rd-tap is no stage and has no use for it, but may stand among them. */
static const struct option_row of_a_stage[] = {
	{ "config", 'c', OPTION_TEXT, &given.ignored, .argument = "FILE" },
	{ "agent", 'a', OPTION_TEXT, &given.ignored, .argument = "AGENT" },
	{ "call", 0, OPTION_TEXT, &given.ignored, .argument = "ID" },
	{ "dir", 0, OPTION_TEXT, &given.ignored, .argument = "FOLDER" },
	{ "origin", 0, OPTION_TEXT, &given.ignored, .argument = "N" },
	{ "life", 0, OPTION_TEXT, &given.ignored, .argument = "N" },
};
#define OF_A_STAGE (sizeof of_a_stage / sizeof of_a_stage[0])

static void read_options(int argc, char **argv)
{
	struct option_row rows[OPTIONS + OF_A_STAGE];
	char error[512];
	int first;

	memcpy(rows, options, sizeof options);
	memcpy(rows + OPTIONS, of_a_stage, sizeof of_a_stage);
	first = options_read(rows, OPTIONS + OF_A_STAGE, argc, argv, error, sizeof error);
	if (first < 0)
		log_die(100, "%s", error);
	if (first < argc)
		log_die(100, "%s: no operand expected", argv[first]);
	if (given.help) {
		options_help(options, OPTIONS, "rd-tap",
			     "[--kind WORDS] [--type PATTERNS] [--way ahead|back|both] [--out FILE | --wav FILE]",
			     "Copies standard input to standard output, unchanged, and shows the frames that pass.",
			     stdout);
		exit(0);
	}
	if (given.version) {
		printf("rd-tap %s\n", RD_VERSION);
		exit(0);
	}
	if (given.kinds && filter_kinds(&given.filter, given.kinds) < 0)
		log_die(100, "--kind %s: event, up, down with commas between them expected", given.kinds);
	if (strcmp(given.way, "ahead") != 0 && strcmp(given.way, "back") != 0 && strcmp(given.way, "both") != 0)
		log_die(100, "--way %s: ahead, back or both expected", given.way);
	if (given.out && given.wav)
		log_die(100, "--out or --wav expected, not both");
	if (given.wav && given.filter.kinds != 1u << FRAME_UP && given.filter.kinds != 1u << FRAME_DOWN)
		log_die(100, "--wav: --kind up or --kind down expected beside it");
}

/* out: where the copy goes, -1 if there is none. */
static void open_show(struct show *show, int out)
{
	if ((given.out	 ? show_file(show, given.out)
	     : given.wav ? show_wav(show, given.wav)
			 : show_lines(show, out < 0 ? 1 : 2)) < 0)
		log_die(111, "%s", show->error);
}

static bool way_wanted(bool back)
{
	return strcmp(given.way, back ? "ahead" : "back") != 0;
}

/* What cannot be shown is said once; the copying goes on. */
static bool show_one(struct show *show, const struct frame *f)
{
	if (!filter_wants(&given.filter, f) || show_frame(show, f) == 0)
		return true;
	log_warn("%s: nothing more is shown", show->error);
	return false;
}

static uint64_t strange; /* messages that are no frames: said at the first, counted at the end */

static bool show_packet(struct show *show, const uint8_t *bytes, size_t n)
{
	struct frame f;

	if (n < FRAME_HEADER || frame_unpack(&f, bytes) < 0 || f.length != n - FRAME_HEADER) {
		if (strange++ == 0)
			log_warn("a message is no frame length=%zu", n);
		return true;
	}
	f.payload = bytes + FRAME_HEADER;
	return show_one(show, &f);
}

static bool show_stream(struct show *show, struct reader *r, const uint8_t *bytes, size_t n)
{
	while (n) {
		size_t took = reader_feed(r, bytes, n);
		struct frame f;
		int got;

		while ((got = reader_next(r, &f)) > 0)
			if (!show_one(show, &f))
				return false;
		if (got < 0) {
			log_warn("%s at %s %llu: nothing more is shown", r->why,
				 r->form == READER_LINES ? "line" : "byte", (unsigned long long)r->offset);
			return false;
		}
		bytes += took;
		n -= took;
	}
	return true;
}

int main(int argc, char **argv)
{
	int out = isatty(1) ? -1 : 1; /* a terminal gets lines and never frames */
	struct copy copy;
	struct reader reader;
	struct show show;
	const uint8_t *bytes;
	ssize_t n;
	bool shown = true, back;

	log_open("rd-tap", NULL);
	read_options(argc, argv);
	open_show(&show, out);
	if (reader_open(&reader, -1) < 0 || copy_open(&copy, 0, out) < 0)
		log_die(errno == EPROTOTYPE ? 100 : 111, "cannot copy standard input to standard output: %s",
			strerror(errno));
	while ((n = copy_next(&copy, &bytes, &back)) > 0)
		if (shown && way_wanted(back))
			shown = copy.in_packets ? show_packet(&show, bytes, (size_t)n)
						: show_stream(&show, &reader, bytes, (size_t)n);
	if (n < 0)
		log_error("cannot copy standard input to standard output: %s", strerror(errno));
	if (strange > 1)
		log_warn("messages were no frames count=%llu", (unsigned long long)strange);
	copy_close(&copy);
	reader_close(&reader);
	show_close(&show);
	return n < 0 ? 111 : 0;
}
