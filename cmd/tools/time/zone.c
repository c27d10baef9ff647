#include "zone.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER "/usr/share/zoneinfo"
#define NAME_MAX_BYTES 64

/* It becomes a path: only what zone names are made of, so no dots. */
static bool is_zone(const char *name)
{
	char path[sizeof FOLDER + 1 + NAME_MAX_BYTES];
	struct stat s;

	if (!*name || strlen(name) > NAME_MAX_BYTES || !isalpha((unsigned char)*name) ||
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/")])
		return false;
	snprintf(path, sizeof path, FOLDER "/%s", name);
	return stat(path, &s) == 0 && S_ISREG(s.st_mode);
}

/* "New York" is New_York; cases do not count. */
static bool same_city(const char *zone, const char *place)
{
	const char *city = strrchr(zone, '/');

	for (city = city ? city + 1 : zone; *city && *place; city++, place++)
		if (tolower((unsigned char)*city) != tolower((unsigned char)*place) && !(*city == '_' && *place == ' '))
			return false;
	return !*city && !*place;
}

/* Lines of zone.tab: country, coordinates, zone, remark, with tabs between them. */
static int find_city(const char *place, char *out, size_t size)
{
	FILE *file = fopen(FOLDER "/zone.tab", "re");
	char line[512], zone[NAME_MAX_BYTES + 1];
	int found = -1;

	while (file && found < 0 && fgets(line, sizeof line, file))
		if (line[0] != '#' && sscanf(line, "%*2s\t%*s\t%64s", zone) == 1 && same_city(zone, place) &&
		    strlen(zone) < size) {
			snprintf(out, size, "%s", zone);
			found = 0;
		}
	if (file)
		fclose(file);
	return found;
}

int zone_find(const char *place, char *out, size_t size)
{
	if (!is_zone(place))
		return find_city(place, out, size);
	return (size_t)snprintf(out, size, "%s", place) < size ? 0 : -1;
}
