/* A calendar's text: whatever is in it, an agenda within its bounds, in the asked-for time; and what is changed in it
 * can be read again. */
#include "fuzz.h"

#include "../../cmd/tools/calendar/ics.h"

#define FROM 1795000000
#define TO (FROM + 14 * 86400)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct agenda g = { .count = 0 };
	char *text = fuzz_text(bytes, n), *changed;

	(void)ics_read(text, "h", "e", FROM, TO, &g);
	agenda_sort(&g);
	EXPECT(g.count <= AGENDA_MAX);
	for (size_t i = 0; i < g.count; i++) {
		EXPECT(g.all[i].from < TO && g.all[i].to >= FROM && g.all[i].to >= g.all[i].from);
		EXPECT(strlen(g.all[i].title) < AGENDA_TITLE_BYTES && !strpbrk(g.all[i].title, "\r\n"));
	}
	if (g.count) {
		struct appointment to = { .from = FROM + 86400, .to = FROM + 90000 };

		changed = ics_move(text, &g.all[0], &to, FROM);
		free(changed);
		changed = ics_except(text, &g.all[0], FROM);
		free(changed);
	}
	agenda_close(&g);
	free(text);
	return 0;
}
