#include "health.h"

#include <stdlib.h>

#include "json.h"
#include "ring.h"
#include "routes.h"
#include "webhook.h"

#include <cjson/cJSON.h>

void health_take(struct health *h, const struct cJSON *message)
{
	const struct cJSON *faults = json_array(message, "faults");

	cJSON_Delete(h->faults);
	h->faults = cJSON_GetArraySize(faults) > 0 ? cJSON_Duplicate(faults, true) : NULL;
}

void health_close(struct health *h)
{
	cJSON_Delete(h->faults);
	h->faults = NULL;
}

static void answer(struct exchange *x, int status, struct cJSON *object)
{
	char *json = json_print(object);

	if (json)
		exchange_json(x, status, json);
	else
		exchange_status(x, 500);
	free(json);
}

/* The supervisor's, and what we know ourselves. */
static struct cJSON *faults_of(const struct webhook *w)
{
	struct cJSON *faults = w->health.faults ? cJSON_Duplicate(w->health.faults, true) : cJSON_CreateArray();
	struct cJSON *token = faults && !trust_ready(&w->trust) ? cJSON_CreateString("auth-token") : NULL;

	if (token && !cJSON_AddItemToArray(faults, token))
		cJSON_Delete(token);
	return faults;
}

void health_serve(struct exchange *x)
{
	struct cJSON *faults = faults_of(x->webhook);

	answer(x, 200,
	       json_make("ok:b status:s version:s faults:j", 1, cJSON_GetArraySize(faults) ? "degraded" : "ok",
			 RD_VERSION, faults));
}

void health_serve_ready(struct exchange *x)
{
	const struct webhook *w = x->webhook;
	const char *why = NULL;

	if (!ring_reachable(w))
		why = "no supervisor";
	else if (w->health.draining)
		why = "draining";
	else if (!trust_ready(&w->trust))
		why = "no auth token";

	answer(x, why ? 503 : 200, json_make("ok:b why:s?", why == NULL, why));
}
