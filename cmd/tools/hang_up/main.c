/* hang_up: ends the telephone call. It only asks: the carrier stage waits until the farewell was heard, and the caller
 * who speaks again disarms it. ringdown-tools(7) */
#include "json.h"
#include "toolkit.h"

static struct cJSON *describe(void)
{
	return json_make("name:s description:s parameters:j effect:s timeout_s:i says:j instructions:s", "hang_up",
			 "Ends the telephone call. Say goodbye first, in the same turn: the line stays open until your "
			 "last words were heard. "
			 "Call it only when the caller wants to end the call or has said goodbye.",
			 json_make("type:s properties:j additionalProperties:b", "object", json_make(""), 0), "none", 2,
			 toolkit_list("call.next"),
			 "When the conversation is over, say a short goodbye and then call hang_up. Never hang up on a "
			 "caller who still wants "
			 "something.");
}

static struct cJSON *run(const struct cJSON *arguments)
{
	(void)arguments;
	return toolkit_say(toolkit_ok("The call ends when your last words were heard. Say nothing more."),
			   json_make("type:s verb:s", "call.next", "hangup"));
}

int main(int argc, char **argv)
{
	static const struct toolkit tool = { "hang_up", describe, run };

	return toolkit_main(&tool, argc, argv);
}
