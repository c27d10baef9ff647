#include "webrtc.h"

#include <stddef.h>

#ifdef RD_WEBRTC
#include <string.h>

#define RATE 16000
#define BLOCK 160	/* 10 ms: all that the suppression takes at once */
#define NOISE_POLICY 1	/* 0 mild to 3 harsh; harsher ones eat soft consonants */
#define DETECTOR_MODE 2 /* 0 finds more voices to 3 finds fewer */

/* libwebrtc_audio_processing 0.3 exports its C core, but installs headers for its C++ face only. */
extern void *WebRtcNs_Create(void);
extern void WebRtcNs_Free(void *);
extern int WebRtcNs_Init(void *, uint32_t rate);
extern int WebRtcNs_set_policy(void *, int);
extern void WebRtcNs_Analyze(void *, const float *);
extern void WebRtcNs_Process(void *, const float *const *bands, size_t count, float *const *out);
extern void *WebRtcVad_Create(void);
extern void WebRtcVad_Free(void *);
extern int WebRtcVad_Init(void *);
extern int WebRtcVad_set_mode(void *, int);
extern int WebRtcVad_Process(void *, int rate, const int16_t *, size_t);

int webrtc_open(void **noise, void **detector)
{
	*noise = WebRtcNs_Create();
	*detector = WebRtcVad_Create();
	if (*noise && *detector && WebRtcNs_Init(*noise, RATE) == 0 && WebRtcNs_set_policy(*noise, NOISE_POLICY) == 0 &&
	    WebRtcVad_Init(*detector) == 0 && WebRtcVad_set_mode(*detector, DETECTOR_MODE) == 0)
		return 0;
	webrtc_close(*noise, *detector);
	*noise = *detector = NULL;
	return -1;
}

void webrtc_close(void *noise, void *detector)
{
	if (noise)
		WebRtcNs_Free(noise);
	if (detector)
		WebRtcVad_Free(detector);
}

static void suppress(void *noise, const int16_t *samples, int16_t *clean)
{
	float in[BLOCK], out[BLOCK];
	const float *const ins[1] = { in };
	float *const outs[1] = { out };

	for (int i = 0; i < BLOCK; i++)
		in[i] = samples[i];
	WebRtcNs_Analyze(noise, in);
	WebRtcNs_Process(noise, ins, 1, outs);
	for (int i = 0; i < BLOCK; i++)
		clean[i] = (int16_t)(out[i] > 32767 ? 32767 : out[i] < -32768 ? -32768 : out[i]);
}

bool webrtc_hear(void *noise, void *detector, const int16_t *samples, int16_t *clean, int n)
{
	bool voice = false;

	for (int i = 0; i + BLOCK <= n; i += BLOCK) {
		suppress(noise, samples + i, clean + i);
		voice |= WebRtcVad_Process(detector, RATE, clean + i, BLOCK) == 1;
	}
	return voice;
}
#else
int webrtc_open(void **noise, void **detector)
{
	*noise = *detector = NULL;
	return -1;
}

void webrtc_close(void *noise, void *detector)
{
	(void)noise, (void)detector;
}

bool webrtc_hear(void *noise, void *detector, const int16_t *samples, int16_t *clean, int n)
{
	(void)noise, (void)detector, (void)samples, (void)clean, (void)n;
	return false;
}
#endif
