#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "log.h"
#include "paths.h"

int check_configuration(const char *config_option, const char *agent)
{
	char path[PATHS_MAX_BYTES], error[4096];
	int found = paths_configuration(config_option, path, sizeof path);
	struct conf *conf;

	if (found < 0)
		log_die(100, "cannot find the configuration: %s", strerror(errno));
	conf = conf_open(found ? path : NULL, error, sizeof error);
	if (!conf || conf_environment(conf, error, sizeof error) < 0)
		log_die(100, "%s", error);
	if (!agent)
		agent = conf_text(conf, "general", NULL, "default-agent");
	if (!conf_has(conf, "agent", agent))
		log_die(100, "agent \"%s\": no such section", agent);
	(void)conf_print(conf, stdout);
	conf_close(conf);
	return fflush(stdout) == 0 ? 0 : 111;
}
