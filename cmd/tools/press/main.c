/* press: presses keys of the telephone, for the menus of other machines. ringdown-tools(7) */
#include <string.h>

#include "json.h"
#include "toolkit.h"

#define KEYS "0123456789*#wW"
#define KEYS_MAX 32

static struct cJSON *describe(void)
{
	struct cJSON *digits =
		json_make("type:s minLength:i maxLength:i description:s", "string", 1, KEYS_MAX,
			  "Keys in order: 0-9, * and #; w waits half a second, W a whole one. E.g. 1w4455#");

	return json_make("name:s description:s parameters:j effect:s timeout_s:i says:j instructions:s", "press",
			 "Presses keys of the telephone (touch tones) when your last words were heard, for example in "
			 "the menu of an "
			 "answering machine. The other side hears the tones, then you again.",
			 json_make("type:s properties:j required:j additionalProperties:b", "object",
				   json_make("digits:j", digits), toolkit_list("digits"), 0),
			 "none", 2, toolkit_list("call.next"),
			 "When a telephone menu asks for a key, use press; do not say the digits.");
}

static struct cJSON *run(const struct cJSON *arguments)
{
	const char *digits = json_text(arguments, "digits");
	size_t n = digits ? strspn(digits, KEYS) : 0;

	if (!n || digits[n] || n > KEYS_MAX)
		return toolkit_failed("digits: 1 to %d of 0-9 * # w W expected.", KEYS_MAX);
	return toolkit_say(toolkit_ok("The keys are pressed when your last words were heard."),
			   json_make("type:s verb:s digits:s", "call.next", "press", digits));
}

int main(int argc, char **argv)
{
	static const struct toolkit tool = { "press", describe, run };

	return toolkit_main(&tool, argc, argv);
}
