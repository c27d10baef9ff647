#include "plays.h"

#include <cjson/cJSON.h>

#include "clock.h"
#include "json.h"
#include "playout.h"
#include "summary.h"

#define BYTES_PER_MS 8.0

void plays_audio(struct plays *p, uint64_t now_us)
{
	if (!p->from_us)
		p->from_us = now_us;
}

void plays_late(struct plays *p, uint64_t due_us, uint64_t now_us)
{
	if (due_us && now_us > due_us + p->late_us)
		p->late_us = now_us - due_us;
}

void plays_end(struct plays *p, const struct playout *o, struct summary *s, const char *why, uint64_t now_us)
{
	summary_object(s, "plays",
		       json_make("stream:n why:s from_us:n at_us:n received_ms:f heard_ms:f late_ms:f",
				 (long long)s->streams, why, (long long)p->from_us, (long long)now_us,
				 (double)(o->in - p->base) / BYTES_PER_MS, (double)(o->out - p->base) / BYTES_PER_MS,
				 (double)p->late_us / MS));
	*p = (struct plays){ .base = o->in };
}
