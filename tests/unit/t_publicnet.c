#include "publicnet.h"

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

/* By the registries of IANA; the first and the last of each block, and their neighbours. */
static const struct {
	const char *address;
	bool is_public;
} cases[] = {
	{ "0.0.0.0", false },
	{ "0.255.255.255", false },
	{ "1.0.0.0", true },
	{ "8.8.8.8", true },
	{ "9.255.255.255", true },
	{ "10.0.0.0", false },
	{ "10.255.255.255", false },
	{ "11.0.0.0", true },
	{ "100.63.255.255", true },
	{ "100.64.0.0", false },
	{ "100.127.255.255", false },
	{ "100.128.0.0", true },
	{ "126.255.255.255", true },
	{ "127.0.0.1", false },
	{ "127.255.255.255", false },
	{ "128.0.0.1", true },
	{ "169.253.255.255", true },
	{ "169.254.169.254", false },
	{ "169.255.0.0", true },
	{ "172.15.255.255", true },
	{ "172.16.0.0", false },
	{ "172.31.255.255", false },
	{ "172.32.0.0", true },
	{ "192.0.0.9", false },
	{ "192.0.1.0", true },
	{ "192.0.2.1", false },
	{ "192.0.3.0", true },
	{ "192.31.196.1", false },
	{ "192.52.193.1", false },
	{ "192.88.99.1", false },
	{ "192.88.100.0", true },
	{ "192.167.255.255", true },
	{ "192.168.0.1", false },
	{ "192.169.0.0", true },
	{ "192.175.48.1", false },
	{ "198.17.255.255", true },
	{ "198.18.0.0", false },
	{ "198.19.255.255", false },
	{ "198.20.0.0", true },
	{ "198.51.100.7", false },
	{ "203.0.113.7", false },
	{ "203.0.114.0", true },
	{ "223.255.255.255", true },
	{ "224.0.0.1", false },
	{ "239.255.255.250", false },
	{ "240.0.0.1", false },
	{ "255.255.255.255", false },
	{ "::", false },
	{ "::1", false },
	{ "::ffff:127.0.0.1", false },
	{ "::ffff:8.8.8.8", false },
	{ "::8.8.8.8", false },
	{ "64:ff9b::a00:1", false },
	{ "64:ff9b:1::1", false },
	{ "100::1", false },
	{ "1fff:ffff::1", false },
	{ "2000::1", true },
	{ "2001::1", false },
	{ "2001:1ff:ffff::1", false },
	{ "2001:200::1", true },
	{ "2001:db8::1", false },
	{ "2001:db9::1", true },
	{ "2002:7f00:1::1", false },
	{ "2003::1", true },
	{ "2606:4700::1111", true },
	{ "2620:4f:8000::1", false },
	{ "2a00:1450:4001::1", true },
	{ "3ffe::1", true },
	{ "3fff::1", false },
	{ "3fff:fff::1", false },
	{ "3fff:1000::1", true },
	{ "4000::1", false },
	{ "5f00::1", false },
	{ "fc00::1", false },
	{ "fd00:ec2::254", false },
	{ "fe80::1", false },
	{ "fec0::1", false },
	{ "ff02::1", false },
};

static socklen_t read_address(const char *text, struct sockaddr_storage *out)
{
	struct sockaddr_in *in4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof *out);
	if (inet_pton(AF_INET, text, &in4->sin_addr) == 1) {
		in4->sin_family = AF_INET;
		return sizeof *in4;
	}
	assert_int_equal(inet_pton(AF_INET6, text, &in6->sin6_addr), 1);
	in6->sin6_family = AF_INET6;
	return sizeof *in6;
}

static void addresses_are_judged_by_their_bytes(void **state)
{
	struct sockaddr_storage address;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		socklen_t n = read_address(cases[i].address, &address);

		if (publicnet_has((struct sockaddr *)&address, n) != cases[i].is_public)
			fail_msg("%s is %spublic", cases[i].address, cases[i].is_public ? "" : "not ");
		assert_false(publicnet_has((struct sockaddr *)&address, n - 1));
	}
}

static void only_the_internet_s_families_count(void **state)
{
	struct sockaddr_un local = { .sun_family = AF_UNIX, .sun_path = "/run/x" };
	struct sockaddr_storage address;

	(void)state;
	assert_false(publicnet_has((struct sockaddr *)&local, sizeof local));
	assert_false(publicnet_is_ours((struct sockaddr *)&local, sizeof local));
	assert_true(publicnet_is_ours((struct sockaddr *)&address, read_address("127.0.0.1", &address)));
	assert_false(publicnet_is_ours((struct sockaddr *)&address, read_address("8.8.8.8", &address)));
}

static const struct {
	const char *host;
	bool may;
} names[] = {
	{ "example.com", true },
	{ "example.com.", true },
	{ "b\303\274cher.example", true },
	{ "localhost", false },
	{ "LOCALHOST.", false },
	{ "a.localhost", false },
	{ "printer.local", false },
	{ "printer.LOCAL.", false },
	{ "vault.internal", false },
	{ "nas.home.arpa", false },
	{ "router.lan", false },
	{ "router", false },
	{ "", false },
	{ "...", false },
	{ "local.example.com", true },
	{ "127.0.0.1", true }, /* its bytes decide */
	{ "0x7f.1", true },
	{ "2130706433", true },
	{ "0x7f000001", true },
	{ "::1", true },
	{ "fe80::1", true },
	{ "cafe", false }, /* a word that could be digits */
};

static void names_of_a_house_are_not_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (publicnet_may_ask_for(names[i].host) != names[i].may)
			fail_msg("%s", names[i].host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_judged_by_their_bytes),
		cmocka_unit_test(only_the_internet_s_families_count),
		cmocka_unit_test(names_of_a_house_are_not_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
