/* The file `next`: what rd-ingest makes of an order (call.next) rd-webhook reads as the same order; and any other bytes
 * in it, or in call.json, are refused or bounded. */
#include "fuzz.h"

#include <cjson/cJSON.h>
#include <sys/stat.h>

#include "../../cmd/rd-ingest/errand.h"
#include "../../cmd/rd-webhook/folder.h"

#include "json.h"
#include "number.h"
#include "paths.h"

#define CALL "CA00000000000000000000000000000001"

static void put(const char *name, const void *bytes, size_t n)
{
	char path[96], beside[64];

	snprintf(beside, sizeof beside, "calls/" CALL "/%s", name);
	fuzz_file(path, beside, bytes, n);
}

static void is_bounded(const struct folder_next *next)
{
	EXPECT(memchr(next->to, 0, sizeof next->to) && memchr(next->digits, 0, sizeof next->digits));
	EXPECT(memchr(next->text, 0, sizeof next->text));
	EXPECT(next->verb != FOLDER_TRANSFER || number_is_e164(next->to));
	EXPECT(next->verb != FOLDER_SAY || *next->text);
}

static void carry_out(const struct errand *o)
{
	char *text = errand_file(o, 7);
	struct folder_next next;

	EXPECT(text);
	put("next", text, strlen(text));
	EXPECT(folder_next(fuzz_folder(), CALL, 7, &next) == 1 && folder_next(fuzz_folder(), CALL, 8, &next) == 0);
	EXPECT(folder_next(fuzz_folder(), CALL, 7, &next) == 1);
	is_bounded(&next);
	EXPECT(strcmp(next.digits, o->digits) == 0 && strcmp(next.to, o->to) == 0);
	EXPECT(strcmp(next.text, o->text) == 0 && next.comes_back == o->comes_back);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct cJSON *event;
	struct folder_next next;
	struct errand o;
	char text[256];

	if (folder_open(fuzz_folder()) == 0 && paths_call(fuzz_folder(), CALL, text, sizeof text) == 0)
		(void)mkdir(text, 0700); /* it is there from the second time on */
	put("next", bytes, n);
	put("call.json", bytes, n);
	put("ended", bytes, n);
	if (folder_next(fuzz_folder(), CALL, 7, &next) == 1)
		is_bounded(&next);
	if (folder_agent(fuzz_folder(), CALL, text, FOLDER_AGENT_BYTES) == 0)
		EXPECT(*text && strlen(text) < FOLDER_AGENT_BYTES);
	EXPECT(folder_ended(fuzz_folder(), CALL, text, 32) && strlen(text) < 32);
	event = json_parse(bytes, n);
	if (event && !errand_read(&o, event, 0))
		carry_out(&o);
	cJSON_Delete(event);
	return 0;
}
