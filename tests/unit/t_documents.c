#include "../../cmd/rd-webhook/documents.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../cmd/rd-webhook/folder.h"
#include "../../cmd/rd-webhook/twiml.h"
#include "log.h"
#include "paths.h"

#define CALL "CA00000000000000000000000000000001"
#define OTHER "CA00000000000000000000000000000002"

static char runtime[] = "/tmp/t_documents.XXXXXX";
static const struct folder_call anna = { .call = CALL, .carrier = "twilio", .direction = "in", .from = "+15551234567",
					 .to = "+15550100000", .attestation = "A", .agent = "home" };
static struct documents documents;

static const struct twiml *twiml_of(const char *text)
{
	static struct twiml t;

	t.n = strlen(text);
	memcpy(t.text, text, t.n);
	return &t;
}

static int make(void **state)
{
	(void)state;
	log_limit(LOG_LEVEL_ERROR); /* a folder that is gone is complained about */
	return mkdtemp(runtime) && folder_open(runtime) == 0 && folder_make(runtime, &anna) == 1 ? 0 : -1;
}

static int unmake(void **state)
{
	char path[PATHS_MAX_BYTES];

	(void)state;
	documents_close(&documents);
	if (folder_remove(runtime, CALL) < 0 || paths_format(path, sizeof path, "%s/calls", runtime) < 0)
		return -1;
	return rmdir(path) < 0 ? -1 : rmdir(runtime);
}

static void expect_text(const struct document *d, const char *text)
{
	assert_non_null(d);
	assert_int_equal(d->n, strlen(text));
	assert_memory_equal(d->text, text, d->n);
}

static void documents_are_kept_by_call_and_step(void **state)
{
	(void)state;
	assert_null(documents_find(&documents, runtime, CALL, 0));
	expect_text(documents_keep(&documents, runtime, CALL, 0, twiml_of("<zero/>")), "<zero/>");
	expect_text(documents_keep(&documents, runtime, CALL, 1, twiml_of("<one/>")), "<one/>");
	expect_text(documents_find(&documents, runtime, CALL, 0), "<zero/>");
	expect_text(documents_find(&documents, runtime, CALL, 1), "<one/>");
	assert_null(documents_find(&documents, runtime, CALL, 2));
	assert_null(documents_find(&documents, runtime, OTHER, 0));
}

static void documents_outlive_us_in_the_folder(void **state)
{
	(void)state;
	documents_close(&documents);
	expect_text(documents_find(&documents, runtime, CALL, 0), "<zero/>");
	expect_text(documents_keep(&documents, runtime, CALL, 1, twiml_of("<late/>")), "<one/>"); /* another was first */
}

static void documents_outlive_the_folder_in_memory(void **state)
{
	(void)state;
	expect_text(documents_keep(&documents, NULL, OTHER, 0, twiml_of("<refused/>")), "<refused/>");
	expect_text(documents_keep(&documents, runtime, OTHER, 1, twiml_of("<gone/>")), "<gone/>");
	expect_text(documents_find(&documents, runtime, OTHER, 0), "<refused/>");
	expect_text(documents_find(&documents, runtime, OTHER, 1), "<gone/>");
	documents_close(&documents);
	assert_null(documents_find(&documents, runtime, OTHER, 0));
}

static void documents_forget_the_oldest(void **state)
{
	(void)state;
	for (unsigned step = 10; step < 11 + DOCUMENTS_KEPT; step++)
		assert_non_null(documents_keep(&documents, NULL, OTHER, step, twiml_of("<some/>")));
	assert_null(documents_find(&documents, runtime, OTHER, 10));
	assert_non_null(documents_find(&documents, runtime, OTHER, 11));
	assert_non_null(documents_find(&documents, runtime, OTHER, 10 + DOCUMENTS_KEPT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_kept_by_call_and_step),
		cmocka_unit_test(documents_outlive_us_in_the_folder),
		cmocka_unit_test(documents_outlive_the_folder_in_memory),
		cmocka_unit_test(documents_forget_the_oldest),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
