#include "catalogue.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "headers.h"
#include "json.h"
#include "utf8.h"

#define NAME_MAX_BYTES 128u
#define DESCRIPTION_MAX_BYTES 4096u
#define DEPTH_MAX 64

static bool is_name(const char *name)
{
	static const char letters[] = "0123456789_-.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return name && *name && strlen(name) <= NAME_MAX_BYTES && !name[strspn(name, letters)];
}

static bool is_deeper(const struct cJSON *item, int most)
{
	const struct cJSON *child;

	cJSON_ArrayForEach(child, item)
		if (most == 0 || is_deeper(child, most - 1))
			return true;
	return false;
}

static void leave_out(struct catalogue *c, const char *name, const char *why)
{
	if (c->left_out++ == 0)
		snprintf(c->why, sizeof c->why, "%.64s: %.160s", name ? name : "a tool without a name", why);
}

/* NULL, or why it cannot be used. */
static const char *flaw_of(const struct catalogue *c, const struct cJSON *tool, bool with_headers, char *buf,
			   size_t size)
{
	const char *name = json_text(tool, "name"), *type;
	const struct cJSON *schema = json_object(tool, "inputSchema");

	if (!is_name(name))
		return "its name is no name";
	if (catalogue_find(c, name))
		return "another one has the same name";
	if (catalogue_count(c) == CATALOGUE_TOOLS_MAX)
		return "the server has too many";
	type = json_text(schema, "type");
	if (!schema || (type && strcmp(type, "object") != 0))
		return "its inputSchema is none of an object";
	if (is_deeper(schema, DEPTH_MAX))
		return "its inputSchema is too deep";
	return with_headers && headers_check(schema, buf, size) < 0 ? buf : NULL;
}

static struct cJSON *copy_of(const struct cJSON *tool)
{
	const char *description = json_text(tool, "description"), *title = json_text(tool, "title");
	struct cJSON *copy = json_make("name:s title:s? inputSchema:j readOnly:b", json_text(tool, "name"), title,
				       cJSON_Duplicate(json_object(tool, "inputSchema"), true),
				       (int)(json_flag(tool, "readOnly", false) ||
					     json_flag(json_object(tool, "annotations"), "readOnlyHint", false)));
	char *cut;

	if (!copy)
		return NULL;
	description = description ? description : title ? title : "";
	cut = strndup(description, utf8_clip(description, DESCRIPTION_MAX_BYTES));
	if (cut)
		cJSON_AddStringToObject(copy, "description", cut);
	free(cut);
	return copy;
}

static bool is_too_long(const struct cJSON *tool)
{
	char *text = cJSON_PrintUnformatted(tool);
	bool is = !text || strlen(text) > CATALOGUE_TOOL_BYTES_MAX;

	free(text);
	return is;
}

int catalogue_add(struct catalogue *c, const struct cJSON *tool, bool with_headers)
{
	char buf[160];
	const char *flaw = flaw_of(c, tool, with_headers, buf, sizeof buf);
	struct cJSON *copy;

	if (!c->tools)
		c->tools = cJSON_CreateArray();
	copy = flaw ? NULL : copy_of(tool);
	if (flaw) {
		leave_out(c, json_text(tool, "name"), flaw);
	} else if (copy && is_too_long(copy)) {
		leave_out(c, json_text(tool, "name"), "its description is longer than 24 KiB");
		cJSON_Delete(copy);
	} else if (!copy || !cJSON_AddItemToArray(c->tools, copy)) {
		cJSON_Delete(copy);
		return -1;
	}
	return 0;
}

size_t catalogue_count(const struct catalogue *c)
{
	return (size_t)cJSON_GetArraySize(c->tools);
}

const struct cJSON *catalogue_find(const struct catalogue *c, const char *name)
{
	const struct cJSON *tool;

	cJSON_ArrayForEach(tool, c->tools) {
		const char *its = json_text(tool, "name");

		if (its && strcmp(its, name) == 0)
			return tool;
	}
	return NULL;
}

void catalogue_close(struct catalogue *c)
{
	cJSON_Delete(c->tools);
	*c = (struct catalogue){ .tools = NULL };
}
