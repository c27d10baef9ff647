/* A TwiML document as rd-phone reads it; and what rd-webhook writes of any words is read as those words. */
#include "fuzz.h"

#include "../../cmd/rd-phone/twiml.h"

static unsigned warnings;

static void on_warning(void *ctx, int code, const char *text)
{
	(void)ctx;
	EXPECT(code >= 10000 && *text);
	warnings++;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct twiml t;
	char *text = fuzz_bytes(bytes, n), error[200] = "";
	int code = twiml_read(&t, text, n, on_warning, NULL, error, sizeof error);

	EXPECT(code == 0 || *error);
	EXPECT(t.count <= TWIML_VERBS);
	for (size_t i = 0; code == 0 && i < t.count; i++) {
		EXPECT(memchr(t.step[i].url, 0, sizeof t.step[i].url));
		EXPECT(memchr(t.step[i].text, 0, sizeof t.step[i].text) && twiml_name(t.step[i].verb));
		EXPECT(t.step[i].parameter_count <= TWIML_PARAMETERS);
	}
	free(text);
	return 0;
}
