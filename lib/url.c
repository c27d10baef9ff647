#include "url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *prefix; /* the scheme with :// */
	int port;
	bool tls;
} schemes[] = { { "http://", 80, false }, { "https://", 443, true }, { "ws://", 80, false }, { "wss://", 443, true } };

static const char *read_scheme(struct url *u, const char *text)
{
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		size_t n = strlen(schemes[i].prefix);

		if (strncmp(text, schemes[i].prefix, n) != 0)
			continue;
		snprintf(u->scheme, sizeof u->scheme, "%.*s", (int)(n - 3), text);
		u->port = schemes[i].port;
		u->tls = schemes[i].tls;
		return text + n;
	}
	return NULL;
}

static const char *read_host(struct url *u, const char *text)
{
	bool bracket = *text == '[';
	size_t n = strcspn(text += bracket, bracket ? "]/?#" : ":/?#");

	if (n == 0 || n >= sizeof u->host || memchr(text, '@', n) || (bracket && text[n] != ']'))
		return NULL;
	memcpy(u->host, text, n);
	u->host[n] = '\0';
	return text + n + bracket;
}

static const char *read_port(struct url *u, const char *text)
{
	char *end;
	long port;

	if (*text != ':')
		return text;
	if (text[1] < '0' || text[1] > '9')
		return NULL;
	port = strtol(text + 1, &end, 10);
	if (port < 1 || port > 65535)
		return NULL;
	u->port = (int)port;
	u->port_given = true;
	return end;
}

static int read_target(struct url *u, const char *text)
{
	size_t n = strcspn(text, "#");
	const char *slash = *text == '/' ? "" : "/";

	if ((*text && !strchr("/?#", *text)) || n + 2 > sizeof u->target)
		return -1;
	snprintf(u->target, sizeof u->target, "%s%.*s", slash, (int)n, text);
	return 0;
}

int url_read(struct url *u, const char *text)
{
	*u = (struct url){ .port = 0 };
	if (strlen(text) >= URL_BYTES)
		return -1;
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return -1;
	text = read_scheme(u, text);
	text = text ? read_host(u, text) : NULL;
	text = text ? read_port(u, text) : NULL;
	return text ? read_target(u, text) : -1;
}

static char *print_authority(const struct url *u, bool port, char *out, size_t size)
{
	bool bracket = strchr(u->host, ':') != NULL;
	int n = snprintf(out, size, "%s%s%s", bracket ? "[" : "", u->host, bracket ? "]" : "");

	if (port && n > 0 && (size_t)n < size)
		snprintf(out + n, size - (size_t)n, ":%d", u->port);
	return out;
}

char *url_authority(const struct url *u, char *out, size_t size)
{
	return print_authority(u, u->port != (u->tls ? 443 : 80), out, size);
}

char *url_print(const struct url *u, char *out, size_t size)
{
	char authority[160];

	print_authority(u, u->port_given, authority, sizeof authority);
	snprintf(out, size, "%s://%s%s", u->scheme, authority, u->target);
	return out;
}

int url_resolve(struct url *u, const struct url *base, const char *text)
{
	char whole[2 * URL_BYTES], authority[160];
	size_t path = strcspn(base->target, "?");

	if (text[strcspn(text, ":/?#")] == ':') /* it has a scheme */
		return url_read(u, text);
	if (*text != '/' && *text != '?') /* beside the base: up to its last slash */
		while (path > 0 && base->target[path - 1] != '/')
			path--;
	if (*text == '/')
		path = 0;
	print_authority(base, base->port_given, authority, sizeof authority);
	if (snprintf(whole, sizeof whole, "%s://%s%.*s%s", base->scheme, authority, (int)path, base->target, text) >=
	    URL_BYTES)
		return -1;
	return url_read(u, whole);
}
