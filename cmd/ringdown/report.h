/* What the supervisor knows, as JSON for the operator. The caller's to cJSON_Delete; NULL without memory. */
#ifndef REPORT_H
#define REPORT_H

struct cJSON;
struct call;
struct super;

struct cJSON *report_status(const struct super *s, double id);
struct cJSON *report_show(struct call *c, double id); /* the command lines of a call's stages */

#endif
