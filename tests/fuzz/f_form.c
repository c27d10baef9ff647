/* A form body: what was read, escaped whole and read again, is the same; nothing is longer than it was. */
#include "fuzz.h"

#include "../../cmd/rd-webhook/form.h"

static size_t escape(char *out, const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += (size_t)sprintf(out + n, "%%%02x", (unsigned char)*text);
	return n;
}

static void round_trip(const struct form *form)
{
	static char out[FORM_BYTES * 8];
	static struct form again;
	size_t n = 0;

	for (size_t i = 0; i < form->count; i++) {
		n += escape(out + n, form->field[i].name);
		out[n++] = '=';
		n += escape(out + n, form->field[i].value);
		out[n++] = '&';
	}
	if (n > FORM_BYTES)
		return;
	EXPECT(form_read(&again, out, n) == 0 && again.count == form->count);
	for (size_t i = 0; i < form->count; i++) {
		EXPECT(strcmp(again.field[i].name, form->field[i].name) == 0);
		EXPECT(strcmp(again.field[i].value, form->field[i].value) == 0);
		EXPECT(strcmp(form_get(form, form->field[i].name), form_get(&again, form->field[i].name)) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct form form;
	char *text = fuzz_text(bytes, n);
	size_t length = 0;

	if (form_read(&form, text, n) == 0) {
		for (size_t i = 0; i < form.count; i++)
			length += strlen(form.field[i].name) + strlen(form.field[i].value);
		EXPECT(length <= n);
		round_trip(&form);
	} else {
		EXPECT(form.count == 0);
	}
	free(text);
	return 0;
}
