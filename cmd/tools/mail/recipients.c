#include "recipients.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY_BYTES 400u

static const char *given(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

/* The next entry of a list, without spaces around it; *list moves on. false: no more. */
static bool next(const char **list, const char *separators, char out[ENTRY_BYTES])
{
	size_t n;

	*list += strspn(*list, " \t\r\n");
	*list += strspn(*list, separators);
	*list += strspn(*list, " \t\r\n");
	if (!**list)
		return false;
	n = strcspn(*list, separators);
	snprintf(out, ENTRY_BYTES, "%.*s", n < ENTRY_BYTES ? (int)n : 0, *list);
	*list += n;
	while (n && out[0] && strchr(" \t\r\n", out[strlen(out) - 1]))
		out[strlen(out) - 1] = 0;
	return true;
}

/* "Ben=ben@example.com": the name in its place, what stands behind it returned. */
static char *split(char *entry)
{
	char *value = strrchr(entry, '=');

	if (value)
		*value++ = 0;
	return value;
}

/* Of the list of that variable the name whose value it is, or the value whose name it is. */
static bool find(const char *variable, const char *name, const char *value, char *out, size_t size)
{
	const char *list = given(variable);
	char entry[ENTRY_BYTES], *theirs;

	while (next(&list, "\n", entry)) {
		theirs = split(entry);
		if (!theirs || strcasecmp(name ? entry : theirs, name ? name : value) != 0)
			continue;
		snprintf(out, size, "%s", name ? theirs : entry);
		return true;
	}
	return false;
}

/* The caller's own: by the address book, or of the setting me=, for a telephone that one person has. */
static bool find_me(char *out, size_t size)
{
	const char *me = given("RINGDOWN_SETTING_ME");
	char name[ENTRY_BYTES];

	if (*given("RINGDOWN_CALLER") && find("RINGDOWN_CONTACTS", NULL, given("RINGDOWN_CALLER"), name, sizeof name) &&
	    find("RINGDOWN_MAIL_CONTACTS", name, NULL, out, size))
		return true;
	snprintf(out, size, "%s", me);
	return *me != 0;
}

/* allow=ben@example.com,@example.org: addresses, and domains of which any. */
static bool is_allowed(const char *address)
{
	const char *list = given("RINGDOWN_SETTING_ALLOW"), *at = strchr(address, '@');
	char entry[ENTRY_BYTES], unused[ENTRY_BYTES];

	if (find("RINGDOWN_MAIL_CONTACTS", NULL, address, unused, sizeof unused) ||
	    (find_me(unused, sizeof unused) && strcasecmp(unused, address) == 0))
		return true;
	while (next(&list, ", ", entry))
		if (strcasecmp(entry, address) == 0 || (entry[0] == '@' && strcasecmp(entry, at) == 0))
			return true;
	return false;
}

static void refuse(const char *who, char why[RECIPIENTS_WHY_BYTES])
{
	char possible[200];

	if (recipients_list(possible, sizeof possible))
		snprintf(why, RECIPIENTS_WHY_BYTES, "I may not write to %.80s. I can write to: %s.", who, possible);
	else
		snprintf(why, RECIPIENTS_WHY_BYTES, "There is nobody that I may write to.");
}

static bool is_me(const char *who)
{
	return strcasecmp(who, "me") == 0 || strcasecmp(who, "myself") == 0;
}

static int add(struct recipients *r, const char *who, char why[RECIPIENTS_WHY_BYTES])
{
	char address[ENTRY_BYTES] = "";

	if (r->count == RECIPIENTS_MAX)
		return snprintf(why, RECIPIENTS_WHY_BYTES, "That is too many: five at most."), -1;
	if (is_me(who) ? !find_me(address, sizeof address)
		       : !find("RINGDOWN_MAIL_CONTACTS", who, NULL, address, sizeof address))
		snprintf(address, sizeof address, "%s", strchr(who, '@') ? who : "");
	if (is_me(who) && !*address)
		return snprintf(why, RECIPIENTS_WHY_BYTES, "I do not know your own address."), -1;
	if (!mailaddress_good(address) || !is_allowed(address))
		return refuse(who, why), -1;
	snprintf(r->address[r->count], MAILADDRESS_BYTES, "%.254s", address);
	snprintf(r->name[r->count++], sizeof r->name[0], "%.79s", is_me(who) ? "you" : who);
	return 0;
}

int recipients_read(struct recipients *r, const char *to, char why[RECIPIENTS_WHY_BYTES])
{
	char who[ENTRY_BYTES];

	*r = (struct recipients){ .count = 0 };
	while (next(&to, ",;", who))
		if (add(r, who, why) < 0)
			return -1;
	if (r->count)
		return 0;
	snprintf(why, RECIPIENTS_WHY_BYTES, "Whom shall I write to?");
	return -1;
}

static void append(char *out, size_t size, const char *before, const char *word)
{
	size_t n = strlen(out);

	if (n + strlen(before) + strlen(word) + 3 <= size)
		snprintf(out + n, size - n, "%s%s%s", n ? ", " : "", before, word);
}

bool recipients_list(char *out, size_t size)
{
	const char *list = given("RINGDOWN_MAIL_CONTACTS");
	char entry[ENTRY_BYTES];

	out[0] = 0;
	while (next(&list, "\n", entry))
		if (split(entry))
			append(out, size, "", entry);
	if (find_me(entry, sizeof entry) || (!getenv("RINGDOWN_CALLER") && *out)) /* who that is, a call tells */
		append(out, size, "", "me");
	list = given("RINGDOWN_SETTING_ALLOW");
	while (next(&list, ", ", entry))
		append(out, size, entry[0] == '@' ? "anybody at " : "", entry + (entry[0] == '@'));
	return *out;
}
