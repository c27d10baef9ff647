#include "toolkit.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "utf8.h"

#define INPUT_MAX_BYTES 65536u
#define PROGRESS_FD 3

enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE = 100, EXIT_AGAIN = 111 };

static bool progress; /* somebody gave us a pipe for it */

static struct cJSON *answer(int ok, const char *format, va_list args)
{
	char text[2048];

	vsnprintf(text, sizeof text, format, args);
	text[utf8_clip(text, sizeof text - 2)] = 0; /* of what is too long no half character */
	return json_make("ok:b text:s", ok, text);
}

struct cJSON *toolkit_ok(const char *format, ...)
{
	struct cJSON *made;
	va_list args;

	va_start(args, format);
	made = answer(1, format, args);
	va_end(args);
	return made;
}

struct cJSON *toolkit_failed(const char *format, ...)
{
	struct cJSON *made;
	va_list args;

	va_start(args, format);
	made = answer(0, format, args);
	va_end(args);
	return made;
}

struct cJSON *toolkit_unavailable(const char *format, ...)
{
	struct cJSON *made;
	va_list args;

	va_start(args, format);
	made = answer(0, format, args);
	va_end(args);
	cJSON_AddBoolToObject(made, "unavailable", true);
	return made;
}

struct cJSON *toolkit_unknown(const char *format, ...)
{
	struct cJSON *made;
	va_list args;

	va_start(args, format);
	made = answer(0, format, args);
	va_end(args);
	cJSON_AddStringToObject(made, "outcome", "unknown");
	return made;
}

struct cJSON *toolkit_text(const char *text)
{
	return json_make("ok:b text:s", 1, text);
}

void toolkit_progress(const char *format, ...)
{
	char line[200];
	va_list args;
	size_t n;

	if (!progress)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	line[utf8_clip(line, sizeof line - 2)] = 0;
	for (n = 0; line[n]; n++)
		if ((unsigned char)line[n] < ' ')
			line[n] = ' ';
	line[n++] = '\n';
	(void)!write(PROGRESS_FD, line, n); /* nobody listens any more: nobody has to hear it */
}

struct cJSON *toolkit_say(struct cJSON *made, struct cJSON *event)
{
	struct cJSON *list = cJSON_GetObjectItemCaseSensitive(made, "say");

	if (made && !list)
		list = cJSON_AddArrayToObject(made, "say");
	if (!list || !cJSON_AddItemToArray(list, event))
		cJSON_Delete(event);
	return made;
}

struct cJSON *toolkit_data(struct cJSON *made, struct cJSON *data)
{
	if (!made || !cJSON_AddItemToObject(made, "data", data))
		cJSON_Delete(data);
	return made;
}

const char *toolkit_count(long n, char out[TOOLKIT_COUNT_BYTES])
{
	static const char *const words[] = { "no",    "one",   "two",  "three", "four",	  "five",  "six",
					     "seven", "eight", "nine", "ten",	"eleven", "twelve" };

	if (n >= 0 && n < (long)(sizeof words / sizeof words[0]))
		return words[n];
	snprintf(out, TOOLKIT_COUNT_BYTES, "%ld", n);
	return out;
}

const char *toolkit_count_begin(long n, char out[TOOLKIT_COUNT_BYTES])
{
	const char *word = toolkit_count(n, out);

	if (word != out)
		snprintf(out, TOOLKIT_COUNT_BYTES, "%s", word);
	out[0] = (char)toupper((unsigned char)out[0]);
	return out;
}

void toolkit_line(const char *text, char *out, size_t size)
{
	size_t n;

	text += strspn(text, " \t\r\n");
	n = utf8_clip(text, size - 1);
	memcpy(out, text, n);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)out[i] < ' ' || out[i] == 0x7f)
			out[i] = ' ';
	while (n && out[n - 1] == ' ')
		n--;
	out[n] = 0;
}

const char *toolkit_stop(const char *text)
{
	size_t n = strlen(text);

	return n && strchr(".!?:;", text[n - 1]) ? "" : ".";
}

struct cJSON *toolkit_list(const char *name)
{
	return cJSON_CreateStringArray(&name, 1);
}

/* Prints a line of JSON; the object is deleted. */
static int print(struct cJSON *object)
{
	char *text = json_print(object);
	bool ok = text && printf("%s\n", text) > 0 && fflush(stdout) == 0;

	free(text);
	return ok ? EXIT_OK : EXIT_AGAIN;
}

static struct cJSON *read_arguments(void)
{
	char *text = malloc(INPUT_MAX_BYTES);
	size_t n = text ? fread(text, 1, INPUT_MAX_BYTES, stdin) : 0;
	struct cJSON *arguments = n && n < INPUT_MAX_BYTES ? json_parse(text, n) : NULL;

	free(text);
	return arguments;
}

static int run(const struct toolkit *t)
{
	struct cJSON *arguments = read_arguments(), *made;
	struct stat st;
	bool ok, unavailable;

	/* by hand it may be closed, and then the first file that is opened */
	progress = fstat(PROGRESS_FD, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
	if (!arguments) {
		fprintf(stderr, "%s: error: one JSON object expected on standard input, e.g. echo '{}' | %s\n", t->name,
			t->name);
		return EXIT_USAGE;
	}
	made = t->run(arguments);
	cJSON_Delete(arguments);
	ok = json_flag(made, "ok", false);
	unavailable = json_flag(made, "unavailable", false);
	return print(made) == EXIT_OK ? (ok ? EXIT_OK : unavailable ? EXIT_USAGE : EXIT_FAILED) : EXIT_AGAIN;
}

static int help(const struct toolkit *t)
{
	struct cJSON *document = t->describe();
	const char *description = json_text(document, "description"), *unavailable = json_text(document, "unavailable");

	printf("usage: %s [--schema | --help | --version] < ARGUMENTS\n%s\nSee ringdown-tools(7).\n", t->name,
	       description   ? description
	       : unavailable ? unavailable
			     : "");
	cJSON_Delete(document);
	return EXIT_OK;
}

int toolkit_main(const struct toolkit *t, int argc, char **argv)
{
	if (argc == 1)
		return run(t);
	if (argc == 2 && strcmp(argv[1], "--schema") == 0)
		return print(t->describe());
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return help(t);
	if (argc == 2 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0))
		return printf("%s %s\n", t->name, RD_VERSION) > 0 ? EXIT_OK : EXIT_AGAIN;
	fprintf(stderr, "%s: error: --schema, --help, --version or nothing expected\n", t->name);
	return EXIT_USAGE;
}
