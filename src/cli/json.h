/* json.h: what the reports in JSON share. */
#ifndef HD_CLI_JSON_H
#define HD_CLI_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "base/diag.h"

/* Adds a string member of any bytes: what is not UTF-8 becomes U+FFFD. */
void hd_json_text(cJSON *object, const char *member, const char *bytes, size_t length);

/* Adds `error` (the status's name), `message`, and `line` and `column` or `offset` if known. */
void hd_json_diag(cJSON *object, const hd_diag *diag);

/* Makes cJSON take its memory from alloc.h, so that a member that it left out does not go
 * unnoticed; before anything else of it. */
void hd_json_init(void);

/* Prints a value to stdout and releases it. False with a message to stderr, and nothing is printed,
 * when memory was out: now, or ever, since the value may lack something then. */
bool hd_json_print(cJSON *value);

#endif
