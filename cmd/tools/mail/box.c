#include "box.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "mailaddress.h"
#include "secret.h"

#define SCOPE "https://www.googleapis.com/auth/gmail.modify"
#define BASE "https://gmail.googleapis.com/gmail/v1"

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

bool box_is_google(void)
{
	return setting("RINGDOWN_SETTING_GOOGLE") != NULL;
}

bool box_can_read(void)
{
	return box_is_google() || setting("RINGDOWN_SETTING_IMAP");
}

bool box_has_user(void)
{
	return setting("RINGDOWN_SETTING_USER") != NULL;
}

/* As whom we write: from=, or the user's name where it is an address. */
static const char *sender(void)
{
	const char *from = setting("RINGDOWN_SETTING_FROM"), *user = setting("RINGDOWN_SETTING_USER"),
		   *google = setting("RINGDOWN_SETTING_GOOGLE");

	if (from)
		return from;
	if (google && mailaddress_good(google))
		return google;
	return user && mailaddress_good(user) ? user : NULL;
}

bool box_can_send(void)
{
	return (box_is_google() || setting("RINGDOWN_SETTING_SMTP")) && sender();
}

const char *box_missing(void)
{
	const char *imap = setting("RINGDOWN_SETTING_IMAP"), *smtp = setting("RINGDOWN_SETTING_SMTP");
	char address[MAILADDRESS_BYTES];

	if (!box_is_google() && !imap && !smtp)
		return "no mailbox; set tool \"mail\" { settings = { \"imap=imaps://…\", \"smtp=smtps://…\", "
		       "\"user=…\" } "
		       "secret = \"MAIL_PASSWORD\" }, or settings = { \"google=anna@example.com\" } secret = "
		       "\"GOOGLE_KEY\"";
	if ((imap && strncmp(imap, "imap", 4) != 0) || (smtp && strncmp(smtp, "smtp", 4) != 0))
		return "imap= begins with imaps:// (or imap://, then with STARTTLS), smtp= with smtps:// or smtp://";
	if (smtp && !sender())
		return "nobody to write as; set from=anna@example.com";
	if (sender() && message_address(sender(), address, sizeof address) < 0)
		return "from= is no address such as anna@example.com";
	return NULL;
}

/* google=me is the key's own account; an address is whom a service account acts for. */
static int open_google(struct box *b)
{
	static char key[SECRET_MAX_BYTES];
	const char *google = setting("RINGDOWN_SETTING_GOOGLE"), *base = setting("RINGDOWN_SETTING_URL");
	int failed;

	b->kind = &box_gmail;
	snprintf(b->base, sizeof b->base, "%.1000s/users/me", base ? base : BASE);
	b->google.who = BOX_WHO;
	b->google.scope = SCOPE;
	b->google.subject = google && strchr(google, '@') ? google : NULL;
	b->google.folder = getenv("RINGDOWN_TOOL_DIR");
	b->google.trouble = &b->trouble;
	if (secret_take("GOOGLE_KEY", key, sizeof key) < 0)
		return trouble_say(&b->trouble, "I have no key for the mailbox: the secret GOOGLE_KEY is missing.");
	failed = google_open(&b->google, &b->ask, key);
	secret_wipe(key, sizeof key);
	return failed;
}

static int open_servers(struct box *b)
{
	const char *user = setting("RINGDOWN_SETTING_USER");
	char password[512] = "";

	b->kind = &box_servers;
	if (user && secret_take("MAIL_PASSWORD", password, sizeof password) < 0)
		return trouble_say(&b->trouble,
				   "I have no password for the mailbox: the secret MAIL_PASSWORD is missing.");
	if (user && snprintf(b->login, sizeof b->login, "%s:%s", user, password) >= (int)sizeof b->login)
		return trouble_say(&b->trouble, "The mailbox's user name is too long.");
	secret_wipe(password, sizeof password);
	return 0;
}

int box_open(struct box *b)
{
	*b = (struct box){ .imap = setting("RINGDOWN_SETTING_IMAP"),
			   .smtp = setting("RINGDOWN_SETTING_SMTP"),
			   .mailbox = setting("RINGDOWN_SETTING_MAILBOX"),
			   .sent = setting("RINGDOWN_SETTING_SENT") };
	b->mailbox = b->mailbox ? b->mailbox : "INBOX";
	snprintf(b->from, sizeof b->from, "%s", sender() ? sender() : "");
	if (ask_open(&b->ask) < 0)
		return trouble_say(&b->trouble, "I cannot ask the mailbox: there is no memory left.");
	b->ask.until_us = clock_us() + BOX_LIMIT_S * 1000 * MS;
	return box_is_google() ? open_google(b) : open_servers(b);
}

void box_close(struct box *b)
{
	google_close(&b->google);
	secret_wipe(b->login, sizeof b->login);
	ask_close(&b->ask);
}

void heads_close(struct heads *h)
{
	for (size_t i = 0; i < h->count; i++)
		message_close(&h->all[i].message);
	*h = (struct heads){ .count = 0 };
}
