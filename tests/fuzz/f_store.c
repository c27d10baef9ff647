/* Requests to the memory, one a line: each is answered with an object that says ok or why not, words of a search are no
 * syntax of the index, and the memory stays well. */
#include "fuzz.h"

#include "../../cmd/rd-store/store.h"
#include <cjson/cJSON.h>

#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct store store;
	static char path[96];
	char *line;

	if (!*path) {
		snprintf(path, sizeof path, "%s/memory.db", fuzz_folder());
		store_open(&store, path, 0);
	}
	EXPECT(db_do(&store.db, "DELETE FROM calls", "") >= 0 && db_do(&store.db, "DELETE FROM callers", "") >= 0);
	while ((line = fuzz_line(&bytes, &n))) {
		struct cJSON *request = json_parse(line, strlen(line)), *answer;

		if (request) {
			answer = store_answer(&store, request);
			EXPECT(json_flag(answer, "ok", false) || json_text(answer, "error"));
			EXPECT(store_well(&store));
			cJSON_Delete(answer);
		}
		cJSON_Delete(request);
		free(line);
	}
	return 0;
}
