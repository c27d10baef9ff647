#include "pace.h"

uint64_t pace_due_us(struct pace *p, const struct frame *f, uint64_t now_us)
{
	if (p->speed <= 0)
		return now_us;
	if (!p->running) {
		p->running = true;
		p->start_us = now_us;
		p->begun_us = p->last_us = f->birth_us;
	}
	if (f->birth_us > p->last_us)
		p->last_us = f->birth_us;
	now_us = p->start_us + (uint64_t)((double)(p->last_us - p->begun_us) / p->speed);
	if (!f->birth_us && f->kind == FRAME_UP)
		p->last_us += frame_audio_us(f);
	return now_us;
}
