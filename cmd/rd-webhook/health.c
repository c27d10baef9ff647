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

void health_serve(struct exchange *x)
{
	const struct health *h = &x->webhook->health;

	answer(x, 200,
	       json_make("ok:b status:s version:s faults:j", 1, h->faults ? "degraded" : "ok", RD_VERSION,
			 h->faults ? cJSON_Duplicate(h->faults, true) : cJSON_CreateArray()));
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
