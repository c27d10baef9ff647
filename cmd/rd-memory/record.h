/* What is sent to the store to be written down. */
#ifndef RECORD_H
#define RECORD_H

#include "memory.h"

void record_begin(struct memory *m, const struct cJSON *setup);
void record_turn(struct memory *m, const struct turn *turn);
void record_usage(struct memory *m, const struct frame *f, const struct cJSON *event);
/* A tool.result at its place in the call: the tool's row, and a turn that the next brain reads. */
void record_result(struct memory *m, uint8_t origin, uint8_t life, uint32_t seq, uint64_t at_us,
		   const struct cJSON *event);
/* A message.left. */
void record_message(struct memory *m, const struct cJSON *event);
void record_end(struct memory *m, const char *reason);

#endif
