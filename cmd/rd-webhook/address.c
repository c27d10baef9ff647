#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define LAST_BYTES 64

static bool key_of_v4(const struct in_addr *a, char out[GUARD_KEY_BYTES])
{
	(void)inet_ntop(AF_INET, a, out, GUARD_KEY_BYTES); /* cannot fail: it fits */
	return ntohl(a->s_addr) >> 24 == IN_LOOPBACKNET;
}

static bool key_of_v6(const struct in6_addr *a, char out[GUARD_KEY_BYTES])
{
	struct in6_addr network = *a;
	struct in_addr v4;
	char text[INET6_ADDRSTRLEN];

	if (IN6_IS_ADDR_V4MAPPED(a)) {
		memcpy(&v4, a->s6_addr + 12, sizeof v4);
		return key_of_v4(&v4, out);
	}
	memset(network.s6_addr + 8, 0, 8);
	(void)inet_ntop(AF_INET6, &network, text, sizeof text);
	snprintf(out, GUARD_KEY_BYTES, "%s/64", text);
	return IN6_IS_ADDR_LOOPBACK(a);
}

bool address_of(const struct sockaddr *peer, char out[GUARD_KEY_BYTES])
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	if (peer->sa_family == AF_INET) {
		memcpy(&v4, peer, sizeof v4);
		return key_of_v4(&v4.sin_addr, out);
	}
	if (peer->sa_family == AF_INET6) {
		memcpy(&v6, peer, sizeof v6);
		return key_of_v6(&v6.sin6_addr, out);
	}
	snprintf(out, GUARD_KEY_BYTES, "unknown");
	return false;
}

int address_forwarded(const char *header, char out[GUARD_KEY_BYTES])
{
	const char *comma = strrchr(header, ','), *last = comma ? comma + 1 : header;
	char text[LAST_BYTES];
	struct in6_addr v6;
	struct in_addr v4;

	last += strspn(last, " \t");
	if (strlen(last) >= sizeof text)
		return -1;
	snprintf(text, sizeof text, "%.*s", (int)strcspn(last, " \t"), last);
	if (inet_pton(AF_INET, text, &v4) == 1)
		(void)key_of_v4(&v4, out); /* loopback, too: of a front before the front */
	else if (inet_pton(AF_INET6, text, &v6) == 1)
		(void)key_of_v6(&v6, out);
	else
		return -1;
	return 0;
}
