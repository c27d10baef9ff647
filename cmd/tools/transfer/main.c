/* transfer: connects the caller to another telephone, one of those that the agent may transfer to, by its number or by
 * a name of the address book; rd-tools and the carrier stage check the number again. ringdown-tools(7) */
#include "book.h"

#include <stdio.h>

#include "json.h"
#include "toolkit.h"

static struct cJSON *describe(void)
{
	char description[BOOK_LIST_BYTES + 120], list[BOOK_LIST_BYTES];
	struct cJSON *to;

	if (!book_list(list, sizeof list))
		return json_make("name:s unavailable:s", "transfer",
				 "no number to transfer to; set agent \"…\" { transfer-to = { \"+15550100000\" } }");
	snprintf(description, sizeof description, "Whom to connect, by name or number. Possible are only: %s.", list);
	to = json_make("type:s minLength:i maxLength:i description:s", "string", 1, BOOK_NAME_MAX_BYTES, description);
	return json_make(
		"name:s description:s parameters:j effect:s timeout_s:i says:j instructions:s", "transfer",
		"Connects the caller to a person at another number when your last words were heard. You leave the "
		"conversation; if nobody answers, the caller comes back to you. Tell the caller first.",
		json_make("type:s properties:j required:j additionalProperties:b", "object", json_make("to:j", to),
			  toolkit_list("to"), 0),
		"none", 2, toolkit_list("call.next"),
		"When the caller wants to speak with a person you can transfer to, say that you connect them and call "
		"transfer. You cannot transfer to anybody else.");
}

static struct cJSON *run(const struct cJSON *arguments)
{
	const char *to = json_text(arguments, "to");
	char number[BOOK_NUMBER_BYTES], name[BOOK_NAME_MAX_BYTES + 1];

	toolkit_line(to ? to : "", name, sizeof name);
	switch (book_find(to ? to : "", number)) {
	case BOOK_ALLOWED:
		return toolkit_say(
			toolkit_ok("The caller is connected when your last words were heard. Say nothing more."),
			json_make("type:s verb:s to:s", "call.next", "transfer", number));
	case BOOK_REFUSED:
		return toolkit_failed("%s is in the address book, but I may not transfer calls there.", name);
	case BOOK_STRANGER: break;
	}
	if (*name == '+')
		return toolkit_failed("That is not a number I may transfer to.");
	return toolkit_failed("The address book has nobody called %s.", *name ? name : "that");
}

int main(int argc, char **argv)
{
	static const struct toolkit tool = { "transfer", describe, run };

	return toolkit_main(&tool, argc, argv);
}
