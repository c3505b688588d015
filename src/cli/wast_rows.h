/* wast_rows.h: outcomes of scripts, a row a command, in the forms that continuous integration
 * reads.
 *
 * TAP 14 (https://testanything.org) and the XML of JUnit as Jenkins and GitLab read it. Commands
 * that assert nothing are listed only where they fail. */
#ifndef HD_CLI_WAST_ROWS_H
#define HD_CLI_WAST_ROWS_H

#include <cjson/cJSON.h>

#include "cli/wast_files.h"

/* The name of a verdict: `passed`, `failed`, `unreadable`, `skipped`, `known`, `done`. */
const char *hd_verdict_name(hd_verdict verdict);

/* Prints the test points of a file, numbered after `*count`, which counts them. */
void hd_wast_print_tap(FILE *to, const hd_wast_file *file, uint64_t *count);

/* Prints the `<testsuite>` of a file. */
void hd_wast_print_junit(FILE *to, const hd_wast_file *file);

/* The commands of a file as a JSON array. */
cJSON *hd_wast_rows_to_json(const hd_wast_file *file);

#endif
