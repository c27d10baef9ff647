/* The frame: all that stages say to each other. 32 bytes of header, little-endian, then the payload; see rd-frames(7).
 *
 *   0 magic F5 52 | 2 version | 3 kind | 4 flags | 5 codec | 6 rate/100 | 8 origin | 9 life | 10 hops | 11 0
 *   12 length     | 16 item   | 20 seq | 24 birth (CLOCK_MONOTONIC, us)   | 32 payload …
 *
 * A frame that was read is borrowed from its reader; nothing here allocates. */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAGIC_0 0xf5
#define FRAME_MAGIC_1 0x52
#define FRAME_VERSION 1
#define FRAME_HEADER 32u
#define FRAME_MAX 65536u /* header and payload together */
#define FRAME_PAYLOAD_MAX (FRAME_MAX - FRAME_HEADER)
#define FRAME_AUDIO_MAX 4000u /* longer audio is split by its sender: a link holds 26 of these */
#define FRAME_HOPS_MAX 64
#define FRAME_LINE_MAX (FRAME_PAYLOAD_MAX * 2 + 256) /* a frame as a line of text */

enum frame_kind { FRAME_EVENT = 1, FRAME_UP = 2, FRAME_DOWN = 3 }; /* up: from the caller; down: to the caller */
enum frame_flag { FRAME_END = 1, FRAME_AGAIN = 2, FRAME_TAKEN = 4, FRAME_FILLED = 8 };
enum frame_codec { CODEC_NONE, CODEC_MULAW, CODEC_ALAW, CODEC_S16 };

struct frame {
	uint8_t kind, flags, codec;
	uint8_t origin, life, hops;
	uint16_t rate_100hz;
	uint32_t length, item, seq;
	uint64_t birth_us;
	const uint8_t *payload; /* borrowed */
};

/* Header to bytes and back. frame_unpack looks at 32 bytes: 0, or -1 with errno EBADMSG (no frame), EPROTO (another
 * version), EMSGSIZE (length beyond the cap). The payload pointer is left NULL. */
void frame_pack(const struct frame *f, uint8_t header[FRAME_HEADER]);
int frame_unpack(struct frame *f, const uint8_t header[FRAME_HEADER]);

/* Audio: bytes per sample of a codec (0: unknown), and the length of a frame's audio. */
unsigned frame_sample_bytes(uint8_t codec);
uint64_t frame_audio_us(const struct frame *f);

/* "mulaw/8000", "s16/16000": the audio format by name. parse: -1 if there is no such format. */
int frame_format_parse(const char *name, uint8_t *codec, uint16_t *rate_100hz);
char *frame_format_name(uint8_t codec, uint16_t rate_100hz, char *out, size_t size);

/* An item: origin, life and a count from 1; in JSON the string "3.0.17". parse: 0 if it is no item. */
uint32_t frame_item(uint8_t origin, uint8_t life, uint16_t count);
uint32_t frame_item_parse(const char *name);
/* Whether the same sayer began it later than that one; newest 0: no. It is what a call.clear up to `newest` spares. */
bool frame_item_newer(uint32_t item, uint32_t newest);
char *frame_item_name(uint32_t item, char out[16]);

/* As text, one line a frame: `kind origin.life seq item flags format payload`. to_line: length with its newline, or -1
 * if it does not fit. from_line: line has no newline and is cut up; the payload is written to `payload`
 * (FRAME_PAYLOAD_MAX bytes), which f borrows. A line that begins with { is an event of origin 0. -1: why in *error. */
long frame_to_line(const struct frame *f, char *out, size_t size);
int frame_from_line(struct frame *f, char *line, uint8_t *payload, const char **error);

#endif
