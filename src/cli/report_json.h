/* report_json.h: what the checks of controlled runs report, as JSON objects. Numbers that a double
 * may not hold (values, seeds) are strings of decimal digits. NULL, or members missing, when memory
 * is out. */
#ifndef HD_CLI_REPORT_JSON_H
#define HD_CLI_REPORT_JSON_H

#include "check/overflow.h"
#include "check/race.h"
#include "check/stuck.h"
#include "cli/control.h"
#include "cli/json.h"

/* Adds a string member, unless the text is NULL. */
void hd_json_string(cJSON *object, const char *member, const char *text);

/* Adds a number as a string of decimal digits. */
void hd_json_u64(cJSON *object, const char *member, uint64_t value);

/* Adds `backtrace` and `depth`. */
void hd_json_backtrace(cJSON *object, const hd_backtrace *backtrace);

cJSON *hd_race_to_json(const hd_race_report *report);
cJSON *hd_race_counts_to_json(const hd_race_counts *counts);
cJSON *hd_stuck_to_json(const hd_stuck_report *report);
cJSON *hd_overflows_to_json(const hd_overflows *overflows);

/* A failure as an object: its kind, its agents and their places. What the subject itself failed in,
 * with its backtrace; NULL for nothing. */
cJSON *hd_failure_to_json(const hd_failure *failure);
cJSON *hd_own_failure_to_json(const hd_own_failure *own);

#endif
