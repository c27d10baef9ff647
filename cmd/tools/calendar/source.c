#include "source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "secret.h"

#define SCOPE "https://www.googleapis.com/auth/calendar.events"

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

bool source_is_google(void)
{
	return setting("RINGDOWN_SETTING_GOOGLE") != NULL;
}

bool source_has_user(void)
{
	return setting("RINGDOWN_SETTING_USER") != NULL;
}

const char *source_missing(void)
{
	const char *url = setting("RINGDOWN_SETTING_URL");

	if (!source_is_google() && !url)
		return "no calendar; set tool \"calendar\" { settings = { \"url=https://…\", \"user=…\" } secret = "
		       "\"CALENDAR_PASSWORD\" }, or settings = { \"google=primary\" } secret = \"GOOGLE_KEY\"";
	if (url && strncmp(url, "https://", 8) != 0 && !fetch_is_loopback(url))
		return "url= must begin with https://, for a password goes there";
	return NULL;
}

static int open_google(struct source *s)
{
	static char key[SECRET_MAX_BYTES];
	int failed;

	s->kind = &source_google;
	s->name = setting("RINGDOWN_SETTING_GOOGLE");
	s->google.who = SOURCE_WHO;
	s->google.scope = SCOPE;
	s->google.subject = setting("RINGDOWN_SETTING_GOOGLE_USER");
	s->google.folder = getenv("RINGDOWN_TOOL_DIR");
	s->google.trouble = &s->trouble;
	if (secret_take("GOOGLE_KEY", key, sizeof key) < 0)
		return trouble_say(&s->trouble, "I have no key for the calendar: the secret GOOGLE_KEY is missing.");
	failed = google_open(&s->google, &s->ask, key);
	secret_wipe(key, sizeof key);
	return failed < 0 ? -1 : s->kind->open(s);
}

static int open_dav(struct source *s)
{
	const char *user = setting("RINGDOWN_SETTING_USER");
	char password[512] = "";

	s->kind = &source_dav;
	s->name = setting("RINGDOWN_SETTING_CALENDAR");
	if (user && secret_take("CALENDAR_PASSWORD", password, sizeof password) < 0)
		return trouble_say(&s->trouble,
				   "I have no password for the calendar: the secret CALENDAR_PASSWORD is missing.");
	if (user && snprintf(s->login, sizeof s->login, "%s:%s", user, password) >= (int)sizeof s->login)
		return trouble_say(&s->trouble, "The calendar's user name is too long.");
	secret_wipe(password, sizeof password);
	return s->kind->open(s);
}

int source_open(struct source *s)
{
	*s = (struct source){ .url = setting("RINGDOWN_SETTING_URL") };
	if (source_missing())
		return trouble_say(&s->trouble, "I have no calendar: the settings of the tool calendar are missing.");
	if (ask_open(&s->ask) < 0)
		return trouble_say(&s->trouble, "I cannot ask the calendar: there is no memory left.");
	s->ask.until_us = clock_us() + SOURCE_LIMIT_S * 1000 * MS;
	return source_is_google() ? open_google(s) : open_dav(s);
}

void source_close(struct source *s)
{
	google_close(&s->google);
	secret_wipe(s->login, sizeof s->login);
	ask_close(&s->ask);
}
