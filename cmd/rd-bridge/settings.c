#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bridge.h"
#include "conf.h"
#include "known.h"
#include "log.h"
#include "prompt.h"
#include "request.h"
#include "secret.h"
#include "url.h"

const char *settings_of(const struct bridge *b, const char *key)
{
	return conf_text(b->stage.conf, "agent", b->stage.agent, key);
}

static const char *setting_or(const struct bridge *b, const char *key, const char *otherwise)
{
	const char *value = settings_of(b, key);

	return *value ? value : otherwise;
}

/* A model's name as part of a query. -1: it does not fit. */
static int encode(char *out, size_t size, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/@";
	size_t n = 0;

	for (; *text; text++) {
		bool is_plain = strchr(plain, *text) != NULL;

		if (n + 4 > size)
			return -1;
		n += (size_t)snprintf(out + n, size - n, is_plain ? "%c" : "%%%02X", (unsigned char)*text);
	}
	return 0;
}

/* The model goes into the query, unless the address names one, or a deployment, itself. */
static int make_url(struct session *s, const char *url)
{
	char model[256] = "";
	bool named = strstr(url, "model=") || strstr(url, "deployment=");
	int n;

	if (!named && encode(model, sizeof model, s->model) < 0)
		return -1;
	n = snprintf(s->url, sizeof s->url, "%s%s%s", url,
		     named		? ""
		     : strchr(url, '?') ? "&model="
					: "?model=",
		     model);
	return n >= 0 && (size_t)n < sizeof s->url ? 0 : -1;
}

/* A key is one word: anything else would write headers of its own. */
static bool is_word(const char *key)
{
	for (; *key; key++)
		if (*key <= ' ' || *key > '~')
			return false;
	return true;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

int settings_format(struct format *f, const char *name)
{
	static const struct format offered[] = {
		{ CODEC_MULAW, 80, "audio/pcmu", 8 },
		{ CODEC_ALAW, 80, "audio/pcma", 8 },
		{ CODEC_S16, 240, "audio/pcm", 48 },
	};
	uint8_t codec;
	uint16_t rate;

	if (frame_format_parse(name, &codec, &rate) < 0)
		return -1;
	for (size_t i = 0; i < sizeof offered / sizeof offered[0]; i++)
		if (offered[i].codec == codec && offered[i].rate_100hz == rate) {
			*f = offered[i];
			return 0;
		}
	return -1;
}

const char *settings_address(struct bridge *b, char *error, size_t size)
{
	struct session *s = &b->session;
	const char *url = setting_or(b, "url", SETTINGS_URL);
	struct url parts;

	s->model = setting_or(b, "model", SETTINGS_MODEL);
	if (url_read(&parts, url) < 0 || parts.scheme[0] != 'w' || make_url(s, url) < 0) {
		snprintf(error, size, "url %s: ws:// or wss:// and a host expected", url);
		return "refused";
	}
	snprintf(s->host, sizeof s->host, "%s", parts.host);
	return NULL;
}

const char *settings_read(struct bridge *b, const char *key, char *error, size_t size)
{
	const char *why = settings_address(b, error, size);

	if (why)
		return why;
	if (!is_word(key) || (!*key && !*settings_of(b, "url"))) {
		snprintf(error, size, "key %s: %s", settings_of(b, "key"), *key ? "one word expected" : "not set");
		return "key";
	}
	if (*key)
		snprintf(b->session.headers, sizeof b->session.headers,
			 ends_with(b->session.host, ".azure.com") ? "api-key: %s\r\n" : "Authorization: Bearer %s\r\n",
			 key);
	return NULL;
}

char *settings_message(struct bridge *b, const char *event_id)
{
	char *prompt = known_prompt(b), *text;
	struct request_session r = {
		.instructions = prompt,
		.voice = setting_or(b, "voice", SETTINGS_VOICE),
		.language = settings_of(b, "language"),
		.transcription = settings_of(b, "transcription-model"),
		.input_format = b->input.name,
		.output_format = b->output.name,
		.turn_detection = settings_of(b, "turn-detection"),
		.noise_reduction = settings_of(b, "noise-reduction"),
		.reasoning = settings_of(b, "reasoning"),
		.silence_ms = conf_number(b->stage.conf, "agent", b->stage.agent, "silence-ms"),
		.tools = offer_functions(&b->offer),
		.bare = b->session.bare,
	};

	text = request_session(event_id, &r);
	free(prompt);
	return text;
}

char *settings_turns(struct bridge *b, const char *event_id, bool on)
{
	struct request_session r = {
		.turn_detection = settings_of(b, "turn-detection"),
		.silence_ms = conf_number(b->stage.conf, "agent", b->stage.agent, "silence-ms"),
		.bare = b->session.bare,
	};

	return request_turns(event_id, &r, on);
}

/* From the environment, whose place is empty afterwards, else from where secrets lie. */
void settings_key(const struct bridge *b, char *key, size_t size)
{
	const char *name = settings_of(b, "key");

	key[0] = 0;
	if (!*name || secret_take(name, key, size) == 0)
		return;
	if (errno == ENOENT && secret_find(name, key, size) == 0)
		return;
	if (errno != ENOENT)
		log_die(100, "cannot read the secret %s: %s", name, strerror(errno));
	key[0] = 0;
}

void settings_show(struct stage *s)
{
	char error[512], *instructions = prompt_read(s->conf, s->agent, error, sizeof error), *text;
	struct prompt p = { .instructions = instructions,
			    .language = conf_text(s->conf, "agent", s->agent, "language") };

	if (!instructions)
		log_die(100, "%s", error);
	text = prompt_join(&p);
	printf("\n# what the model is told, without tools, caller and date:\n%s", text ? text : "");
	free(text);
	free(instructions);
}
