/* The journal of tools as a crash may have left it: lines that cannot be understood are counted, the others read the
 * same again after more was written behind them. */
#include "fuzz.h"

#include "../../cmd/rd-tools/journal.h"
#include <cjson/cJSON.h>

#include "json.h"

/* A call is taken, begun and answered behind whatever stands there. */
static void go_on(struct journal *j)
{
	struct cJSON *arguments = json_make("key:s", "door");
	struct journal_entry *e =
		journal_find(j, "call_fuzz") ? NULL : journal_take(j, "call_fuzz", "lookup", arguments);

	cJSON_Delete(arguments);
	if (!e)
		return;
	EXPECT(journal_begun(j, e, TOOL_OUTSIDE) == 0 && journal_running(j, e, 1) == 0);
	EXPECT(journal_done(j, e, json_make("event:j", json_make("type:s", "tool.result"))) == 0);
}

static void same(const struct journal *a, const struct journal *b)
{
	EXPECT(a->count == b->count);
	for (size_t i = 0; i < a->count; i++) {
		EXPECT(strcmp(a->entries[i].id, b->entries[i].id) == 0);
		EXPECT(strcmp(a->entries[i].name, b->entries[i].name) == 0);
		EXPECT(a->entries[i].state == b->entries[i].state && a->entries[i].effect == b->entries[i].effect);
		EXPECT(a->entries[i].pid == b->entries[i].pid);
		EXPECT(!a->entries[i].result == !b->entries[i].result);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct journal first, second;
	char path[96];

	fuzz_file(path, "journal", bytes, n);
	EXPECT(journal_open(&first, fuzz_folder()) == 0 && first.count <= JOURNAL_ENTRIES_MAX);
	for (size_t i = 0; i < first.count; i++) {
		EXPECT(tool_is_name(first.entries[i].name) && journal_find(&first, first.entries[i].id));
		(void)journal_survives(&first.entries[i]);
	}
	go_on(&first);
	EXPECT(journal_open(&second, fuzz_folder()) == 0);
	EXPECT(second.unread == first.unread); /* a torn line is closed, and stays what it is */
	same(&first, &second);
	journal_close(&first);
	journal_close(&second);
	return 0;
}
