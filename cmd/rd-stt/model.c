#include "model.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "/usr/share/pocketsphinx/model/en-us"

char model_acoustic[PATHS_MAX_BYTES], model_dictionary[PATHS_MAX_BYTES];

void model_use(const char *folder)
{
	(void)snprintf(model_acoustic, sizeof model_acoustic, "%s/en-us", folder ? folder : FOLDER);
	(void)snprintf(model_dictionary, sizeof model_dictionary, "%s/cmudict-en-us.dict", folder ? folder : FOLDER);
}

int model_check(char *error, size_t size)
{
	const char *missing = access(model_acoustic, R_OK) < 0	   ? model_acoustic
			      : access(model_dictionary, R_OK) < 0 ? model_dictionary
								   : NULL;

	if (!missing)
		return 0;
	(void)snprintf(error, size, "cannot read %s: %s (the package %s brings it)", missing, strerror(errno),
		       MODEL_PACKAGE);
	return -1;
}
