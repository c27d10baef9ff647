#include "publicnet.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* The registries' special purpose blocks, and multicast. */
static const struct {
	uint32_t base;
	int bits;
} closed4[] = {
	{ 0x00000000, 8 },  /* 0.0.0.0: connects to this machine */
	{ 0x0a000000, 8 },  /* 10 */
	{ 0x64400000, 10 }, /* 100.64: a carrier's own */
	{ 0x7f000000, 8 },  /* 127 */
	{ 0xa9fe0000, 16 }, /* 169.254: link, and a cloud's metadata */
	{ 0xac100000, 12 }, /* 172.16 */
	{ 0xc0000000, 24 }, /* 192.0.0: protocols */
	{ 0xc0000200, 24 }, /* 192.0.2: examples */
	{ 0xc01fc400, 24 }, /* 192.31.196: AS112 */
	{ 0xc034c100, 24 }, /* 192.52.193: AMT */
	{ 0xc0586300, 24 }, /* 192.88.99: 6to4 relays */
	{ 0xc0a80000, 16 }, /* 192.168 */
	{ 0xc0af3000, 24 }, /* 192.175.48: AS112 */
	{ 0xc6120000, 15 }, /* 198.18: benchmarks */
	{ 0xc6336400, 24 }, /* 198.51.100: examples */
	{ 0xcb007100, 24 }, /* 203.0.113: examples */
	{ 0xe0000000, 3 },  /* 224 and up: multicast, reserved, broadcast */
};

/* Of 2000::/3, which is all that is given out; the rest is closed as a whole, ::ffff:0:0/96 with it. */
static const struct {
	uint8_t base[4];
	int bits;
} closed6[] = {
	{ { 0x20, 0x01, 0x00, 0x00 }, 23 }, /* protocols: Teredo, ORCHID, benchmarks */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* examples */
	{ { 0x20, 0x02, 0x00, 0x00 }, 16 }, /* 6to4: an IPv4 address inside */
	{ { 0x26, 0x20, 0x00, 0x4f }, 32 }, /* 2620:4f:8000::/48, AS112, and what is beside it */
	{ { 0x3f, 0xff, 0x00, 0x00 }, 20 }, /* examples */
};

static bool is_public4(const struct sockaddr_in *a)
{
	uint32_t address = ntohl(a->sin_addr.s_addr);

	for (size_t i = 0; i < sizeof closed4 / sizeof closed4[0]; i++)
		if (((address ^ closed4[i].base) & (0xffffffffu << (32 - closed4[i].bits))) == 0)
			return false;
	return true;
}

static bool begins_with(const uint8_t *address, const uint8_t *base, int bits)
{
	int whole = bits / 8;

	return memcmp(address, base, (size_t)whole) == 0 &&
	       (bits % 8 == 0 || ((address[whole] ^ base[whole]) & (0xff << (8 - bits % 8))) == 0);
}

static bool is_public6(const struct sockaddr_in6 *a)
{
	const uint8_t *address = a->sin6_addr.s6_addr;

	if ((address[0] & 0xe0) != 0x20)
		return false;
	for (size_t i = 0; i < sizeof closed6 / sizeof closed6[0]; i++)
		if (begins_with(address, closed6[i].base, closed6[i].bits))
			return false;
	return true;
}

bool publicnet_has(const struct sockaddr *address, socklen_t n)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (n >= sizeof in4 && address->sa_family == AF_INET) {
		memcpy(&in4, address, sizeof in4);
		return is_public4(&in4);
	}
	if (n >= sizeof in6 && address->sa_family == AF_INET6) {
		memcpy(&in6, address, sizeof in6);
		return is_public6(&in6);
	}
	return false;
}

static bool is_same(const struct sockaddr *a, const struct sockaddr *b)
{
	if (a->sa_family != b->sa_family)
		return false;
	if (a->sa_family == AF_INET)
		return memcmp((const char *)a + offsetof(struct sockaddr_in, sin_addr),
			      (const char *)b + offsetof(struct sockaddr_in, sin_addr), sizeof(struct in_addr)) == 0;
	return a->sa_family == AF_INET6 &&
	       memcmp((const char *)a + offsetof(struct sockaddr_in6, sin6_addr),
		      (const char *)b + offsetof(struct sockaddr_in6, sin6_addr), sizeof(struct in6_addr)) == 0;
}

bool publicnet_is_ours(const struct sockaddr *address, socklen_t n)
{
	struct ifaddrs *all;
	bool found = false;

	if (n < sizeof(struct sockaddr_in) || getifaddrs(&all) < 0)
		return false;
	for (const struct ifaddrs *i = all; i && !found; i = i->ifa_next)
		found = i->ifa_addr && is_same(i->ifa_addr, address);
	freeifaddrs(all);
	return found;
}

static bool ends_with(const char *host, size_t n, const char *ending)
{
	size_t length = strlen(ending);

	return n >= length && strncasecmp(host + n - length, ending, length) == 0;
}

bool publicnet_may_ask_for(const char *host)
{
	static const char *const endings[] = { ".localhost", ".local",	   ".localdomain", ".internal", ".intranet",
					       ".lan",	     ".home.arpa", ".home",	   ".corp",	".private" };
	size_t n = strlen(host);

	while (n && host[n - 1] == '.')
		n--;
	if (n == 0)
		return false;
	if (memchr(host, ':', n) || host[strspn(host, "0123456789xXabcdefABCDEF")] == 0)
		return strpbrk(host, ":0123456789") != NULL; /* an address, perhaps in one number */
	if (!memchr(host, '.', n))
		return false;
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (ends_with(host, n, endings[i]))
			return false;
	return true;
}
