/* A whole configuration: either every complaint names the file, or what is printed of it reads back and prints the
 * same. */
#include "fuzz.h"

#include "conf.h"

static char path[96];

static char *printed(const struct conf *c, size_t *n)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, n);

	EXPECT(out && conf_print(c, out) == 0 && fclose(out) == 0);
	return text;
}

static void round_trip(const struct conf *c)
{
	size_t n, again_n;
	char *text = printed(c, &n), *again_text;
	char error[4096];
	struct conf *again;

	fuzz_file(path, "a.conf", text, n);
	again = conf_open(path, error, sizeof error);
	if (!again)
		fprintf(stderr, "%s\n%s\n", error, text);
	EXPECT(again);
	again_text = printed(again, &again_n);
	EXPECT(again_n == n && memcmp(text, again_text, n) == 0);
	conf_close(again);
	free(text);
	free(again_text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char error[4096];
	struct conf *c;

	if (memmem(bytes, n, "include", 7) && memmem(bytes, n, "\"/", 2))
		return 0; /* files of this machine are none of our inputs */
	fuzz_file(path, "a.conf", bytes, n);
	c = conf_open(path, error, sizeof error);
	if (c)
		round_trip(c);
	else
		EXPECT(strncmp(error, path, strlen(path)) == 0);
	conf_close(c);
	return 0;
}
