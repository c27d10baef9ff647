/* Whether one value of ringdown.conf is good by itself: the formats that conf_schema.c names, and the kinds behind
 * them. What only the whole file tells (does that agent exist?) is conf_whole.c's. */
#ifndef CONF_CHECK_H
#define CONF_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "conf_schema.h"

conf_check check_address;    /* HOST:PORT, the host a number or localhost */
conf_check check_public_url; /* https://HOST, or http:// on loopback; nothing behind the host */
conf_check check_url;	     /* ws wss http https; no user or password in it */
conf_check check_e164;
conf_check check_caller; /* a caller's title: E.164, no withheld look-alike; or * */
conf_check check_word;	 /* letters, digits, - and _, at most 64 */
conf_check check_name;	 /* of a person, as one says it: at most 64 bytes of UTF-8, no control characters, = or comma */
conf_check check_mail;	 /* an address of mail */
conf_check check_tool;	 /* a word, or mcp:WORD */
conf_check check_zone;	 /* of the time zone database */
conf_check check_language; /* de, pt-BR */
conf_check check_stages;   /* words and bars, nothing that a shell would see more in */
conf_check check_setting;  /* NAME=VALUE */
conf_check check_prefix;   /* of a country: + and 1 to 7 digits */
conf_check check_uuid;
conf_check check_hours; /* 22:00-08:00 */

/* Whether value may stand for key. If not, expected says what could have: "a number from 1 to 1000", with the nearest
 * word. */
bool conf_value_good(const struct conf_key *key, const char *value, char *expected, size_t size);

/* value as a complaint about key may show it: of a secret nothing, of a telephone number its end. Returns out. */
const char *conf_value_shown(const struct conf_key *key, const char *value, char out[64]);

/* A flag's word: 1, 0, or -1 for none. */
int conf_flag_of(const char *value);

#endif
