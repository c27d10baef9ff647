#include "../../cmd/rd-bridge/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void errors_have_their_reaction(void **state)
{
	static const struct {
		const char *code, *message;
		enum fault fault;
	} cases[] = {
		{ "conversation_already_has_active_response", "", FAULT_BUSY },
		{ "", "Conversation already has an active response in progress: resp_1", FAULT_BUSY },
		{ "response_cancel_not_active", "", FAULT_IGNORE },
		{ "", "Cancellation failed: no active response found", FAULT_IGNORE },
		{ "input_audio_buffer_commit_empty", "buffer too small", FAULT_IGNORE },
		{ "", "Audio content of 3700ms is already shorter than 3760ms", FAULT_SHORTER },
		{ "unsupported_content_type", "Only model output audio messages can be truncated", FAULT_FORGET },
		{ "item_truncate_invalid_item_id", "", FAULT_FORGET },
		{ "item_delete_invalid_item_id", "", FAULT_FORGET },
		{ "session_expired", "Your session hit the maximum duration of 60 minutes.", FAULT_EXPIRED },
		{ "invalid_api_key", "", FAULT_KEY },
		{ "account_deactivated", "", FAULT_KEY },
		{ "insufficient_quota", "", FAULT_QUOTA },
		{ "billing_hard_limit_reached", "", FAULT_QUOTA },
		{ "beta_api_shape_disabled", "", FAULT_REFUSED },
		{ "model_load_error", "", FAULT_REFUSED },
		{ "rate_limit_exceeded", "", FAULT_RETRY },
		{ "inference_rate_limit_exceeded", "", FAULT_RETRY },
		{ "server_error", "", FAULT_RETRY },
		{ "unknown_parameter", "Unknown parameter: 'session.reasoning'", FAULT_REPORT },
		{ "", "", FAULT_REPORT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (fault_of_error(cases[i].code, cases[i].message) != cases[i].fault)
			fail_msg("%s %s: %d", cases[i].code, cases[i].message, fault_of_error(cases[i].code, cases[i].message));
}

static void closes_have_their_reaction(void **state)
{
	static const struct {
		int status;
		const char *why;
		enum fault fault;
	} cases[] = {
		{ 401, "handshake refused with HTTP 401", FAULT_KEY },
		{ 402, "", FAULT_QUOTA },
		{ 403, "", FAULT_REFUSED },
		{ 404, "", FAULT_REFUSED },
		{ 400, "", FAULT_REFUSED },
		{ 302, "", FAULT_REFUSED },
		{ 4000, "beta_api_shape_disabled", FAULT_REFUSED },
		{ 1008, "You exceeded your current quota", FAULT_QUOTA },
		{ 3000, "invalid_request_error.invalid_api_key", FAULT_KEY },
		{ 1001, "Your session hit the maximum duration of 60 minutes.", FAULT_EXPIRED },
		{ 1000, "", FAULT_RETRY },
		{ 1005, "", FAULT_RETRY },
		{ 1011, "server_error", FAULT_RETRY },
		{ 1012, "", FAULT_RETRY },
		{ 429, "", FAULT_RETRY },
		{ 503, "", FAULT_RETRY },
		{ 0, "connection lost", FAULT_RETRY },
		{ 0, NULL, FAULT_RETRY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (fault_of_close(cases[i].status, cases[i].why) != cases[i].fault)
			fail_msg("%d: %d", cases[i].status, fault_of_close(cases[i].status, cases[i].why));
}

static void final_ones_have_the_events_word(void **state)
{
	(void)state;
	assert_string_equal(fault_why(FAULT_KEY), "key");
	assert_string_equal(fault_why(FAULT_QUOTA), "quota");
	assert_string_equal(fault_why(FAULT_REFUSED), "refused");
	assert_null(fault_why(FAULT_RETRY));
	assert_null(fault_why(FAULT_EXPIRED));
}

static void the_servers_own_length_is_read(void **state)
{
	static const struct {
		const char *message;
		long ms;
	} cases[] = {
		{ "Audio content of 3700ms is already shorter than 3760ms", 3700 },
		{ "Audio content of 0ms is already shorter than 20ms", 0 },
		{ "Audio content of -5ms is already shorter", -1 },
		{ "Audio content of ms", -1 },
		{ "content of ", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(fault_shorter_ms(cases[i].message), cases[i].ms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_have_their_reaction),
		cmocka_unit_test(closes_have_their_reaction),
		cmocka_unit_test(final_ones_have_the_events_word),
		cmocka_unit_test(the_servers_own_length_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
