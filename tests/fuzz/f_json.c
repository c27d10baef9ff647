/* JSON in its bounds: exactly one object, which printed and read again is the same; numbers of any size become whole
 * ones within theirs. */
#include "fuzz.h"

#include <cjson/cJSON.h>

#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *exact = fuzz_bytes(bytes, n), *text, *again_text;
	struct cJSON *object = json_parse(exact, n), *again;
	const struct cJSON *field;

	free(exact);
	if (!object)
		return 0;
	cJSON_ArrayForEach(field, object) {
		long whole = json_whole(object, field->string, 5, -10, 1000000);

		EXPECT(whole >= -10 && whole <= 1000000);
		EXPECT(!json_text(object, field->string) || !json_object(object, field->string));
		EXPECT(!json_array(object, field->string) || !json_flag(object, field->string, false));
	}
	text = json_print(object);
	EXPECT(text);
	again = json_parse(text, strlen(text));
	EXPECT(again);
	again_text = json_print(again);
	EXPECT(again_text && strcmp(text, again_text) == 0);
	free(text);
	free(again_text);
	return 0;
}
