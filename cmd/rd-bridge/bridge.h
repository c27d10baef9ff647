/* The brain of one call, as its parts share it. Each part is a struct and a pair of files of its own; what one part
 * wants of another it asks for by a function of that part.
 *
 *   ring  -> known      who calls, which tools there are, what was said
 *         -> backlog    the caller's voice, and what is untold of it
 *         -> turn       what was heard; keys: what was typed
 *         -> interrupt  what was cleared
 *         -> calls      results of tools
 *   model -> receive -> answer  what is said to the caller
 *                    -> turn    who speaks, interruptions
 *                    -> calls   tools
 *   session: the connection; standby: the next one; opening: what is said on a new one; alive: whether it answers
 */
#ifndef BRIDGE_H
#define BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "alive.h"
#include "backlog.h"
#include "calls.h"
#include "history.h"
#include "interrupt.h"
#include "items.h"
#include "keys.h"
#include "known.h"
#include "offer.h"
#include "responses.h"
#include "sender.h"
#include "session.h"
#include "stage.h"
#include "standby.h"
#include "turn.h"

struct format { /* of one direction, on the ring and at the model */
	uint8_t codec;
	uint16_t rate_100hz;
	const char *name; /* audio/pcmu … */
	unsigned bytes_per_ms;
};

struct bridge {
	struct stage stage;
	struct format input, output;
	bool listeners;		/* pass the caller's voice on, marked taken */
	unsigned strange_audio; /* frames in a format that was not agreed */
	struct known known;
	struct alive alive;
	struct standby standby;
	struct sender sender;
	struct backlog backlog;
	struct offer offer;
	struct turn turn;
	struct keys keys;
	struct interrupt interrupt;
	/* what is large, each with what it needs all the time at its beginning: pages that nobody touches take no
	 * memory */
	struct session session;
	struct responses responses;
	struct items items;
	struct calls calls;
	struct history history;
};

#endif
