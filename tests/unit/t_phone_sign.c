#include "../../cmd/rd-phone/sign.h"

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define VECTORS "tests/data/twilio-signature-vectors.json"

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = malloc(1 << 20);
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, (1 << 20) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

/* The fields of a vector whose names are each there once; -1 for others. */
static int fields_of(const struct cJSON *params, struct field *out, int most)
{
	int n = 0;

	for (const struct cJSON *p = params ? params->child : NULL; p; p = p->next) {
		if (!cJSON_IsString(p) || n == most)
			return -1;
		out[n++] = (struct field){ p->string, p->valuestring };
	}
	return n;
}

/* What the library of Twilio signed, we sign alike. */
static void signatures_are_those_of_the_vectors(void **state)
{
	char *text = read_file(VECTORS), out[SIGN_BYTES];
	struct cJSON *all = json_parse(text, strlen(text));
	const struct cJSON *v;
	int seen = 0;

	(void)state;
	assert_non_null(all);
	cJSON_ArrayForEach(v, json_array(all, "vectors"))
	{
		struct field fields[64];
		int n = fields_of(json_object(v, "params"), fields, 64);
		const char *url = json_text(v, "signed_url") ? json_text(v, "signed_url") : json_text(v, "url");

		if (!json_flag(v, "valid", false) || !json_flag(v, "simple_algorithm_agrees", true) || n < 0 ||
		    strcmp(json_text(v, "group"), "json_body") == 0)
			continue;
		assert_int_equal(sign(out, json_text(v, "auth_token"), url, fields, (size_t)n), 0);
		assert_string_equal(out, json_text(v, "signature"));
		seen++;
	}
	assert_true(seen >= 30);
	cJSON_Delete(all);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(signatures_are_those_of_the_vectors) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
