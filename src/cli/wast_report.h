/* wast_report.h: the outcome of scripts as text and as JSON. */
#ifndef HD_CLI_WAST_REPORT_H
#define HD_CLI_WAST_REPORT_H

#include <cjson/cJSON.h>

#include "cli/message.h"
#include "cli/wast_files.h"

/* Prints a file's findings to the channel. */
void hd_wast_print_findings(hd_channel to, const hd_wast_file *file, int64_t timeout);

/* Prints a file's verdict line; `seconds`: with the time it took. */
void hd_wast_print_verdict(FILE *to, const hd_wast_file *file, bool seconds);

/* Returns all of it as a JSON object, with `rows` each command, and the campaign of controlled
 * runs, whose trace was written to a path (NULL: to none). */
cJSON *hd_wast_to_json(const hd_wast_file *file, bool rows, bool controlled, const char *trace);

/* The exit status for a file. */
int hd_wast_exit_status(const hd_wast_file *file);

/* Failures of a file, counting a script that could not be run as one. */
uint64_t hd_wast_failures(const hd_wast_file *file);

#endif
