/* The skeleton of every stage: the rules of the ring (rd-frames(7)) live here once, not in the stages.
 *
 * A stage is a table of what it handles; what is in no row passes on unchanged and in order. The skeleton reads
 * eagerly, writes without blocking, takes out what it or its predecessor said, says again what may have been lost,
 * drops what is stale or handled already, says hello and its counters, answers helloes, and ends at EOF or SIGTERM. */
#ifndef STAGE_H
#define STAGE_H

#include <stdbool.h>

#include "event.h"
#include "frame.h"
#include "loop.h"
#include "options.h"
#include "reader.h"
#include "start.h"
#include "writer.h"

struct cJSON;
struct conf;
struct stage;

enum stage_verdict { STAGE_PASS, STAGE_TAKE }; /* goes on round the ring, or ends here (audio at its sink) */

struct stage_row {
	uint8_t kind;	  /* FRAME_UP, FRAME_DOWN, FRAME_EVENT */
	const char *type; /* of an event; NULL: every event (then `event` is NULL and the frame holds the text) */
	/* f and event are borrowed until it returns. It never blocks. What it says goes out before the frame passes. */
	enum stage_verdict (*on)(struct stage *s, const struct frame *f, const struct cJSON *event);
};

struct stage_state { /* state that this stage holds: said again when a hello needs it */
	const char *type;
	void (*say)(struct stage *s);
};

struct stage_program {
	const char *name, *synopsis, *purpose; /* of -h */
	const struct option_row *options;
	size_t option_count;
	const struct stage_row *rows;
	size_t row_count;
	const struct stage_state *states;
	size_t state_count;
	const char *const *needs; /* NULL-terminated: types whose holders are to say them; NULL: none */
	/* End of input, or SIGTERM: finish and, at once or later, stage_end(). NULL: stage_end() at once. */
	void (*on_end)(struct stage *s);
	/* A message on the line to the supervisor: JSON, bytes behind it, a descriptor that is now the stage's or -1.
	 */
	void (*on_line)(struct stage *s, const struct cJSON *message, const void *bytes, size_t n, int fd);
	/* A kept event of ours has come home: everybody has had it. NULL: nothing. */
	void (*on_home)(struct stage *s, const struct frame *f);
	/* In a template (template.h): make what does not depend on call or agent and what forks may share. NULL:
	 * nothing. */
	void (*on_warm)(const struct conf *conf);
	void (*on_check)(struct stage *s); /* -t: print what is in effect beyond the configuration */
	/* By hand this stage is where frames come from (a carrier that listens): a terminal or /dev/null as input is no
	 * end. */
	bool source;
};

struct stage_back { /* stage_back.h */
	int fd;
	bool taken, offered; /* as the brain; as the carrier stage */
	struct writer out;
	struct reader in;
	struct watch watch;
};

struct stage {
	const struct stage_program *program;
	void *self; /* the program's own struct */
	struct loop loop;
	struct reader in;
	struct writer out;
	struct conf *conf;		/* checked, with the options' overrides in effect */
	const char *call, *dir, *agent; /* --call, --dir, -a; call and dir NULL by hand */
	uint8_t origin, life;
	bool in_ring; /* --origin was given: hello, keeping, staleness */
	bool ending, ended;
	bool paused;   /* by hand: the input waits until the output was taken */
	bool in_over;  /* the input has ended */
	bool said_bad; /* that messages came which are no frames */
	int status;    /* what stage_run returns */
	uint32_t seq;
	uint16_t items;
	struct stage_rules *rules; /* lib's own bookkeeping */
	struct watch in_watch, out_watch;
	struct start_line line;
	struct stage_back back;
	struct timer hello_timer, stats_timer, end_timer;
};

/* Reads options and configuration, opens fd 0, 1 and 3. Never returns on -h, -V, -t or a mistake (exit 0 or 100). */
void stage_open(struct stage *s, const struct stage_program *program, void *self, int argc, char **argv);

/* Says hello (call it after the sandbox), runs until stage_end() and everything is written; returns the exit status. */
int stage_run(struct stage *s);
void stage_close(struct stage *s);

/* Ends the stage: what waits is still written, 2 s at most. The first status that is not 0 counts. */
void stage_end(struct stage *s, int status);

/* Says an event: type, then fields as json_make's format. Events that the table keeps are kept until they come home.
 * 0, or -1 (errno) without memory or if it is too large: then it was not said. Its seq is s->seq. */
int stage_say(struct stage *s, enum event_type type, const char *format, ...);
/* The same with an object that holds `type` already; taken over. */
int stage_say_object(struct stage *s, struct cJSON *event);

/* Says audio, split into frames of at most FRAME_AUDIO_MAX bytes. birth_us 0: now. flags go on the last of them; n may
 * be 0 with FRAME_END. Audio down takes the way back where there is one, unless it is flagged FRAME_TAKEN. */
int stage_audio(struct stage *s, const struct frame *like, const uint8_t *bytes, size_t n);

/* Passes a frame on as it is, or changed, keeping its origin (a codec's work): what a handler took may go on like this.
 */
int stage_pass(struct stage *s, const struct frame *f);

/* The way back, from the brain straight to the carrier stage that is its neighbour (rd-frames(7)). The carrier stage
 * offers it before it says call.setup, and reads there from now on; false: there is none. The brain takes it, or gives
 * it up; says whether it has it now. */
bool stage_back_offer(struct stage *s);
bool stage_back_take(struct stage *s, bool wanted);

/* A new item of this place and life. 0 once 65,535 are used up. */
uint32_t stage_item(struct stage *s);

/* The line to the supervisor. -1 if there is none. */
int stage_line_send(struct stage *s, const char *json, int pass);

#endif
