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

/* Prints a value to stdout and releases it; false with a message to stderr when memory was out. */
bool hd_json_print(cJSON *value);

#endif
