#include "message.h"

#include <stdlib.h>
#include <string.h>

#include <gmime/gmime.h>

#include "htmltext.h"
#include "mailaddress.h"
#include "toolkit.h"
#include "utf8.h"

#define DEPTH_MAX 12
#define PARTS_MAX 200

static GMimeParserOptions *options(void)
{
	static const char *fallback[] = { "utf-8", "windows-1252", NULL };
	GMimeParserOptions *o = g_mime_parser_options_new();

	g_mime_parser_options_set_fallback_charsets(o, fallback);
	return o;
}

/* --- reading */

/* A clean line of what somebody wrote. */
static void copy_line(char *out, size_t size, const char *text)
{
	char clean[1024];
	size_t n = text ? strnlen(text, sizeof clean - 1) : 0;

	memcpy(clean, text ? text : "", n);
	clean[n] = 0;
	utf8_clean(clean, n);
	toolkit_line(clean, out, size);
}

static void read_sender(struct message *m, GMimeMessage *mail)
{
	InternetAddressList *list = g_mime_message_get_from(mail);
	InternetAddress *first =
		list && internet_address_list_length(list) ? internet_address_list_get_address(list, 0) : NULL;
	const char *name = first ? internet_address_get_name(first) : NULL;

	if (first && INTERNET_ADDRESS_IS_MAILBOX(first))
		copy_line(m->address, sizeof m->address,
			  internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(first)));
	copy_line(m->name, sizeof m->name, name && *name ? name : m->address);
}

/* What of a mail is read aloud: its first plain text, else its first web page. */
struct search {
	GMimePart *plain, *html;
	int attachments, parts;
};

static void look_at_leaf(struct search *s, GMimePart *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));

	if (g_mime_part_is_attachment(part) || g_mime_part_get_filename(part))
		s->attachments++;
	else if (!s->plain && g_mime_content_type_is_type(type, "text", "plain"))
		s->plain = part;
	else if (!s->html && g_mime_content_type_is_type(type, "text", "html"))
		s->html = part;
}

/* Bounded in depth and number, for a mail can be nested by who does not like us. */
static void look(struct search *s, GMimeObject *object, int depth)
{
	if (!object || depth > DEPTH_MAX || ++s->parts > PARTS_MAX)
		return;
	if (GMIME_IS_MULTIPART(object)) {
		GMimeMultipart *many = GMIME_MULTIPART(object);

		for (int i = 0; i < g_mime_multipart_get_count(many); i++)
			look(s, g_mime_multipart_get_part(many, i), depth + 1);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		s->attachments++; /* a forwarded one */
	} else if (GMIME_IS_PART(object)) {
		look_at_leaf(s, GMIME_PART(object));
	}
}

/* Decoded, and as UTF-8 whatever it was; the caller's. */
static char *text_of(GMimePart *part)
{
	char *made = GMIME_IS_TEXT_PART(part) ? g_mime_text_part_get_text(GMIME_TEXT_PART(part)) : NULL;
	size_t n = made ? strnlen(made, MESSAGE_TEXT_MAX_BYTES) : 0;
	char *text = malloc(n + 1);

	if (text) {
		memcpy(text, made ? made : "", n);
		text[n] = 0;
		utf8_clean(text, n);
	}
	g_free(made);
	return text;
}

static int read_text(struct message *m, GMimeMessage *mail)
{
	struct search s = { 0 };
	char *page;

	look(&s, g_mime_message_get_mime_part(mail), 0);
	m->attachments = s.attachments;
	m->html = !s.plain && s.html;
	if (!m->html) {
		m->text = s.plain ? text_of(s.plain) : strdup("");
		return m->text ? 0 : -1;
	}
	page = text_of(s.html);
	m->text = page ? htmltext(page, strlen(page)) : NULL;
	free(page);
	return m->text ? 0 : -1;
}

static int read_mail(struct message *m, GMimeMessage *mail, bool with_text)
{
	GDateTime *at = g_mime_message_get_date(mail);

	read_sender(m, mail);
	copy_line(m->subject, sizeof m->subject, g_mime_message_get_subject(mail));
	copy_line(m->id, sizeof m->id, g_mime_message_get_message_id(mail));
	m->at = at ? (time_t)g_date_time_to_unix(at) : 0;
	return with_text ? read_text(m, mail) : 0;
}

int message_read(struct message *m, const char *bytes, size_t n, bool with_text)
{
	GMimeParserOptions *o;
	GMimeStream *stream;
	GMimeParser *parser;
	GMimeMessage *mail;
	int failed = 0;

	*m = (struct message){ .text = NULL };
	g_mime_init();
	stream = g_mime_stream_mem_new_with_buffer(bytes, n < MESSAGE_MAX_BYTES ? n : MESSAGE_MAX_BYTES);
	parser = g_mime_parser_new_with_stream(stream);
	o = options();
	mail = g_mime_parser_construct_message(parser, o);
	if (mail) {
		failed = read_mail(m, mail, with_text);
		g_object_unref(mail);
	} else if (with_text) {
		m->text = strdup("");
	}
	g_mime_parser_options_free(o);
	g_object_unref(parser);
	g_object_unref(stream);
	return failed;
}

void message_close(struct message *m)
{
	free(m->text);
	*m = (struct message){ .text = NULL };
}

/* --- making */

int message_address(const char *from, char *out, size_t size)
{
	InternetAddressList *list;
	const char *address = NULL;

	g_mime_init();
	list = internet_address_list_parse(NULL, from);
	if (list && internet_address_list_length(list) == 1) {
		InternetAddress *one = internet_address_list_get_address(list, 0);

		if (INTERNET_ADDRESS_IS_MAILBOX(one))
			address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one));
	}
	if (address && (!mailaddress_good(address) || strlen(address) >= size))
		address = NULL;
	if (address)
		memcpy(out, address, strlen(address) + 1);
	if (list)
		g_object_unref(list);
	return address ? 0 : -1;
}

/* Lines may hold anything but line ends: a header that somebody dictates must not become two. */
static void set_heads(GMimeMessage *mail, const struct message_draft *d, const char *address)
{
	GDateTime *at = g_date_time_new_from_unix_local(d->at);
	InternetAddressList *from = internet_address_list_parse(NULL, d->from);
	const char *name = internet_address_get_name(internet_address_list_get_address(from, 0));
	char subject[4 * MESSAGE_LINE_BYTES];

	toolkit_line(d->subject, subject, sizeof subject);
	g_mime_message_add_mailbox(mail, GMIME_ADDRESS_TYPE_FROM, name, address);
	for (size_t i = 0; d->to[i]; i++)
		g_mime_message_add_mailbox(mail, GMIME_ADDRESS_TYPE_TO, NULL, d->to[i]);
	g_mime_message_set_subject(mail, subject, "utf-8");
	g_mime_message_set_date(mail, at);
	g_mime_message_set_message_id(mail, d->id);
	g_object_unref(from);
	g_date_time_unref(at);
}

static void set_text(GMimeMessage *mail, const char *text)
{
	GMimeTextPart *part = g_mime_text_part_new_with_subtype("plain");

	g_mime_text_part_set_charset(part, "utf-8");
	g_mime_text_part_set_text(part, text);
	g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_mime_message_set_mime_part(mail, GMIME_OBJECT(part));
	g_object_unref(part);
}

static char *print(GMimeMessage *mail, size_t *n)
{
	GMimeFormatOptions *dos = g_mime_format_options_new();
	GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	char *made = NULL;

	g_mime_format_options_set_newline_format(dos, GMIME_NEWLINE_FORMAT_DOS);
	if (g_mime_object_write_to_stream(GMIME_OBJECT(mail), dos, stream) > 0)
		made = malloc(bytes->len + 1);
	if (made) {
		memcpy(made, bytes->data, bytes->len);
		made[bytes->len] = 0;
		*n = bytes->len;
	}
	g_object_unref(stream);
	g_mime_format_options_free(dos);
	return made;
}

char *message_make(const struct message_draft *d, size_t *n)
{
	char address[MAILADDRESS_BYTES];
	GMimeMessage *mail;
	char *made;

	if (message_address(d->from, address, sizeof address) < 0)
		return NULL;
	mail = g_mime_message_new(TRUE);
	set_heads(mail, d, address);
	set_text(mail, d->text);
	made = print(mail, n);
	g_object_unref(mail);
	return made;
}
