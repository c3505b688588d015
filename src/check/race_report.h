/* race_report.h: races as text. */
#ifndef HD_CHECK_RACE_REPORT_H
#define HD_CHECK_RACE_REPORT_H

#include "check/race.h"

/* Prints a report: what races, and each of the two accesses with its stack. */
void hd_race_print(FILE *to, const hd_race_report *report);

/* Prints what is counted beside the reports, a line each, where there is something to tell. */
void hd_race_counts_print(FILE *to, const hd_race_counts *counts);

/* Names for output: "data race", "mixed-size race", "growth race", "race"; "error", "note", …;
 * "atomic load", …; "atomic", "queue", …; static storage. */
const char *hd_race_class_name(hd_race_class class);
const char *hd_race_grade_name(hd_race_grade grade);
const char *hd_race_kind_name(hd_event_kind kind);
const char *hd_race_sync_name(hd_race_sync_kind kind);

#endif
