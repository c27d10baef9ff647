#include "conf_check.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complaint.h"
#include "conf.h"
#include "mailaddress.h"
#include "nearest.h"
#include "number.h"
#include "secret.h"
#include "url.h"
#include "utf8.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ZONES "/usr/share/zoneinfo"

static bool made_of(const char *text, const char *letters)
{
	return text[strspn(text, letters)] == '\0';
}

static bool port_good(const char *port)
{
	size_t n = strlen(port);

	return n >= 1 && n <= 5 && made_of(port, DIGITS) && strtol(port, NULL, 10) <= 65535;
}

/* A name, or an address of either kind; *loopback tells whether it is this machine. */
static bool host_good(const char *host, bool *loopback)
{
	struct in6_addr v6;
	struct in_addr v4;

	*loopback = !strcmp(host, "localhost");
	if (inet_pton(AF_INET6, host, &v6) == 1) {
		*loopback = IN6_IS_ADDR_LOOPBACK(&v6);
		return true;
	}
	if (inet_pton(AF_INET, host, &v4) == 1)
		*loopback = ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
	return made_of(host, LOWER UPPER DIGITS ".-") && isalnum((unsigned char)host[0]);
}

const char *check_public_url(const char *value)
{
	const char *host = strstr(value, "://");
	struct url u;
	bool loopback;

	if (host && !strpbrk(host + 3, "/?#") && !url_read(&u, value) && host_good(u.host, &loopback) &&
	    (!strcmp(u.scheme, "https") || (!strcmp(u.scheme, "http") && loopback)))
		return NULL;
	return "https:// and the host that Twilio calls, nothing behind it (http:// only on this machine's loopback)";
}

const char *check_url(const char *value)
{
	struct url u;
	bool loopback;

	return !url_read(&u, value) && host_good(u.host, &loopback)
		       ? NULL
		       : "an address such as wss://HOST/PATH or https://HOST/PATH, without user or password";
}

const char *check_address(const char *value)
{
	const char *colon = strrchr(value, ':');
	bool v6 = value[0] == '[' && colon && colon[-1] == ']';
	size_t n = colon ? (size_t)(colon - value) : 0;
	unsigned char address[sizeof(struct in6_addr)];
	char host[64];

	snprintf(host, sizeof(host), "%.*s", (int)(v6 ? n - 2 : n), value + v6);
	if (colon && n < sizeof(host) && port_good(colon + 1) &&
	    (inet_pton(v6 ? AF_INET6 : AF_INET, host, address) == 1 || (!v6 && !strcmp(host, "localhost"))))
		return NULL;
	return "ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:8080";
}

const char *check_e164(const char *value)
{
	return number_is_e164(value) ? NULL : "a number as + and 7 to 15 digits, such as +15551234567";
}

const char *check_caller(const char *value)
{
	if (!strcmp(value, "*"))
		return NULL;
	if (number_is_withheld(value))
		return "a caller's own number; this is what a withheld one looks like (\"*\" is anyone else)";
	return check_e164(value) ? "a number as + and 7 to 15 digits, such as +15551234567, or \"*\"" : NULL;
}

const char *check_word(const char *value)
{
	return *value && strlen(value) <= 64 && made_of(value, LOWER UPPER DIGITS "-_")
		       ? NULL
		       : "a word of letters, digits, - and _, at most 64";
}

const char *check_name(const char *value)
{
	size_t n = strlen(value);
	bool good = n > 0 && n <= 64 && *value != ' ' && value[n - 1] != ' ' && !strpbrk(value, "=,\"");

	for (size_t i = 0, length; good && i < n; i += length) {
		length = utf8_character(value + i, n - i);
		good = length > 0 && (unsigned char)value[i] >= ' ' && value[i] != 0x7f;
	}
	return good ? NULL : "a name as it is said, at most 64 bytes, without = , and quotes";
}

const char *check_mail(const char *value)
{
	return mailaddress_good(value) ? NULL : "an address such as ben@example.com";
}

/* A tool of a server is named as the server does. */
const char *check_tool(const char *value)
{
	static const char expected[] = "a tool's name, mcp:NAME or mcp:NAME/TOOL";
	const char *slash = strncmp(value, "mcp:", 4) ? NULL : strchr(value, '/');
	char server[80];

	if (!slash)
		return check_word(strncmp(value, "mcp:", 4) ? value : value + 4) ? expected : NULL;
	snprintf(server, sizeof server, "%.*s", (int)(slash - value - 4), value + 4);
	return check_word(server) || !slash[1] || strlen(slash + 1) > 128 ||
			       !made_of(slash + 1, LOWER UPPER DIGITS "_-.")
		       ? expected
		       : NULL;
}

const char *check_zone(const char *value)
{
	static const char expected[] = "a time zone such as Europe/Berlin";
	char path[128];

	if (!made_of(value, LOWER UPPER DIGITS "/_+-") || value[0] == '/' ||
	    snprintf(path, sizeof(path), ZONES "/%s", value) >= (int)sizeof(path))
		return expected;
	/* A machine without the database (a small container) has to take our word for it. */
	return !access(ZONES, F_OK) && access(path, F_OK) ? expected : NULL;
}

const char *check_language(const char *value)
{
	size_t n = strspn(value, LOWER UPPER);

	return n >= 2 && n <= 8 && strlen(value) <= 35 && made_of(value + n, LOWER UPPER DIGITS "-") &&
			       (!value[n] || value[n] == '-')
		       ? NULL
		       : "a language such as en or pt-BR";
}

const char *check_stages(const char *value)
{
	static const char expected[] = "programs and their options with | between them: "
				       "no quotes and no shell characters";
	const char *p = value;

	if (!made_of(value, LOWER UPPER DIGITS " \t\n|._/+:=,@%-"))
		return expected;
	for (;;) {
		p += strspn(p, " \t\n");
		if (!*p || *p == '|' || *p == '-')
			return expected; /* each begins with a program's name */
		p = strchr(p, '|');
		if (!p)
			return NULL;
		p++;
	}
}

const char *check_setting(const char *value)
{
	size_t n = strspn(value, LOWER UPPER DIGITS "._-");

	return n && value[n] == '=' ? NULL : "NAME=VALUE";
}

const char *check_prefix(const char *value)
{
	size_t n = strlen(value);

	return value[0] == '+' && n >= 2 && n <= 8 && made_of(value + 1, DIGITS)
		       ? NULL
		       : "the beginning of numbers, such as +1 or +44";
}

const char *check_uuid(const char *value)
{
	size_t i;

	for (i = 0; value[i]; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? value[i] != '-' : !isxdigit((unsigned char)value[i]))
			break;
	return i == 36 && !value[i] ? NULL : "a UUID, 8-4-4-4-12 hexadecimal digits";
}

static bool hour_good(const char *p)
{
	return isdigit((unsigned char)p[0]) && isdigit((unsigned char)p[1]) && p[2] == ':' && p[3] >= '0' &&
	       p[3] <= '5' && isdigit((unsigned char)p[4]) && (p[0] - '0') * 10 + p[1] - '0' <= 23;
}

const char *check_hours(const char *value)
{
	return strlen(value) == 11 && hour_good(value) && value[5] == '-' && hour_good(value + 6)
		       ? NULL
		       : "hours such as 22:00-08:00";
}

int conf_flag_of(const char *value)
{
	static const struct {
		const char *word;
		int means;
	} words[] = { { "yes", 1 }, { "no", 0 }, { "true", 1 }, { "false", 0 }, { "on", 1 }, { "off", 0 } };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(value, words[i].word))
			return words[i].means;
	return -1;
}

static bool number_good(const struct conf_key *key, const char *value, char *expected, size_t size)
{
	bool real = key->kind == CONF_REAL;
	const char *unsigned_part = value + (value[0] == '-');
	double number = strtod(value, NULL);

	if (isdigit((unsigned char)*unsigned_part) && strlen(value) <= 18 &&
	    made_of(unsigned_part, real ? DIGITS "." : DIGITS) && strchr(value, '.') == strrchr(value, '.') &&
	    number >= key->min && number <= key->max)
		return true;
	snprintf(expected, size, "a %snumber from %.10g to %.10g", real ? "" : "whole ", key->min, key->max);
	return false;
}

static bool choice_good(const struct conf_key *key, const char *value, char *expected, size_t size)
{
	char words[128], hint[96], *rest = words, *word;
	struct nearest nearest = { .word = value };

	snprintf(words, sizeof(words), "%s", key->words);
	while ((word = strsep(&rest, "|"))) {
		if (!strcmp(word, value))
			return true;
		nearest_see(&nearest, word);
	}
	snprintf(expected, size, "one of %s%s", key->words, nearest_hint(&nearest, hint));
	return false;
}

/* What holds for every value; the file's bytes were seen by conf_scan, but an override comes straight from outside. */
static bool text_good(const char *value)
{
	const unsigned char *p = (const unsigned char *)value;

	for (; *p; p++)
		if ((*p < ' ' && *p != '\n' && *p != '\t') || *p == 127)
			return false;
	return p - (const unsigned char *)value <= (ptrdiff_t)CONF_TEXT_MAX_BYTES;
}

static bool empty_good(const struct conf_key *key)
{
	return !key->whole && !key->list && (key->kind != CONF_CHOICE || !key->preset);
}

bool conf_value_good(const struct conf_key *key, const char *value, char *expected, size_t size)
{
	const char *wish = NULL;

	if (!text_good(value))
		wish = "at most 16384 bytes without control characters";
	else if (key->kind == CONF_NUMBER || key->kind == CONF_REAL)
		return number_good(key, value, expected, size);
	else if (key->kind == CONF_FLAG)
		wish = conf_flag_of(value) < 0 ? "yes or no" : NULL;
	else if (!*value)
		wish = empty_good(key) ? NULL : "a value that is not empty";
	else if (key->kind == CONF_CHOICE)
		return choice_good(key, value, expected, size);
	else if (key->kind == CONF_SECRET)
		wish = secret_is_name(value) ? NULL : "the name of a secret (OPENAI_API_KEY), not the secret itself";
	else if (key->check)
		wish = key->check(value);
	if (wish)
		snprintf(expected, size, "%s", wish);
	return !wish;
}

const char *conf_value_shown(const struct conf_key *key, const char *value, char out[64])
{
	if (key->kind == CONF_SECRET)
		return "…"; /* it may be the secret itself */
	return key->kind == CONF_NUMBER || key->kind == CONF_REAL ? complaint_quote_number(value, out)
								  : complaint_quote(value, out);
}
