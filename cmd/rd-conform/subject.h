/* The program under test: started on links as a supervisor starts it, or on pipes as a shell does; what is sent to it
 * and expected of it; what it says.
 *
 * The first thing that goes wrong is kept in `failure`, and nothing more is done then: so a check reads as a plain list
 * of deeds. Every wait ends at `limit_us` at the latest. */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "frame.h"
#include "handcall.h"
#include "tape.h"

#define SUBJECT_PLACE 3
#define SUBJECT_WORDS 64
#define SUBJECT_LOG 65536

enum subject_audio { AUDIO_PASSES, AUDIO_CHANGES, AUDIO_ENDS, AUDIO_ANY }; /* what becomes of a kind of audio */

/* What is tested, for all checks alike. */
struct subject_plan {
	const char *path;	  /* where the program lies */
	const char *const *words; /* its words, NULL-terminated */
	const char *file, *agent; /* -c, -a, or NULL */
	enum subject_audio up, down;
	bool carrier; /* ended by others, it says that the call is not over: 111 */
	bool verbose;
	uint64_t limit_us; /* for a check */
};

struct subject {
	const struct subject_plan *plan;
	struct handcall call;
	pid_t pid; /* 0: not running */
	int pidfd;
	bool pipes, lines;	 /* byte streams; text on its output, which is not taken apart */
	int in, out, log, line;	 /* our ends of its descriptors, -1: closed */
	int their_in, their_out; /* of links the other ends too, as the supervisor has them: nobody sees EOF */
	bool deaf;		 /* nobody reads its output */
	bool ending;		 /* it may end, or has to */
	bool journal;		 /* start it as under systemd: its log lines may have priorities */
	int status;		 /* once it has ended: its exit status, or 128 and the signal */
	uint8_t life;
	enum subject_audio up, down;
	uint64_t limit_us;
	uint32_t seq;	      /* of what we send */
	uint32_t own_seq;     /* the last that it said itself */
	struct tape expected; /* to come out yet */
	struct tape own;      /* said by itself, in all its lives */
	uint64_t got_count, sent_count, sent_bytes;
	uint64_t life_count; /* of all that came out since it was started */
	bool hello_first;    /* the first of which was its hello */
	uint8_t *stream;     /* of pipes: bytes that are not yet a frame; or lines */
	size_t stream_size, stream_room;
	char log_text[SUBJECT_LOG];
	size_t log_size;
	char note[160]; /* what is worth to be said of a check that passes */
	char failure[1200];
};

/* Set by a signal: fails whatever is under way. */
extern volatile sig_atomic_t subject_interrupted;

void subject_open(struct subject *s, const struct subject_plan *plan);
/* Kills what is left of it. */
void subject_close(struct subject *s);

/* Starts it on links; again after subject_kill: the same links. origin as --origin wants it. */
void subject_ring(struct subject *s, const char *origin, int life);
/* Makes the links only, so that frames wait in them before anybody is there. */
void subject_links(struct subject *s);
/* Starts it on pipes. more: another word for it, or NULL. */
void subject_pipes(struct subject *s, const char *more);
void subject_kill(struct subject *s);
/* For another start, as if it were the first. */
void subject_reset(struct subject *s);

/* The first failure stays. */
void subject_fail(struct subject *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A frame that has to come out as it is, with one hop more, behind those sent before; one that may, but then unchanged;
 * one that must not. seq and birth are filled in where they are 0. Audio that by its role does not pass unchanged is
 * not waited for. */
void subject_pass(struct subject *s, struct frame f);
void subject_maybe(struct subject *s, struct frame f);
void subject_drop(struct subject *s, struct frame f);
/* A frame the way back, to its descriptor 1: nothing of it may come out. */
void subject_back(struct subject *s, struct frame f);
/* An event of another place that has to pass: printf for its JSON. */
void subject_event(struct subject *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Bytes as they are: one message of a link, or a piece of a stream. */
void subject_bytes(struct subject *s, const void *bytes, size_t n);

/* Until all that is expected has come, a last event behind it. */
void subject_settle(struct subject *s);
/* Until it has read its whole input. */
void subject_taken(struct subject *s);
/* Takes what comes, for so long. */
void subject_watch(struct subject *s, uint64_t us);
/* Until it has said an event of this type with these flags, `from` on its tape or behind; *f is it, borrowed. */
bool subject_says(struct subject *s, const char *type, uint8_t flags, size_t from, struct tape_frame *f);
/* The type of an event, "" of anything else. */
const char *subject_type(const struct tape_frame *f, char type[48]);

/* The end of its input; then it has to end within so long with this status, and to have written everything. */
void subject_eof(struct subject *s);
void subject_signal(struct subject *s, int signo);
void subject_exits(struct subject *s, int status, uint64_t us);
/* The end of its input and subject_exits, as a stage ends well. By hand a carrier is where frames come from: what ends
 * it is SIGTERM. */
void subject_end(struct subject *s);
int subject_end_status(const struct subject *s);
/* Whether it has ended, at the end of the wait. */
bool subject_ended(struct subject *s, uint64_t us);

/* Whether its log has a line with these words in it. */
bool subject_logged(const struct subject *s, const char *words);

/* A frame as a short line, in one of a few buffers that take turns. */
const char *subject_show(const uint8_t *bytes, size_t n);

#endif
