/* Twilio Media Streams on the wire: its JSON to structs, and back. Nothing behind this file sees foreign JSON or
 * base64. Numbers come as strings or as numbers, fields may be missing or new, a payload has any length; what cannot be
 * meant is refused with a word why. What we send has exactly the documented fields: one more, and Twilio drops the
 * message. */
#ifndef TWILIO_H
#define TWILIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TWILIO_MESSAGE_BYTES 65536u			  /* a longer one is not Twilio's: the connection is closed */
#define TWILIO_AUDIO_BYTES (TWILIO_MESSAGE_BYTES / 4 * 3) /* what such a message can hold */
#define TWILIO_NAME_BYTES 64				  /* of a sid or a mark's name, with its NUL */
#define TWILIO_TIMESTAMP_MAX_MS (7L * 24 * 3600 * 1000)	  /* no call is longer */
#define TWILIO_OUT_BYTES(audio_bytes) (((audio_bytes) + 2) / 3 * 4 + 192) /* room for a message of ours */

enum twilio_kind {
	TWILIO_OTHER, /* an event that we do not know, or the track of somebody else: ignored */
	TWILIO_CONNECTED,
	TWILIO_START,
	TWILIO_MEDIA,
	TWILIO_DTMF,
	TWILIO_MARK,
	TWILIO_STOP
};

struct twilio_message {
	enum twilio_kind kind;
	char stream[TWILIO_NAME_BYTES]; /* streamSid, letters and digits; "" without one */
	char call[TWILIO_NAME_BYTES];	/* of start: callSid */
	char format[48];		/* of start: an audio format that is not ours, for the log; "" if it is */
	long timestamp_ms; /* of media: when its first sample was spoken, since the stream began; -1 unknown */
	uint8_t *audio;	   /* of media: G.711 mu-law, 8000 Hz, in the buffer that twilio_read was given */
	size_t n;
	char digit;		      /* of dtmf: 0-9 * # A-D */
	char mark[TWILIO_NAME_BYTES]; /* of mark: its name; "" if it cannot be one of ours */
};

/* Reads a message of n bytes; audio has TWILIO_AUDIO_BYTES. NULL, or why it is refused (a constant). */
const char *twilio_read(struct twilio_message *m, const char *text, size_t n, uint8_t *audio);

/* The same by the long way; twilio_read takes a shorter one where it can (media.h). */
const char *twilio_parse(struct twilio_message *m, const char *text, size_t n, uint8_t *audio);

/* Whether a sid or a name of ours may have this character: letters, digits, - and _. */
bool twilio_is_name(char c);

/* Write a message to out, NUL-terminated; its length, or 0 if it does not fit. stream and name hold letters, digits and
 * -. */
size_t twilio_media(char *out, size_t size, const char *stream, const uint8_t *audio, size_t n);
size_t twilio_mark(char *out, size_t size, const char *stream, const char *name);
size_t twilio_clear(char *out, size_t size, const char *stream);

#endif
