#include "../../cmd/tools/docs/docs.h"

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../cmd/tools/docs/folder.h"
#include "json.h"

static char folder[300];

static void put(const char *name, const char *text)
{
	char path[600];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int make_documents(void **state)
{
	char path[600];
	FILE *f;

	(void)state;
	assert_int_equal(mkdir(folder, 0700), 0);
	put("b-garden_plan.md", "# The *Garden* Plan\n\nTwo beds and a shed.\n\n- buy seeds\n");
	put("a letter from mum.TXT", "Dear Anna,\nhow is the shed?\n\nMum\n");
	put("garden tools.txt", "A spade.\n");
	put("empty.md", "\n");
	put("latin.txt", "caf\xe9\n");
	put(".hidden.txt", "no");
	put("program.sh", "no");
	snprintf(path, sizeof path, "%s/big.txt", folder);
	f = fopen(path, "w");
	assert_int_equal(ftruncate(fileno(f), FOLDER_FILE_MAX_BYTES + 1), 0);
	fclose(f);
	snprintf(path, sizeof path, "%s/secret.txt", folder);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	snprintf(path, sizeof path, "%s/fifo.txt", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(path, sizeof path, "%s/folder.md", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	setenv("RINGDOWN_SETTING_FOLDER", folder, 1);
	return 0;
}

static const struct {
	const char *arguments;
	bool ok;
	const char *text;
} cases[] = {
	{ "{\"do\":\"list\"}", true,
	  "There are six documents. One: a letter from mum. Two: The Garden Plan. Three: big. Four: empty. Five: garden tools. "
	  "Six: latin." },
	{ "{\"do\":\"read\",\"name\":\"the garden plan\"}", true,
	  "The Garden Plan.\nTwo beds and a shed.\nbuy seeds.\nThat is the end." },
	{ "{\"do\":\"read\",\"name\":\"Garden-Plan\"}", true, "The Garden Plan." },
	{ "{\"do\":\"read\",\"name\":\"b-garden_plan.md\"}", true, "The Garden Plan." },
	{ "{\"do\":\"read\",\"name\":\"plan\"}", true, "The Garden Plan." },
	{ "{\"do\":\"read\",\"n\":2,\"from\":2}", true, "Two beds and a shed.\nbuy seeds.\nThat is the end." },
	{ "{\"do\":\"read\",\"n\":2,\"from\":4}", false, "That was the end of The Garden Plan; it has 3 paragraphs." },
	{ "{\"do\":\"read\",\"n\":2,\"from\":1e300}", false, "That was the end of" },
	{ "{\"do\":\"read\",\"n\":2,\"from\":-1}", true, "The Garden Plan." },
	{ "{\"do\":\"read\",\"name\":\"letter\"}", true, "a letter from mum.\nDear Anna, how is the shed?\nMum\nThat is the end." },
	{ "{\"do\":\"read\",\"name\":\"latin\"}", true, "latin.\ncaf?\n" },
	{ "{\"do\":\"read\",\"name\":\"garden\"}", false, "Several documents are called like garden. Which one?" },
	{ "{\"do\":\"read\",\"name\":\"empty\"}", false, "empty is empty." },
	{ "{\"do\":\"read\",\"name\":\"big\"}", false, "big is too long to be read aloud." },
	{ "{\"do\":\"read\",\"name\":\"secret\"}", false, "There is no document called secret." },
	{ "{\"do\":\"read\",\"name\":\"../../etc/passwd\"}", false, "There is no document called" },
	{ "{\"do\":\"read\",\"name\":\"/etc/passwd\"}", false, "There is no document called" },
	{ "{\"do\":\"read\",\"name\":\"...\"}", false, "There is no document called" },
	{ "{\"do\":\"read\",\"n\":7}", false, "There is no document with that number; there are 6." },
	{ "{\"do\":\"read\"}", false, "Which document shall I read?" },
	{ "{\"do\":\"find\",\"name\":\"shed\"}", true, "In The Garden Plan, paragraph two. In a letter from mum, paragraph one." },
	{ "{\"do\":\"find\",\"name\":\"Beds, shed?\"}", true, "In The Garden Plan, paragraph two." },
	{ "{\"do\":\"find\",\"name\":\"root\"}", true, "No document has the words root." },
	{ "{\"do\":\"find\"}", false, "Which words shall I look for?" },
	{ "{\"do\":\"find\",\"name\":\" ?! \"}", false, "Which words shall I look for?" },
	{ "{\"do\":\"find\",\"name\":\"two\\tshed\"}", true, "In The Garden Plan, paragraph two." },
	{ "{\"do\":\"find\",\"name\":\"spades\"}", true, "No document has the words spades." },
	{ "{\"do\":\"find\",\"name\":\"CAF\"}", true, "In latin, paragraph one." },
	{ "{\"do\":\"find\",\"name\":\"letter from mum\"}", true, "In a letter from mum, paragraph one." },
	{ "{\"do\":\"find\",\"name\":\"where is the spade and the root\"}", true,
	  "Not all of these words are in one place. In garden tools, paragraph one." },
	{ "{\"do\":\"find\",\"name\":\"a\\\" OR text:* NEAR( shed\"}", true, "" },
	{ "{\"do\":\"write\"}", false, "do: list, read, find, create or append expected." },
};

/* In this order: each finds what those before have left. */
static const struct {
	const char *call, *arguments; /* RINGDOWN_TOOL_CALL */
	bool ok;
	const char *text, *file, *content; /* NULL: not looked at; content NULL: it is not there */
} changes[] = {
	{ "1", "{\"do\":\"create\",\"name\":\"Roof: offers/2\",\"text\":\"The first.\"}", true,
	  "There is a new document: Roof: offers/2.", "Roof offers 2.md", "# Roof: offers/2\n\nThe first.\n" },
	{ "1", "{\"do\":\"create\",\"name\":\"Roof: offers/2\",\"text\":\"The first.\"}", true,
	  "There is a new document: Roof: offers/2.", "Roof offers 2.md", "# Roof: offers/2\n\nThe first.\n" },
	{ "2", "{\"do\":\"create\",\"name\":\"roof - offers 2\",\"text\":\"Other.\"}", true,
	  "There is a new document: roof - offers 2.", "roof - offers 2.md", "# roof - offers 2\n\nOther.\n" },
	{ "3", "{\"do\":\"create\",\"name\":\"Roof offers 2\",\"text\":\"Other.\"}", false,
	  "There is a document called Roof offers 2 already.", "Roof offers 2.md", "# Roof: offers/2\n\nThe first.\n" },
	{ "4", "{\"do\":\"append\",\"name\":\"garden tools\",\"text\":\" A rake.\\n\\n\"}", true, "It is added to garden tools.",
	  "garden tools.txt", "A spade.\n\nA rake.\n" },
	{ "4", "{\"do\":\"append\",\"name\":\"garden tools\",\"text\":\" A rake.\\n\\n\"}", true, "It is added to garden tools.",
	  "garden tools.txt", "A spade.\n\nA rake.\n" },
	{ "5", "{\"do\":\"append\",\"name\":\"garden tools\",\"text\":\"A hoe.\"}", true, "It is added to garden tools.",
	  "garden tools.txt", "A spade.\n\nA rake.\n\nA hoe.\n" },
	{ "", "{\"do\":\"find\",\"name\":\"hoe\"}", true, "In garden tools, paragraph three.", NULL, NULL },
	{ "", "{\"do\":\"append\",\"name\":\"empty\",\"text\":\"x\\u0001y\"}", true, "It is added to empty.", "empty.md", "\n\nx y\n" },
	{ "6", "{\"do\":\"append\",\"name\":\"big\",\"text\":\"x\"}", false, "I cannot add to big: File too large.", NULL, NULL },
	{ "7", "{\"do\":\"create\",\"name\":\"../../etc/cron\",\"text\":\"x\"}", true, "There is a new document: ../../etc/cron.",
	  "etc cron.md", "# ../../etc/cron\n\nx\n" },
	{ "8", "{\"do\":\"create\",\"name\":\"...\",\"text\":\"x\"}", false, "What is the new document to be called?", "...md", NULL },
	{ "8", "{\"do\":\"create\",\"name\":\"-\",\"text\":\"x\"}", false, "What is the new document to be called?", NULL, NULL },
	{ "8", "{\"do\":\"create\",\"name\":\"secret\",\"text\":\"x\"}", true, "There is a new document: secret.", "secret.md",
	  "# secret\n\nx\n" }, /* beside the link, which stays what it is */
	{ "9", "{\"do\":\"create\",\"name\":\"x\"}", false, "What shall I write?", "x.md", NULL },
	{ "9", "{\"do\":\"append\",\"name\":\"nowhere\",\"text\":\"x\"}", false, "There is no document called nowhere.", NULL, NULL },
	{ "9", "{\"do\":\"append\",\"text\":\"x\"}", false, "Which document shall I add to?", NULL, NULL },
};

static struct cJSON *ask(const char *arguments)
{
	struct cJSON *request = json_parse(arguments, strlen(arguments)), *answer = docs_run(request);

	cJSON_Delete(request);
	assert_non_null(answer);
	return answer;
}

static void documents_are_listed_and_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct cJSON *answer = ask(cases[i].arguments);
		const char *text = json_text(answer, "text");

		if (json_flag(answer, "ok", !cases[i].ok) != cases[i].ok ||
		    strncmp(text, cases[i].text, strlen(cases[i].text)) != 0)
			fail_msg("%s: %s", cases[i].arguments, text);
		cJSON_Delete(answer);
	}
}

static void read_back(const char *name, char *out, size_t size)
{
	char path[600];
	FILE *f;
	size_t n = 0;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "r");
	if (f) {
		n = fread(out, 1, size - 1, f);
		fclose(f);
	}
	snprintf(out + n, size - n, "%s", f ? "" : "(none)");
}

static void documents_are_written_once(void **state)
{
	char content[1000];

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct cJSON *answer;
		const char *text;

		setenv("RINGDOWN_TOOL_CALL", changes[i].call, 1);
		answer = ask(changes[i].arguments);
		text = json_text(answer, "text");
		if (json_flag(answer, "ok", !changes[i].ok) != changes[i].ok ||
		    strncmp(text, changes[i].text, strlen(changes[i].text)) != 0)
			fail_msg("%s: %s", changes[i].arguments, text);
		cJSON_Delete(answer);
		if (!changes[i].file)
			continue;
		read_back(changes[i].file, content, sizeof content);
		assert_string_equal(content, changes[i].content ? changes[i].content : "(none)");
	}
	setenv("RINGDOWN_SETTING_WRITE", "no", 1);
	cJSON_Delete(ask("{\"do\":\"create\",\"name\":\"never\",\"text\":\"x\"}"));
	unsetenv("RINGDOWN_SETTING_WRITE");
	read_back("never.md", content, sizeof content);
	assert_string_equal(content, "(none)");
	unsetenv("RINGDOWN_TOOL_CALL");
}

/* From where the answer ended on, until there is no more: every paragraph once. */
static void a_long_one_is_read_in_pieces(void **state)
{
	char text[20000], arguments[100];
	size_t used = 0;
	long next = 1, pieces = 0, paragraphs = 0;
	bool more = true;

	(void)state;
	for (int i = 0; i < 100; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "Paragraph %d has so many words in it that it takes a while "
									  "to be read aloud to somebody.\n\n", i + 1);
	put("zz long.txt", text);
	while (more) {
		struct cJSON *answer;
		const struct cJSON *data;

		snprintf(arguments, sizeof arguments, "{\"do\":\"read\",\"name\":\"zz long\",\"from\":%ld}", next);
		answer = ask(arguments);
		data = json_object(answer, "data");
		assert_int_equal(json_whole(data, "from", 0, 0, 1000), next);
		next = json_whole(data, "to", 0, 0, 1000) + 1;
		paragraphs = json_whole(data, "paragraphs", 0, 0, 1000);
		more = json_flag(data, "more", false);
		assert_in_range(strlen(json_text(data, "text")), 1, 1300);
		cJSON_Delete(answer);
		pieces++;
	}
	assert_int_equal(paragraphs, 100);
	assert_int_equal(next, 101);
	assert_in_range(pieces, 7, 12);
}

static void no_folder_is_no_document(void **state)
{
	struct cJSON *answer;

	(void)state;
	unsetenv("RINGDOWN_SETTING_FOLDER");
	setenv("RINGDOWN_TOOL_DIR", "/nowhere/tools/docs", 1);
	answer = ask("{\"do\":\"read\",\"name\":\"x\"}");
	assert_string_equal(json_text(answer, "text"), "There are no documents.");
	cJSON_Delete(answer);
	setenv("RINGDOWN_SETTING_FOLDER", "/etc/passwd", 1);
	answer = ask("{\"do\":\"list\"}");
	assert_string_equal(json_text(answer, "text"), "The folder of the documents cannot be opened: Not a directory.");
	cJSON_Delete(answer);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(documents_are_listed_and_read, make_documents),
		cmocka_unit_test(documents_are_written_once),
		cmocka_unit_test(a_long_one_is_read_in_pieces),
		cmocka_unit_test(no_folder_is_no_document),
	};
	char own[] = "/tmp/rd-docs-XXXXXX", kept[400];
	const char *place = getenv("TMP") ? getenv("TMP") : mkdtemp(own);

	snprintf(folder, sizeof folder, "%s/documents", place);
	snprintf(kept, sizeof kept, "%s/kept", place);
	setenv("RINGDOWN_TOOL_DIR", kept, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
