#include "health.h"

#include <stdlib.h>

#include "json.h"
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

static void send(struct exchange *x, int status, struct cJSON *object)
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

	send(x, 200, json_make("ok:b status:s version:s faults:j", 1, h->faults ? "degraded" : "ok", RD_VERSION,
			       h->faults ? cJSON_Duplicate(h->faults, true) : cJSON_CreateArray()));
}

void health_serve_ready(struct exchange *x)
{
	const struct webhook *w = x->webhook;
	const char *why = !w->service.has_line	     ? "no supervisor" :
			  w->health.draining	     ? "draining" :
			  !trust_ready(&w->trust)    ? "no auth token" :
						       NULL;

	send(x, why ? 503 : 200, json_make("ok:b why:s?", why == NULL, why));
}
