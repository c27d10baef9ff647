#include "jsonrpc.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "json.h"

#define META "io.modelcontextprotocol/"

static bool is_ours(const struct cJSON *message)
{
	const char *version = json_text(message, "jsonrpc");

	return version && strcmp(version, "2.0") == 0;
}

static void read_error(struct jsonrpc *r, const struct cJSON *error)
{
	r->kind = JSONRPC_ERROR;
	r->code = (int)json_whole(error, "code", 0, -1000000, 1000000);
	r->message = json_text(error, "message");
	r->data = cJSON_GetObjectItemCaseSensitive(error, "data");
	if (!r->message)
		r->message = "an error without a word";
}

void jsonrpc_read(struct jsonrpc *r, const struct cJSON *message)
{
	const struct cJSON *id = cJSON_GetObjectItemCaseSensitive(message, "id");
	const struct cJSON *error = json_object(message, "error");

	*r = (struct jsonrpc){ .kind = JSONRPC_BAD };
	if (!is_ours(message))
		return;
	r->method = json_text(message, "method");
	r->params = json_object(message, "params");
	if (r->method) {
		r->kind = cJSON_IsString(id) || cJSON_IsNumber(id) ? JSONRPC_REQUEST : JSONRPC_NOTICE;
		r->whose = id;
		return;
	}
	r->id = json_whole(message, "id", 0, 0, JSON_WHOLE_MAX);
	r->result = cJSON_GetObjectItemCaseSensitive(message, "result");
	if (error)
		read_error(r, error);
	else if (r->result)
		r->kind = JSONRPC_RESULT;
}

bool jsonrpc_is_modern_error(const struct jsonrpc *r)
{
	return r->kind == JSONRPC_ERROR && r->code <= JSONRPC_BAD_HEADER && r->code >= JSONRPC_BAD_VERSION;
}

static struct cJSON *make_meta(long id, const char *modern, bool progress)
{
	struct cJSON *meta = cJSON_CreateObject();

	if (modern) {
		cJSON_AddStringToObject(meta, META "protocolVersion", modern);
		cJSON_AddItemToObject(meta, META "clientInfo", json_make("name:s version:s", "ringdown", RD_VERSION));
		cJSON_AddItemToObject(meta, META "clientCapabilities", cJSON_CreateObject());
	}
	if (progress)
		cJSON_AddNumberToObject(meta, "progressToken", (double)id);
	return meta;
}

char *jsonrpc_request(long id, const char *method, struct cJSON *params, const char *modern, bool progress)
{
	struct cJSON *message = json_make("jsonrpc:s id:n method:s", "2.0", (long long)id, method);

	if (!params && (modern || progress))
		params = cJSON_CreateObject();
	if (modern || progress)
		cJSON_AddItemToObject(params, "_meta", make_meta(id, modern, progress));
	if (params && !cJSON_AddItemToObject(message, "params", params))
		cJSON_Delete(params);
	return json_print(message);
}

char *jsonrpc_notice(const char *method, struct cJSON *params)
{
	return json_print(json_make("jsonrpc:s method:s params:j?", "2.0", method, params));
}

char *jsonrpc_answer(const struct cJSON *whose, struct cJSON *result)
{
	return json_print(json_make("jsonrpc:s id:j result:j", "2.0", cJSON_Duplicate(whose, true), result));
}

char *jsonrpc_refuse(const struct cJSON *whose, int code, const char *text)
{
	return json_print(json_make("jsonrpc:s id:j error:j", "2.0", cJSON_Duplicate(whose, true),
				    json_make("code:i message:s", code, text)));
}
