/* Values of the configuration, one a line, for the key that its first byte names, also as they come from the
 * environment or an option: what is good is held and reads back; numbers are what strtod says; what is quoted shows
 * none in full. */
#include "fuzz.h"

#include "complaint.h"
#include "conf.h"
#include "conf_check.h"
#include "conf_schema.h"
#include "number.h"
#include "utf8.h"

static void quoting_hides(const char *value)
{
	char shown[64];
	size_t digits = 0;

	complaint_quote(value, shown);
	EXPECT(strlen(shown) < sizeof shown);
	for (const char *p = shown; *p; p++)
		digits += *p >= '0' && *p <= '9';
	EXPECT(!number_is_e164(value) || digits <= 4);
}

static void number_is_right(const struct conf_key *key, const char *value)
{
	char *end;
	double number = strtod(value, &end);

	EXPECT(end > value && !*end && number >= key->min && number <= key->max);
	EXPECT(key->kind == CONF_REAL || number == (double)(long)number);
}

static void override(const struct conf_key *key, const char *value)
{
	static struct conf *c; /* of defaults; what an earlier input has set in it judges nothing */
	char error[512] = "";

	if (!c)
		c = conf_open(NULL, error, sizeof error);
	EXPECT(c);
	if (conf_set(c, key->section, NULL, key->name, value, error, sizeof error) < 0)
		EXPECT(*error && memchr(error, 0, sizeof error));
	else if (key->kind == CONF_NUMBER && !key->list)
		EXPECT(conf_number(c, key->section, NULL, key->name) == strtol(value, NULL, 10));
}

static void try_one(const struct conf_key *key, const char *value)
{
	const struct conf_section *section = NULL;
	char expected[256] = "";
	bool good;

	quoting_hides(value);
	good = conf_value_good(key, value, expected, sizeof expected);
	EXPECT(good || (*expected && memchr(expected, 0, sizeof expected)));
	if (good && (key->kind == CONF_NUMBER || key->kind == CONF_REAL))
		number_is_right(key, value);
	for (size_t i = 0; i < conf_sections_count; i++)
		if (strcmp(conf_sections[i].name, key->section) == 0)
			section = &conf_sections[i];
	if (!section->title && !key->refers)
		override(key, value);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *line;

	while ((line = fuzz_line(&bytes, &n))) {
		if (*line)
			try_one(&conf_keys[(uint8_t)*line % conf_keys_count], line + 1);
		free(line);
	}
	return 0;
}
