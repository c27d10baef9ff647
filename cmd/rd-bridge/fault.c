#include "fault.h"

#include <stdlib.h>
#include <string.h>

/* Looked for as the code, or anywhere in the message or close reason. The first that fits counts. */
static const struct {
	const char *word;
	enum fault fault;
} words[] = {
	{ "conversation_already_has_active_response", FAULT_BUSY },
	{ "already has an active response", FAULT_BUSY },
	{ "response_cancel_not_active", FAULT_IGNORE },
	{ "no active response found", FAULT_IGNORE },
	{ "input_audio_buffer_commit_empty", FAULT_IGNORE },
	{ "is already shorter than", FAULT_SHORTER },
	{ "unsupported_content_type", FAULT_FORGET },
	{ "Only model output audio messages can be truncated", FAULT_FORGET },
	{ "item_truncate_invalid_item_id", FAULT_FORGET },
	{ "item_delete_invalid_item_id", FAULT_FORGET },
	{ "session_expired", FAULT_EXPIRED },
	{ "hit the maximum duration", FAULT_EXPIRED },
	{ "invalid_api_key", FAULT_KEY },
	{ "Incorrect API key", FAULT_KEY },
	{ "account_deactivated", FAULT_KEY },
	{ "insufficient_quota", FAULT_QUOTA },
	{ "exceeded your current quota", FAULT_QUOTA },
	{ "billing_hard_limit_reached", FAULT_QUOTA },
	{ "beta_api_shape_disabled", FAULT_REFUSED },
	{ "model_not_found", FAULT_REFUSED },
	{ "model_load_error", FAULT_REFUSED },
	{ "rate_limit_exceeded", FAULT_RETRY }, /* inference_rate_limit_exceeded too */
	{ "server_error", FAULT_RETRY },
};

enum fault fault_of_error(const char *code, const char *message)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strstr(code, words[i].word) || strstr(message, words[i].word))
			return words[i].fault;
	return FAULT_REPORT;
}

enum fault fault_of_close(int status, const char *why)
{
	enum fault said = fault_of_error("", why ? why : "");

	if (fault_why(said) || said == FAULT_EXPIRED)
		return said;
	switch (status) {
	case 401: return FAULT_KEY;
	case 402: return FAULT_QUOTA;
	case 400:
	case 403:
	case 404:
	case 4000: return FAULT_REFUSED;
	default: break;
	}
	if (status >= 300 && status < 400) /* a redirect is never followed: the key would go with it */
		return FAULT_REFUSED;
	return FAULT_RETRY;
}

const char *fault_why(enum fault fault)
{
	switch (fault) {
	case FAULT_KEY: return "key";
	case FAULT_QUOTA: return "quota";
	case FAULT_REFUSED: return "refused";
	default: return NULL;
	}
}

long fault_shorter_ms(const char *message)
{
	const char *of = strstr(message, "content of ");
	char *end = NULL;
	long ms = of ? strtol(of + 11, &end, 10) : -1;

	return end && end > of + 11 && ms >= 0 ? ms : -1;
}
