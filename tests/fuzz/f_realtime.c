/* A message of the Realtime server: read by the short way as by the long way, wherever the long way takes it. */
#include "fuzz.h"

#include <cjson/cJSON.h>

#include "../../cmd/rd-bridge/realtime.h"

/* A JSON object with one more key before its own, which is escaped: a short way that reads common messages where they
 * lie has to leave it to cJSON. The caller's; NULL: no object begins here. */
static char *detour_of(const char *text, size_t n, size_t *length)
{
	static const char key[] = "{\"\\u0061\":0,";
	const size_t k = sizeof key - 1;
	size_t at = strspn(text, " \t\r\n");
	char *out;

	*length = 0;
	if (at >= n || text[at] != '{')
		return NULL;
	*length = k + n - at - 1;
	out = malloc(*length + 1);
	EXPECT(out);
	memcpy(out, key, k);
	memcpy(out + k, text + at + 1, n - at - 1);
	out[*length] = 0;
	return out;
}

static void compare_items(const struct realtime_item *a, const struct realtime_item *b)
{
	EXPECT(a->kind == b->kind && a->complete == b->complete && strcmp(a->id, b->id) == 0);
	EXPECT(strcmp(a->call_id, b->call_id) == 0 && strcmp(a->name, b->name) == 0);
	EXPECT(strcmp(a->arguments, b->arguments) == 0);
}

static void compare(const struct realtime_event *a, const struct realtime_event *b)
{
	EXPECT(a->type == b->type && strcmp(a->name, b->name) == 0);
	EXPECT(strcmp(a->response_id, b->response_id) == 0 && strcmp(a->item_id, b->item_id) == 0);
	EXPECT(a->content_index == b->content_index && a->start_ms == b->start_ms);
	EXPECT(a->type == REALTIME_AUDIO || strcmp(a->text, b->text) == 0);
	EXPECT(a->audio_bytes == b->audio_bytes);
	EXPECT(!a->audio_bytes || memcmp(a->audio, b->audio, a->audio_bytes) == 0);
	EXPECT(strcmp(a->error.code, b->error.code) == 0 && strcmp(a->response.status, b->response.status) == 0);
	EXPECT(strcmp(a->session.id, b->session.id) == 0);
	compare_items(&a->item, &b->item);
}

/* What is looked up later. */
static void look_further(const struct realtime_event *e)
{
	struct cJSON *usage = cJSON_CreateObject();
	struct realtime_item item;
	char *text;

	for (size_t i = 0; realtime_output(e, i, &item) && i < 16; i++)
		EXPECT(strlen(item.id) < REALTIME_ID_BYTES && strlen(item.call_id) < REALTIME_ID_BYTES);
	(void)realtime_usage(e, usage);
	text = cJSON_PrintUnformatted(usage);
	EXPECT(text && strlen(text) < 65536 * 16);
	free(text);
	cJSON_Delete(usage);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = fuzz_text(bytes, n), *detour;
	struct realtime_event e, long_e;
	const char *why, *long_why;
	size_t length;

	detour = detour_of(text, n, &length);
	if (realtime_read(&e, text, n, &why) == 0) {
		EXPECT(!why && strlen(e.response_id) < REALTIME_ID_BYTES && strlen(e.item_id) < REALTIME_ID_BYTES);
		look_further(&e);
		if (detour && realtime_read(&long_e, detour, length, &long_why) == 0) {
			compare(&e, &long_e);
			realtime_free(&long_e);
		}
		realtime_free(&e);
	} else {
		EXPECT(why && *why);
		EXPECT(!detour || realtime_read(&long_e, detour, length, &long_why) < 0);
	}
	free(detour);
	free(text);
	return 0;
}
