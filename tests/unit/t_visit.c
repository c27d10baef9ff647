#include "../../cmd/tools/web_read/visit.h"

#include <arpa/inet.h>
#include <cmocka.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A name server that lies: names that look public lead to this machine. libcurl asks here, as this program's function
 * goes before the C library's. */
static int lookups;

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	void *found = dlsym(RTLD_NEXT, "getaddrinfo");

	memcpy(&real, &found, sizeof real);
	lookups++;
	if (node && strcmp(node, "rebound.example.com") == 0)
		node = "127.0.0.1";
	if (node && strcmp(node, "rebound6.example.com") == 0)
		node = "::ffff:127.0.0.1";
	return real(node, service, hints, out);
}

static const struct {
	const char *text, *url; /* NULL: none */
} addresses[] = {
	{ "example.com", "https://example.com/" },
	{ " example.com/a b ", "https://example.com/a%20b" },
	{ "HTTP://Example.com/\xc3\xa9?q=\xc3\xa9#part", "http://Example.com/%C3%A9?q=%C3%A9" },
	{ "https://example.com:8443/x", "https://example.com:8443/x" },
	{ "example.com:8080/x", "https://example.com:8080/x" },
	{ "[2606:4700::1111]/x", "https://[2606:4700::1111]/x" },
	{ "file:///etc/passwd", NULL },
	{ "ftp://example.com/", NULL },
	{ "ws://example.com/", NULL },
	{ "gopher://example.com/", NULL },
	{ "javascript:alert(1)", NULL },
	{ "http://name:word@example.com/", NULL },
	{ "name@example.com", NULL },
	{ "http:///path", NULL },
	{ "", NULL },
	{ "exam ple.com", NULL },
	{ "exam\nple.com", NULL },
};

static void addresses_are_read(void **state)
{
	char url[URL_BYTES + 200];
	struct url u;

	(void)state;
	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
		int failed = visit_read_address(&u, addresses[i].text);

		if (failed != (addresses[i].url ? 0 : -1))
			fail_msg("%s", addresses[i].text);
		if (!failed)
			assert_string_equal(url_print(&u, url, sizeof url), addresses[i].url);
	}
}

static const struct {
	const char *url, *own, *why;
} refusals[] = {
	{ "http://rebound.example.com/", NULL, "rebound.example.com is not on the public internet" },
	{ "https://rebound.example.com:8443/", NULL, "rebound.example.com is not on the public internet" },
	{ "http://rebound6.example.com/", NULL, "rebound6.example.com is not on the public internet" },
	{ "http://rebound.example.com/", "other.example.com,rebound.example.com:81", "rebound.example.com is not on" },
	{ "http://rebound.example.com:81/", NULL, "I do not open pages at port 81." },
	{ "http://127.0.0.1/", "", "127.0.0.1 is not on the public internet" },
	{ "http://127.0.0.1/", "no", "127.0.0.1 is not on the public internet" },
	{ "http://localhost/", "127.0.0.1", "localhost is not on the public internet" },
};

/* Nothing listens there, or may: it is refused before anybody could notice. */
static void what_leads_to_this_machine_is_refused(void **state)
{
	char why[VISIT_WHY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		struct visit v;
		struct url u;

		assert_int_equal(visit_read_address(&u, refusals[i].url), 0);
		assert_int_equal(visit(&v, &u, refusals[i].own, 10, why), -1);
		if (strncmp(why, refusals[i].why, strlen(refusals[i].why)) != 0)
			fail_msg("%s: %s", refusals[i].url, why);
		visit_close(&v);
	}
	assert_true(lookups >= 3); /* or the lie was told to nobody */
}

/* The counter-proof: named as one's own, the same name is connected to, and nobody answers at a port that is closed. */
static void one_s_own_host_is_connected_to(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof a;
	char why[VISIT_WHY_BYTES], address[64];
	struct visit v;
	struct url u;

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a),
			 0); /* bound, not listening: connections are refused */
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	snprintf(address, sizeof address, "http://rebound.example.com:%d/", ntohs(a.sin_port));
	assert_int_equal(visit_read_address(&u, address), 0);
	assert_int_equal(visit(&v, &u, "a.example.com, rebound.example.com", 10, why), -1);
	assert_string_equal(why, "I cannot open rebound.example.com: nobody answers there.");
	visit_close(&v);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read),
		cmocka_unit_test(what_leads_to_this_machine_is_refused),
		cmocka_unit_test(one_s_own_host_is_connected_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
